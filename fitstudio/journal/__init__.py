"""What happened in a run: events, their file, and their fold into a run's state."""
