"""The management API: one router and its models per resource, on top of the store and the wire."""
