"""Inputs for one value: number, text, choice, segments; all offer value, setValue and reset."""
