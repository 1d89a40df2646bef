"""Files held over the window and dropped on it."""
