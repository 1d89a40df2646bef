"""What a subcommand is made of, and the arguments that several of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitstudio.actions import projects
from fitstudio.cli.output import complain, say, say_json, shown
from fitstudio.errors import FitStudioError
from fitstudio.journal.target_scale import TargetScale
from fitstudio.project import Project
from fitstudio.words import saying
from fitstudio.words.numbers import plain_number


@dataclass(frozen=True, kw_only=True)
class Command:
    """One subcommand.

    Attributes:
        name: The word after `fitstudio`.
        sentence: What it does, for `--help`.
        declare: Adds its arguments to a parser.
        run: Does it and returns the exit status.
    """

    name: str
    sentence: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_project(parser: argparse.ArgumentParser) -> None:
    """Adds the positional PROJECT."""
    parser.add_argument(
        "project", metavar="PROJECT", type=Path, help=saying.say("the project's folder")
    )


def opened(folder: Path, *, read_only: bool = True) -> Project:
    """Opens the project that was typed, and says what was unusual about that.

    Raises:
        ProjectError: If there is no project, or nothing of it can be read.
    """
    project = projects.open_project(folder, read_only=read_only)
    for notice in project.notices:
        complain(notice)
    return project


def add_project_and_run(parser: argparse.ArgumentParser) -> None:
    """Adds the positional PROJECT and RUN."""
    add_project(parser)
    parser.add_argument(
        "run",
        metavar="RUN",
        help=saying.say("the run's folder name or number, such as 0007-lr-halved or 7"),
    )


def whole_number(text: str) -> int:
    """A whole number that was typed, for argparse's `type`."""
    try:
        return int(text)
    except ValueError:  # also for thousands of digits
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise argparse.ArgumentTypeError(
            saying.say("it takes a whole number; what came is {shown}", shown=repr(shown))
        ) from None


def add_checkpoint(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Adds --checkpoint NAME.

    Args:
        parser: The parser of the subcommand.
        default: Which model is used without it, in words.
    """
    parser.add_argument(
        "--checkpoint",
        metavar="NAME",
        help=saying.say(
            "which of the run's saved models: best, last, epoch-12, snapshot-3 or a file that "
            "ModelCheckpoint has written; `show` lists them. Default: {default}",
            default=default,
        ),
    )


def print_json(value: Any) -> None:
    """Prints one JSON value; NaN and infinities are text, because JSON has none."""
    say_json(_without_nan(value), indent=2)


def print_table(heads: Sequence[str], rows: list[list[str]], *, right: frozenset[int]) -> None:
    """Prints rows under heads, columns as wide as their longest entry.

    Args:
        heads: One a column.
        rows: As many entries each as there are heads.
        right: Indices of the columns that are aligned right (numbers).
    """
    lines = [[shown(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[i]) for row in lines) for i in range(len(heads))]
    for row in lines:
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())


def number_text(value: Any) -> str:
    """A score as text: four significant digits, or a dash where there is none."""
    return plain_number(value) if isinstance(value, int | float) else "–"


def value_text(value: Any, metric: str, scale: TargetScale | None) -> str:
    """A score in the target's own unit, with the unit."""
    if not isinstance(value, int | float) or scale is None:
        return number_text(value)
    return f"{number_text(value * scale.factor(metric))} {scale.unit_of(metric)}".rstrip()


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def refuse_overwriting(output: Path, *, asked: bool, code: str) -> None:
    """Refuses to replace what is there, unless it was asked for.

    Args:
        output: What is to be written.
        asked: Whether --overwrite was typed.
        code: What the error's code begins with, such as "predict".

    Raises:
        FitStudioError: If it is there already.
    """
    if asked or not output.exists():
        return
    raise FitStudioError(
        saying.say(
            "{output} is there already, and nothing is overwritten unasked.",
            output=repr(str(output)),
        ),
        code=f"{code}.exists",
        remedy=saying.say("Name another file with --output, or add --overwrite."),
        safe=saying.say("Nothing was changed."),
    )
