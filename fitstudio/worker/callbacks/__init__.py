"""The callbacks of a training process: those that the person chose, and the run's own."""
