"""What can be chosen by name: models, losses, metrics, optimizers, callbacks."""
