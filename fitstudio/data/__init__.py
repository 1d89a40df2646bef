"""Rows and arrays out of the user's files, checked and prepared as numpy; no torch."""
