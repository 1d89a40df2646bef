"""Text tables: CSV, TSV and their many relatives, and how they are guessed."""
