"""Reads NPY and NPZ files; Python objects in them are never loaded."""
