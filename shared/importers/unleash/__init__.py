"""The importer of Unleash: `importer` is its door, the other modules are its rooms."""
