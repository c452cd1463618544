"""Rules of this language written as rules of other systems, where those can say exactly the same."""
