"""Writes a trained model for use elsewhere, with its preparation and its answers' names inside."""
