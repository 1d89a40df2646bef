"""What the value of a setting may be, and what a declaration is made of."""
