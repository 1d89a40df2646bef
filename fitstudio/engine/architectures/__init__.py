"""Torch modules built from a layer plan."""
