"""Runs over batches: the training loop of fit(), evaluation, prediction."""
