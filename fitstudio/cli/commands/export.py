"""`export`: a run's model for other programs; its History, worst rows and figures as files."""

from __future__ import annotations

import argparse
from pathlib import Path

from fitstudio.actions.models import exporting, model_export
from fitstudio.cli.command import (
    Command,
    add_checkpoint,
    add_project_and_run,
    opened,
    print_json,
    refuse_overwriting,
)
from fitstudio.cli.output import say
from fitstudio.errors import UsageError
from fitstudio.project import Project
from fitstudio.words import marked, say_marked, saying
from fitstudio.words.numbers import format_bytes, listed

_NAMES = listed(tuple(exporting.WHAT), last="or", most=len(exporting.WHAT))


def _declare(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help=saying.say(
            "the file or folder to write; its ending says how: .onnx (the model), .csv, .json or "
            ".h5 (History), .safetensors (weights), .svg, .png or .pdf (figures)"
        ),
    )
    parser.add_argument(
        "--format",
        choices=[each.name for each in model_export.EXPORT_FORMATS],
        help="; ".join(
            f"{each.name}: {say_marked(each.help)}" for each in model_export.EXPORT_FORMATS
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
    refuse_overwriting(arguments.output, asked=arguments.overwrite, code="export")
    project = opened(arguments.project)
    format = arguments.format
    if format is not None and arguments.what is not None:
        raise UsageError(
            saying.say("--format writes the model, and --what something else of the run."),
            remedy=saying.say("Leave one of them out."),
        )
    if format is None and arguments.what is None and arguments.output.suffix == ".onnx":
        format = "onnx"
    if format is not None:
        return _export_model(project, arguments, format)
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


def _export_model(project: Project, arguments: argparse.Namespace, format: str) -> int:
    report = model_export.export_model(
        project,
        arguments.run,
        format=format,
        output=arguments.output,
        checkpoint=arguments.checkpoint,
    )
    if arguments.json:
        print_json(report.to_json())
        return 0
    say(
        saying.say(
            "The {weights} model of {run} is written to {output}: {size}",
            weights=report.weights,
            run=report.run,
            output=report.output,
            size=format_bytes(report.bytes),
        )
    )
    if report.proof is not None:
        compared = saying.say_count(
            report.proof.rows,
            "Compared with the run's own answer for {number} row {which}, by {by}: the largest "
            "difference is {difference}.",
            "Compared with the run's own answers for {number} rows {which}, by {by}: the largest "
            "difference is {difference}.",
            which=report.proof.rows_are,
            by=report.proof.by,
            difference=f"{report.proof.largest_difference:.2g}",
        )
        say(f"  {compared}")
    for sentence in report.notes:
        say(f"  {sentence}")
    return 0


COMMANDS = (
    Command(
        name="export",
        sentence=marked(
            "Write a run's model for other programs, or its History, worst rows or figures."
        ),
        declare=_declare,
        run=_export,
    ),
)
