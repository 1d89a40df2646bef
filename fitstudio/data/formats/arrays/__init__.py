"""Arrays with one row for each sample, whatever file they come from."""
