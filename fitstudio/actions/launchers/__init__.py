"""What starts a worker: today a process on this machine."""
