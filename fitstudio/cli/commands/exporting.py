"""`export`: a run's model in a format that other programs read."""

from __future__ import annotations

import argparse
from pathlib import Path

from fitstudio.actions import exporting, projects
from fitstudio.cli.command import Command, add_project_and_run, print_json
from fitstudio.cli.output import say as tell
from fitstudio.errors import FitStudioError
from fitstudio.words import marked, say, say_marked
from fitstudio.words.numbers import format_bytes


def _declare(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--format",
        required=True,
        choices=[each.name for each in exporting.EXPORT_FORMATS],
        help="; ".join(
            f"{each.name}: {say_marked(each.help)}" for each in exporting.EXPORT_FORMATS
        ),
    )
    parser.add_argument(
        "--output",
        metavar="PATH",
        type=Path,
        required=True,
        help=say("the file or folder to write"),
    )
    parser.add_argument(
        "--overwrite", action="store_true", help=say("replace it if it is there already")
    )


def _export(arguments: argparse.Namespace) -> int:
    if arguments.output.exists() and not arguments.overwrite:
        raise FitStudioError(
            say(
                "{name} is there already, and nothing is overwritten unasked.",
                name=repr(str(arguments.output)),
            ),
            code="export.exists",
            remedy=say("Name another one with --output, or add --overwrite."),
            safe=say("Nothing was changed."),
        )
    project = projects.open_project(arguments.project, read_only=True)
    report = exporting.export_run(
        project, arguments.run, format=arguments.format, output=arguments.output
    )
    if arguments.json:
        print_json(report.to_json())
        return 0
    tell(
        say(
            "{run} (the {weights} weights, epoch {epoch}) is written to {output}: {size}",
            run=report.run,
            weights=report.weights,
            epoch=report.epoch + 1,
            output=report.output,
            size=format_bytes(report.bytes),
        )
    )
    if report.proof is not None:
        tell(
            "  "
            + say(
                "Compared with the run's own answers for {rows} rows {which}, by {by}: the largest "
                "difference is {difference}.",
                rows=report.proof.rows,
                which=report.proof.rows_are,
                by=report.proof.by,
                difference=f"{report.proof.largest_difference:.2g}",
            )
        )
    for sentence in report.notes:
        tell(f"  {sentence}")
    return 0


COMMANDS = (
    Command(
        name="export",
        sentence=marked(
            "Write a run's best model for use in other programs, and prove that it answers as "
            "in the run."
        ),
        declare=_declare,
        run=_export,
    ),
)
