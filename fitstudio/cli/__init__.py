"""The command line: subcommands are actions, flags are parameters."""

from __future__ import annotations

import difflib
import os

_ABOUT_ALL = ("-h", "--help", "--version", "help")
_WINDOW_OPTIONS = ("--example", "--train", "--exit-when-done")
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
    "threshold",
    "baselines",
    "predict",
    "export",
    "examples",
    "demo",
    "doctor",
)


def is_command(words: list[str]) -> bool:
    """Whether the words after the program's name ask for the terminal rather than for the window.

    What neither of them understands belongs to the terminal, which says what may be meant. Cheap on
    purpose: the window's start goes through here and must not load the parser.
    """
    if not words:
        return False
    return words[0] in COMMANDS or words[0] in _ABOUT_ALL or not _opens_window(words)


def _opens_window(words: list[str]) -> bool:
    """Whether the words are a project, if any, and options of the window."""
    projects = []
    option = ""
    for word in words:
        if option == "--example":
            option = ""  # this is its value
        elif word.startswith("-"):
            option = word
            if word not in _WINDOW_OPTIONS and not word.startswith("--example="):
                return False
        else:
            projects.append(word)
    if not projects or os.path.exists(projects[0]):
        return len(projects) < 2
    # A single word that is no folder: the window says so, but for a command with a slip in it.
    return len(projects) < 2 and not difflib.get_close_matches(projects[0], COMMANDS, n=1)
