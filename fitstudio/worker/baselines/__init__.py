"""Simple models beside a run's: they say what its network is worth."""
