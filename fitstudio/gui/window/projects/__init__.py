"""How projects come into the window and leave it, and the menus that list them."""
