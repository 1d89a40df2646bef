"""`evaluate` and `predict`: a run's model, the best one by default, on data."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fitstudio.actions.models import using_models
from fitstudio.actions.models.kept_models import when_saved
from fitstudio.cli.command import (
    Command,
    add_checkpoint,
    add_project_and_run,
    opened,
    print_json,
    refuse_overwriting,
    value_text,
)
from fitstudio.cli.data_files import typed_data
from fitstudio.cli.output import say
from fitstudio.declared.task.split import PARTS
from fitstudio.errors import UsageError
from fitstudio.journal.target_scale import TargetScale
from fitstudio.project.saved_models import USUAL
from fitstudio.project.unseen_part import opened_words
from fitstudio.words import marked, saying


def _declare_evaluate(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--data",
        metavar="FILE",
        action="append",
        default=[],
        help=saying.say(
            "measure on this file; NAME=FILE for each file of a run with several. Default: on "
            "the run's own training and validation rows"
        ),
    )
    parser.add_argument(
        "--part",
        choices=PARTS,
        help=saying.say(
            "only this part of the run's own rows. `test` opens the rows that nothing has seen, "
            "and the project counts it. Default: training and validation"
        ),
    )
    _add_option(parser)
    add_checkpoint(parser, default=saying.say("the best"))


def _evaluate(arguments: argparse.Namespace) -> int:
    if not arguments.data and arguments.option:
        raise UsageError(
            saying.say("--option says how the file of --data is read, and no --data is given."),
            remedy=saying.say("Name the file with --data."),
        )
    if arguments.data and arguments.part:
        raise UsageError(
            saying.say("--part names rows of the run itself, and --data a file of its own."),
            remedy=saying.say("Give one of them."),
        )
    data = typed_data(arguments) if arguments.data else None
    project = opened(arguments.project)
    scores = using_models.evaluate_run(
        project, arguments.run, data=data, part=arguments.part, checkpoint=arguments.checkpoint
    )
    unseen = None if data is not None else using_models.unseen_part_of(project, arguments.run)
    if unseen is not None:
        scores["test_part"] = {"rows": unseen.rows, "opened": unseen.opened}
    if arguments.json:
        print_json(scores)
        return 0
    _print_measurement(scores)
    return 0


def _print_measurement(measured: dict[str, Any]) -> None:
    """Prints the scores part by part; for numbers also the errors in the target's own units."""
    scale = TargetScale.from_fields(measured.get("target"))
    say(f"{measured['run']}: {_weights_words(measured)}")
    for part, scores in measured.get("scores", {}).items():
        say(
            saying.say_count(rows, "{part} ({number} row)", "{part} ({number} rows)", part=part)
            if isinstance(rows := measured.get("rows", {}).get(part), int)
            else saying.say("{part} (rows unknown)", part=part)
        )
        for name, value in scores.items():
            say(f"  {name}: {value_text(value, name, scale)}")
        unscaled = None if scale is None else replace(scale, scale=1.0)
        for output in measured.get("parity", {}).get(part, {}).get("outputs", ()):
            say(saying.say("  {name}, in its own units:", name=output["name"]))
            for name in ("mean_absolute_error", "root_mean_squared_error", "r2"):
                say(f"    {name}: {value_text(output.get(name), name, unscaled)}")
    unseen = measured.get("test_part")
    if unseen is not None:
        say(
            saying.say(
                "  Test part: {rows}, {opened}.",
                rows=saying.say_count(unseen["rows"], "{number} row", "{number} rows"),
                opened=opened_words(unseen["opened"]),
            )
        )
    for sentence in measured.get("notes", ()):
        say(f"  {sentence}")


def _weights_words(used: Mapping[str, Any]) -> str:
    """Which weights were used, as "the best weights (epoch 5)"."""
    name = used["weights"]
    what = (
        saying.say("the {name} weights", name=name)
        if name in USUAL
        else saying.say("the weights of {name}", name=name)
    )
    when = when_saved(used["epoch"], used.get("step", 0))
    return saying.say("{what} ({when})", what=what, when=when)


def _declare_predict(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--data",
        metavar="FILE",
        action="append",
        required=True,
        help=saying.say("the new rows; NAME=FILE for each file of a run with several"),
    )
    _add_option(parser)
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help=saying.say("the table to write: .csv, .tsv or .xlsx"),
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help=saying.say("replace the table if it is there already"),
    )
    add_checkpoint(parser, default=saying.say("the best"))


def _predict(arguments: argparse.Namespace) -> int:
    refuse_overwriting(arguments.output, asked=arguments.overwrite, code="predict")
    data = typed_data(arguments)
    project = opened(arguments.project)
    report = using_models.predict_run(
        project,
        arguments.run,
        data=data,
        output=arguments.output,
        checkpoint=arguments.checkpoint,
    )
    if arguments.json:
        print_json(report.to_json())
        return 0
    rows = str(report.rows)
    if report.predicted < report.rows:
        rows = saying.say("{predicted} of {rows}", predicted=report.predicted, rows=report.rows)
    say(
        saying.say(
            "{rows} rows predicted by {run}: {output}",
            rows=rows,
            run=report.run,
            output=report.output,
        )
    )
    say(saying.say("  Answered with {report}.", report=_weights_words(report.to_json())))
    for sentence in report.notes:
        say(f"  {sentence}")
    return 0


def _add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=saying.say(
            "how the file is read where that is not as in training, by the names of "
            "data.options: decimal=, or dates=mdy or missing=-999,-1 or part=test; for one of "
            "several files FILE.NAME=VALUE; may be repeated"
        ),
    )


COMMANDS = (
    Command(
        name="evaluate",
        sentence=marked("Measure a run's model, the best one by default."),
        declare=_declare_evaluate,
        run=_evaluate,
    ),
    Command(
        name="predict",
        sentence=marked(
            "Apply a run's model, the best one by default, to a new file and write a table."
        ),
        declare=_declare_predict,
        run=_predict,
    ),
)
