"""One run, for those who list and start runs: its folder, name, state, summary, ending."""
