"""The importer of JsonLogic: `importer` is its door, the other modules are its rooms."""
