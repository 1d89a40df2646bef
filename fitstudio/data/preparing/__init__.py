"""From a file and a run specification to what fit() takes, and back to words and units."""
