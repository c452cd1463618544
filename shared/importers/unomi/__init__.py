"""The importer of Apache Unomi: `importer` is its door, the other modules are its rooms."""
