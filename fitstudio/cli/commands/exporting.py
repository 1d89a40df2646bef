"""`export`: History, worst rows, weights and figures of a run as files."""

from __future__ import annotations

import argparse
from pathlib import Path

from fitstudio.actions import exporting, projects
from fitstudio.cli.command import Command, add_checkpoint, add_project_and_run, print_json
from fitstudio.cli.output import say
from fitstudio.errors import FitStudioError
from fitstudio.words import marked, saying
from fitstudio.words.numbers import listed

_NAMES = listed(tuple(exporting.WHAT), last="or", most=len(exporting.WHAT))


def _declare(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help=saying.say(
            "the file to write; its ending says how: .csv, .json or .h5 (History), "
            ".safetensors (weights), .svg, .png or .pdf (figures)"
        ),
    )
    parser.add_argument(
        "--what",
        metavar="WHAT",
        choices=tuple(exporting.WHAT),
        help=saying.say(
            "what is written: {names}. Default: history, weights or curves, as the ending says",
            names=_NAMES,
        ),
    )
    parser.add_argument(
        "--part",
        choices=exporting.PARTS,
        default="validation",
        help=saying.say(
            "the rows that worst, confusion, parity and residuals are of. Default: validation"
        ),
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help=saying.say("replace the file if it is there already"),
    )
    add_checkpoint(parser, default=saying.say("the best, for weights and results"))


def _export(arguments: argparse.Namespace) -> int:
    if arguments.output.exists() and not arguments.overwrite:
        raise FitStudioError(
            saying.say(
                "{output} is there already, and nothing is overwritten unasked.",
                output=repr(str(arguments.output)),
            ),
            code="export.exists",
            remedy=saying.say("Name another file with --output, or add --overwrite."),
            safe=saying.say("Nothing was changed."),
        )
    project = projects.open_project(arguments.project, read_only=True)
    done = exporting.export_run(
        project,
        arguments.run,
        arguments.output,
        what=arguments.what,
        part=arguments.part,
        checkpoint=arguments.checkpoint,
    )
    if arguments.json:
        print_json(done.to_json())
    else:
        say(done.sentence)
    return 0


COMMANDS = (
    Command(
        name="export",
        sentence=marked("Write a run's History, worst rows, weights or figures into a file."),
        declare=_declare,
        run=_export,
    ),
)
