"""From what fit() is given to batches that fit the model: arrays, files, Sequences, generators."""
