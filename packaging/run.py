"""Makes the environment where needed, then opens FitStudio on an example ready to train.

    python3 packaging/run.py                                        the window, on the start page
    python3 packaging/run.py PROJECT                                the window, on a project
    python3 packaging/run.py --example penguins --train --exit-when-done

Without a display it says so and trains the example in the terminal. Other arguments are those of
the `fitstudio` command.
"""

from __future__ import annotations

import subprocess
import sys

import environment


def main(arguments: list[str]) -> int:
    """Returns the exit status of what was started."""
    try:
        python = environment.ensure_environment(with_tools=False)
    except environment.SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    if not environment.has_display() and _wants_window(arguments):
        environment.say(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): "
            "training the example in the terminal instead of opening the window."
        )
        arguments = ["demo", "--example", _example_of(arguments)]
    elif _wants_window(arguments):
        missing = environment.missing_library_message(x11=True)
        if missing:
            print(missing, file=sys.stderr)
            return 1
    try:
        return subprocess.call([str(python), "-m", "fitstudio", *arguments])
    except KeyboardInterrupt:
        return 130


def _wants_window(arguments: list[str]) -> bool:
    """Whether the command line asks for the window rather than for a subcommand."""
    subcommands = {
        "new", "check", "train", "resume", "stop", "runs", "show", "evaluate", "predict",
        "examples", "doctor", "demo", "queue", "pause", "continue", "extend", "snapshot",
        "discard", "--help", "-h", "--version",
    }  # fmt: skip
    return not (arguments and arguments[0] in subcommands)


def _example_of(arguments: list[str]) -> str:
    if "--example" in arguments[:-1]:
        return arguments[arguments.index("--example") + 1]
    return "penguins"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
