"""What a function is at run time: settings, clock, the image and keys held between requests, profiles, faults."""
