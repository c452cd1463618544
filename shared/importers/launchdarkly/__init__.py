"""The importer of LaunchDarkly: `importer` is its door, the other modules are its rooms."""
