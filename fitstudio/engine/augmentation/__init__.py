"""Changes at random in training pictures, batch by batch, as tensors."""
