"""One update of the weights, in its plain and in its faster forms."""
