"""How rows become what a model sees: what was learned from the training rows, and kept."""
