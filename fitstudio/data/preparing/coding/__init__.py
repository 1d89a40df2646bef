"""Cells to a model's numbers, and its answers back to words and units."""
