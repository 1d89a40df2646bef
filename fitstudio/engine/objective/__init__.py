"""What compile() asked for, tied to the outputs of a model: losses, metrics, a first try."""
