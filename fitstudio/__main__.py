"""The one entry point: the window, the command line, or (hidden switches) a child process.

Imports neither Qt nor torch itself; what is asked for decides what is loaded.
"""

from __future__ import annotations

import importlib
import sys

# A frozen build has no `python -m`: its children are started as the program itself with one of
# these switches, which nobody types by hand.
_CHILDREN = {
    "--worker": "fitstudio.worker.__main__",
    "--reader": "fitstudio.data.reader_process",
    "--queue": "fitstudio.actions.queue_process",
    "--figure": "fitstudio.gui.figure_process",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs what the command line asks for and returns the exit status.

    Args:
        arguments: Words after the program's name; those of the process by default.
    """
    if getattr(sys, "frozen", False):
        # A process that multiprocessing spawns starts a frozen program anew, and is taken up here.
        _entry("multiprocessing", "freeze_support")()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except KeyboardInterrupt:  # while what is needed was still being loaded
        if sys.stderr is not None:
            from fitstudio.words import say

            sys.stderr.write(f"{say('Stopped by you.')}\n")
        return 130


def _run(words: list[str]) -> int:
    if words and words[0] in _CHILDREN:
        return _entry(_CHILDREN[words[0]])(words[1:]) or 0
    # `is_command` keeps the window's start from paying for the parser of every subcommand.
    if _entry("fitstudio.cli", "is_command")(words):
        return _entry("fitstudio.cli.program")(words)
    return _entry("fitstudio.gui.app", "run")(words)


def _entry(module: str, function: str = "main"):
    return getattr(importlib.import_module(module), function)


if __name__ == "__main__":
    sys.exit(main())
