"""The importer of Optimizely: `importer` is its door, the other modules are its rooms."""
