"""Data files before there is a run: where they are, what they cost to read, what to begin with."""
