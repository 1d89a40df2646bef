"""What every page shares: the session, undo, background work, the rail, the device."""
