"""One editor for each kind of value in the training form."""
