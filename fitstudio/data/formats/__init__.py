"""The readers of data files, one file a format."""
