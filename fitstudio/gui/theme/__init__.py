"""Colours, type, spacing and icons, held once."""
