"""Rules of other systems, read with their own meaning and written as rules of this language."""
