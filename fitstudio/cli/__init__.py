"""The command line: subcommands are actions, flags are parameters."""

from __future__ import annotations

COMMANDS = (
    "new",
    "check",
    "train",
    "resume",
    "pause",
    "continue",
    "stop",
    "snapshot",
    "extend",
    "discard",
    "queue",
    "runs",
    "show",
    "evaluate",
    "predict",
    "export",
    "examples",
    "demo",
    "doctor",
)


def is_command(words: list[str]) -> bool:
    """Whether the words after the program's name ask for the terminal rather than for the window.

    Cheap on purpose: the window's start goes through here and must not load the parser.
    """
    return bool(words) and (words[0] in COMMANDS or words[0] in ("-h", "--help", "--version"))
