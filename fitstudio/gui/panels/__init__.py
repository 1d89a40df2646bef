"""Panels that stand beside the pages."""
