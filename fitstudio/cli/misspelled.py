"""Command lines that cannot be understood: what is wrong with one, and what may be meant."""

from __future__ import annotations

import difflib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from fitstudio.cli import COMMANDS
from fitstudio.errors import UsageError
from fitstudio.words import say
from fitstudio.words.numbers import listed

_WINDOW_OPTIONS = ("--example", "--train", "--exit-when-done")


def no_command(words: Sequence[str]) -> UsageError:
    """What is wrong with words that neither begin with a command nor open the window."""
    first = words[0]
    if first.startswith("-"):
        known = ("--help", "--version", *_WINDOW_OPTIONS)
        return UsageError(
            say(
                "There is no option {first} before a command.{meant}",
                first=repr(first),
                meant=_meant(first, known),
            ),
            remedy=say("See `fitstudio --help`; a command's own options stand behind it."),
        )
    later = next((word for word in words[1:] if word in COMMANDS), None)
    if later is not None and os.path.exists(first):
        others = [word for word in words if word != later]
        return UsageError(
            say("The command comes first."),
            remedy=say("Type: fitstudio {later} {others}", later=later, others=shlex.join(others)),
        )
    return UsageError(
        say(
            "There is no command {first}.{meant}", first=repr(first), meant=_meant(first, COMMANDS)
        ),
        remedy=say("`fitstudio --help` lists the commands."),
    )


def left_over(command: str, extra: Sequence[str], options: Sequence[str]) -> UsageError:
    """What is wrong with words that a command has no use for.

    Args:
        command: The command.
        extra: The words.
        options: The options that the command has.
    """
    first = extra[0]
    name = first.partition("=")[0]
    if name in options:
        sentence = say(
            "{name} stands behind `--`, where every word is a name and no option.", name=repr(name)
        )
    elif first.startswith("-"):
        sentence = say(
            "`{command}` has no option {name}.{meant}",
            command=command,
            name=repr(name),
            meant=_meant(name, options),
        )
    else:
        sentence = say(
            "`{command}` has no use for {extra}.",
            command=command,
            extra=listed([repr(word) for word in extra]),
        )
    return UsageError(sentence, remedy=say("See `fitstudio {command} --help`.", command=command))


def swapped(command: str, project: Path, run: str) -> UsageError | None:
    """Whether project and run were typed the other way round."""
    if project.exists() or not (Path(run) / "project.json").is_file():
        return None
    return UsageError(
        say("The project comes first, then the run."),
        remedy=say(
            "Type: fitstudio {command} {run} {project}",
            command=command,
            run=shlex.quote(run),
            project=shlex.quote(str(project)),
        ),
    )


def _meant(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return say(" Did you mean {close}?", close=repr(close[0])) if close else ""
