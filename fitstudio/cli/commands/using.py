"""`evaluate` and `predict`: a run's best model on data."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from fitstudio.actions import predict, projects
from fitstudio.cli.command import Command, add_project_and_run, print_json, value_text
from fitstudio.errors import DataError, FitStudioError
from fitstudio.journal.target_scale import TargetScale


def _declare_evaluate(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--data",
        metavar="FILE",
        type=Path,
        help="measure on this file. Default: on the run's own training and validation rows",
    )


def _evaluate(arguments: argparse.Namespace) -> int:
    _require_file(arguments.data)
    project = projects.open_project(arguments.project, read_only=True)
    scores = predict.evaluate_run(project, arguments.run, data=arguments.data)
    if arguments.json:
        print_json(scores)
        return 0
    _print_measurement(scores)
    return 0


def _print_measurement(measured: dict[str, Any]) -> None:
    """Prints the scores part by part; for numbers also the errors in the target's own units."""
    weights = measured.get("weights", "best")
    epoch = measured.get("epoch")
    scale = TargetScale.from_fields(measured.get("target"))
    of_epoch = f" of epoch {epoch + 1}" if isinstance(epoch, int) else ""
    print(f"{measured.get('run', '')}: the {weights} weights{of_epoch}")
    for part, scores in measured.get("scores", {}).items():
        print(f"{part} ({measured.get('rows', {}).get(part, '?')} rows)")
        for name, value in scores.items():
            print(f"  {name}: {value_text(value, name, scale)}")
        unscaled = None if scale is None else replace(scale, scale=1.0)
        for output in measured.get("parity", {}).get(part, {}).get("outputs", ()):
            print(f"  {output['name']}, in its own units:")
            for name in ("mean_absolute_error", "root_mean_squared_error", "r2"):
                print(f"    {name}: {value_text(output.get(name), name, unscaled)}")


def _declare_predict(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument("--data", metavar="FILE", type=Path, required=True, help="the new rows")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, required=True, help="the CSV to write"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the CSV if it is there already"
    )


def _predict(arguments: argparse.Namespace) -> int:
    if arguments.output.exists() and not arguments.overwrite:
        raise FitStudioError(
            f"{str(arguments.output)!r} is there already, and nothing is overwritten unasked.",
            code="predict.exists",
            remedy="Name another file with --output, or add --overwrite.",
            safe="Nothing was changed.",
        )
    _require_file(arguments.data)
    project = projects.open_project(arguments.project, read_only=True)
    report = predict.predict_run(
        project, arguments.run, data=arguments.data, output=arguments.output
    )
    if arguments.json:
        print_json(report.to_json())
        return 0
    print(f"{report.rows} rows predicted by {report.run}: {report.output}")
    for sentence in report.notes:
        print(f"  {sentence}")
    return 0


def _require_file(file: Path | None) -> None:
    """A file that was typed wrong has not been moved: the words for that would lead astray."""
    if file is None or file.is_file():
        return
    what = "is a folder, not a data file" if file.is_dir() else "is not there"
    raise DataError(
        f"{str(file)!r} {what}.",
        code="data.missing",
        remedy="Check the name; the path begins where the command was typed.",
    )


COMMANDS = (
    Command(
        name="evaluate",
        sentence="Measure a run's best model.",
        declare=_declare_evaluate,
        run=_evaluate,
    ),
    Command(
        name="predict",
        sentence="Apply a run's best model to a new file and write a CSV.",
        declare=_declare_predict,
        run=_predict,
    ),
)
