"""What a training needs to go on: weights, random generators, checkpoints."""
