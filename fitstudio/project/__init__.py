"""Where a project's files are, and how the folder is opened, locked and migrated."""
