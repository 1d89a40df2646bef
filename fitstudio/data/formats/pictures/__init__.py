"""Folders of pictures, of which each is a sample."""
