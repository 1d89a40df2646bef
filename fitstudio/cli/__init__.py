"""The command line: subcommands are actions, flags are parameters."""
