"""What is known about the data, and the task that follows: inputs, target, rows, classes."""
