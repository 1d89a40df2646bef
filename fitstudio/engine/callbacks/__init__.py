"""Keras's callbacks, under Keras's names."""
