"""The nearest change: what would flip an audience's answer for one visitor. `finding` is the door."""
