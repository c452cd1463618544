"""The importer of GrowthBook: `importer` is its door, the other modules are its rooms."""
