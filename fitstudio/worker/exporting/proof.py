"""Proves an export: another process, without FitStudio, answers the same rows from raw values."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio import resources
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.errors import WorkerError
from fitstudio.storage import atomic
from fitstudio.words import say
from fitstudio.worker.exporting.onnx_file import fed
from fitstudio.worker.exporting.raw_rows import RawRows

# Single precision, summed in another order: more than this is another model.
TOLERANCE = 1e-4


def prove_onnx(path: Path, recipe: Recipe, rows: RawRows) -> dict[str, Any]:
    """Loads an ONNX file in a process of its own, and compares.

    Raises:
        WorkerError: If the file cannot be used, or answers otherwise than the model.
    """
    with tempfile.TemporaryDirectory(prefix="fitstudio-proof-") as folder:
        given, answers = Path(folder) / "rows.npz", Path(folder) / "answers.npy"
        columns = {
            name: array.astype(np.str_) if array.dtype.kind == "O" else array
            for name, array in fed(recipe, rows.columns).items()
        }
        np.savez(given, **dict[str, Any](columns))
        _run([str(resources.path("export", "try_onnx.py")), str(path), str(given), str(answers)])
        found = np.load(answers, allow_pickle=False)
    return _compared(found, rows, by="onnxruntime")


def prove_folder(path: Path, recipe: Recipe, rows: RawRows) -> dict[str, Any]:
    """Runs the ``predict.py`` of an exported folder on a table, and compares.

    Raises:
        WorkerError: If it fails, or answers otherwise than the model.
    """
    with tempfile.TemporaryDirectory(prefix="fitstudio-proof-") as folder:
        table, answers = Path(folder) / "rows.csv", Path(folder) / "answers.csv"
        names = [column.name for column in recipe.input.columns]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows(zip(*(map(_cell, rows.columns[name]) for name in names), strict=True))
        atomic.write_text(table, text.getvalue())
        _run([str(path / "predict.py"), str(table), str(answers)])
        with answers.open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file))[1:]
    first = 1 if recipe.output.class_column is not None else 0
    found = np.array([[float(cell) for cell in line[first:]] for line in lines])
    return _compared(found, rows, by="numpy")


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if np.isnan(value) else repr(float(value))


def _run(arguments: Sequence[str]) -> None:
    # -I: nothing of this environment's own paths; the script must stand on what is installed.
    done = subprocess.run(
        [sys.executable, "-I", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise WorkerError(
            say("The exported model could not be used by another process."),
            code="export.unusable",
            remedy=say("Export it in another format, and send us the details."),
            details=done.stderr[-8_000:],
        )


def _compared(found: np.ndarray, rows: RawRows, *, by: str) -> dict[str, Any]:
    """The largest difference, as a share of the answers' own size."""
    expected = rows.answers.reshape(len(rows.answers), -1)
    found = found.reshape(len(found), -1)
    if found.shape != expected.shape:
        raise _different(
            say(
                "{shape} answers in place of {expected_shape}",
                shape=found.shape,
                expected_shape=expected.shape,
            )
        )
    size = np.maximum(1.0, np.abs(expected))
    both = np.isnan(found) & np.isnan(expected)
    difference = float(np.where(both, 0.0, np.abs(found - expected) / size).max())
    if not difference <= TOLERANCE:
        raise _different(
            say("the largest difference is {difference}", difference=f"{difference:.3g}")
        )
    return {
        "by": by,
        "rows": rows.count,
        "rows_are": say("of the run's data")
        if rows.real
        else say("made up, within what training showed"),
        "largest_difference": difference,
    }


def _different(why: str) -> WorkerError:
    return WorkerError(
        say("The exported model answers otherwise than the run's model."),
        code="export.different",
        remedy=say("Export it in another format, and send us the details."),
        safe=say("Nothing was written."),
        details=why,
    )
