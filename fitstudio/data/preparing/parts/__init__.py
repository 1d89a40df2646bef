"""Which rows train, check and stay unseen, and what the parts are like side by side."""
