"""What is looked at before a run may start; each check says what it finds."""
