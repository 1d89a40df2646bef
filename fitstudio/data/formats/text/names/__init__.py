"""Where the names of a text table's columns stand, and which they are."""
