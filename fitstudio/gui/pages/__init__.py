"""One package a station of the rail."""
