"""What is learned from the training rows, and from no others."""
