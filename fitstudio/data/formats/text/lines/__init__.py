"""The lines of a text table: which are samples, and which are not."""
