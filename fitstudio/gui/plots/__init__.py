"""Live plots that stay quick with millions of points."""
