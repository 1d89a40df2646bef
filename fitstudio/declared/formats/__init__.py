"""The formats of data files: what they are called, how they are known, what can be set."""
