"""Keras's fit() on torch; usable from a notebook without the rest of FitStudio."""
