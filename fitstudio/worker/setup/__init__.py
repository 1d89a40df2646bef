"""What is made before the first epoch: the machine, the model, its rows and what changes them."""
