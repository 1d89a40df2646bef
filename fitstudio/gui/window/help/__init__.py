"""The help pages, in a window of their own."""
