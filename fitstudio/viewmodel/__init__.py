"""What a screen knows, without any toolkit; tested without a display."""
