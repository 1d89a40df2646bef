"""What a training process writes beside its journal: checkpoints, History, the model card."""
