"""A trained run reads every file as it read its own: predict, evaluate, a file to check on."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from fitstudio.actions.models import using_models
from fitstudio.cli.program import main
from fitstudio.errors import DataError
from fitstudio.journal import Outcome


def table(rows: list[tuple[int, int, float]], *, marks: str = ",") -> str:
    """Month first, decimal comma, and -999 where nothing was measured."""
    lines = ["when;load;wear\n"]
    for month, day, load in rows:
        shown = "-999" if load < 0 else f"{load:.3f}".replace(".", marks)
        lines.append(f"{month}/{day}/2024;{shown};{month + load / 10:.2f}\n".replace(".", marks))
    return "".join(lines)


ROWS = [(1 + n % 12, 1 + n % 28, (n * 7 % 50) / 10) for n in range(96)]
LATER = [(3, 4, 1.234), (5, 6, -1), (7, 8, 2.345)]
OPTIONS = {"missing": ["-999"]}


@pytest.fixture(scope="module")
def worn(trained):
    folder: Path = trained.folder
    (folder / "wear.csv").write_text(table([*ROWS, (1, 2, -1)]))
    (folder / "later.csv").write_text(table(LATER))
    run = trained.new_run(
        {
            "data.file": "wear.csv",
            "data.options": OPTIONS,
            "data.columns": {"when": {"type": "number"}},
            "data.row_order": None,
            "fit.x": ["when", "load"],
            "fit.y": ["wear"],
            "fit.validation_split": None,
            "fit.validation_data": {"file": "later.csv"},
            "compile.metrics": ["mae"],
            "compile.loss": None,
            "fit.epochs": 3,
        }
    )
    return run, trained.train(run)


def test_later_files_are_read_as_in_training(trained, worn, tmp_path):
    run, state = worn
    assert state.outcome is Outcome.COMPLETED
    assert state.data["validation_rows"] == 2
    assert any("Validation file: 1 row" in sentence for sentence in state.preparation)
    whole = tmp_path / "whole.csv"
    whole.write_text(table([*LATER, *ROWS]))  # what it holds tells how its dates are read
    answers = {}
    for name, file in (("later", trained.folder / "later.csv"), ("whole", whole)):
        output = tmp_path / f"{name} answers.csv"
        using_models.predict_run(trained.project, run.name, data=file, output=output)
        with output.open() as lines:
            rows = list(csv.DictReader(lines, delimiter=";"))
            answers[name] = [row["predicted wear"].replace(",", ".") for row in rows[:3]]
    for later, known in zip(answers["later"], answers["whole"], strict=True):
        assert (later == "") == (known == "")
        assert float(later or 0) == pytest.approx(float(known or 0), rel=1e-5)
    assert answers["later"][1] == "", "-999 is a gap"
    measured = using_models.evaluate_run(
        trained.project, run.name, data=trained.folder / "later.csv"
    )
    assert measured["rows"]["test"] == 2
    best = state.best_row.logs
    assert measured["scores"]["test"]["loss"] == pytest.approx(best["val_loss"], rel=1e-5)


def test_a_contradiction_is_settled_by_an_option(trained, worn, tmp_path, capsys):
    run, _ = worn
    file, output = tmp_path / "points.csv", tmp_path / "answers.csv"
    file.write_text(table(LATER, marks="."))
    command = ["predict", str(trained.folder), run.name, "--data", str(file)]
    command += ["--output", str(output)]
    assert main(command) != 0
    assert "decimal=." in capsys.readouterr().err and not output.exists()
    assert main([*command, "--option", "decimal=."]) == 0
    said = capsys.readouterr().out
    assert "2 of 3 rows predicted" in said and "As you said, decimal is “.” here" in said
    with pytest.raises(DataError, match="cannot be 'x'"):
        using_models.predict_run(
            trained.project, run.name, data={"file": str(file), "options": {"decimal": "x"}},
            output=output,
        )  # fmt: skip


def test_what_preparation_did_is_told(trained, worn, capsys):
    run, _ = worn
    assert main(["show", str(trained.folder), run.name]) == 0
    assert "1 of 97 rows left out, because a value is missing." in capsys.readouterr().out
    assert main(["show", str(trained.folder), run.name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["preparation"]
