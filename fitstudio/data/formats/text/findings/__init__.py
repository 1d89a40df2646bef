"""What a text table holds that a person should know before training."""
