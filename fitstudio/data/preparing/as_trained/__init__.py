"""Opens later files as the training file was read, or says why they cannot be."""
