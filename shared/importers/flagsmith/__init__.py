"""The importer of Flagsmith: `importer` is its door, the other modules are its rooms."""
