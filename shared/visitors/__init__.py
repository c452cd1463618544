"""The visitor, pure: the stored profile, and the visitor document that rules look at."""
