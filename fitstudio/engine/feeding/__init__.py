"""From what fit() is given to batches: arrays, files, Sequences, generators."""
