"""What a person can do; the command line and the view models call only these."""
