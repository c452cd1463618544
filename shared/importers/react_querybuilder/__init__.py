"""The importer of react-querybuilder: `importer` is its door, the other modules are its rooms."""
