"""What a run made, taken out of its folder: tables exactly, figures whole, nothing overwritten."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fitstudio.actions import runs
from fitstudio.actions.models.exporting import csv_of_worst, export_run
from fitstudio.actions.run.results_file import Results
from fitstudio.errors import FitStudioError, RunError, UsageError
from fitstudio.project import Project
from tests.recorded_project import CLASS_RESULTS, NUMBER_RESULTS, add_run, new_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = new_project(tmp_path)
    add_run(project, 1, title="Numbers", results=NUMBER_RESULTS)
    add_run(project, 2, title="Classes", results=CLASS_RESULTS)
    add_run(project, 3, title="Nothing", epochs=0, outcome="failed", reason="error")
    return project


def test_history_holds_every_digit(project: Project, tmp_path: Path) -> None:
    export_run(project, 1, tmp_path / "history.csv")
    with (tmp_path / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    state = runs.load_run(project, 1).state
    assert [int(row["epoch"]) for row in rows] == [row.epoch for row in state.epochs]
    assert [float(row["loss"]) for row in rows] == [row.logs["loss"] for row in state.epochs]


def test_worst_rows_are_counted_as_people_do_and_compute_nothing(project, tmp_path) -> None:
    export_run(project, 2, tmp_path / "worst.csv", what="worst")
    lines = (tmp_path / "worst.csv").read_text().splitlines()
    assert lines[1] == "7,bee,ant,0.02"
    hostile = CLASS_RESULTS | {
        "worst": {"test": [{"row": None, "true": "=1+1", "predicted": "a", "probability": "nan"}]}
    }
    assert csv_of_worst(Results.from_json(hostile), "test").splitlines()[1] == ",'=1+1,a,nan"
    numbers = csv_of_worst(Results.from_json(NUMBER_RESULTS), "validation").splitlines()
    assert numbers == ["row,measured protein,predicted protein", "5,4.0,5.0"]


@pytest.mark.parametrize(
    ("run", "what", "ending"),
    [(1, None, ".svg"), (1, "parity", ".png"), (1, "residuals", ".pdf"), (2, "confusion", ".svg")],
)
def test_figures_are_drawn_without_a_display(project, tmp_path, run, what, ending) -> None:
    path = tmp_path / f"figure ü{ending}"
    export_run(project, run, path, what=what)
    begin = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF-"}[ending]
    content = path.read_bytes()
    assert content.startswith(begin) and len(content) > 2000
    if ending == ".svg":
        assert b"<image" not in content, "lines stay lines"
        assert (b"Loss" if what is None else b"Predicted") in content


@pytest.mark.parametrize(
    ("run", "output", "options", "kind", "words"),
    [
        (1, "x.xlsx", {}, UsageError, "what came is '.xlsx'"),
        (1, "x", {}, UsageError, "no ending"),
        (1, "x.csv", {"what": "parity"}, UsageError, "parity is written as .svg"),
        (1, "x.csv", {"checkpoint": "best"}, UsageError, "no history of its own"),
        (1, "nowhere/x.csv", {}, UsageError, "There is no folder"),
        (1, "project/project.json", {}, UsageError, "the project's own files"),
        (1, "project/queue.json", {}, UsageError, "the project's own files"),
        (1, "project/runs/x.csv", {}, UsageError, "the project's own files"),
        (1, "x.png", {"what": "confusion"}, RunError, "tells numbers"),
        (2, "x.png", {"what": "parity"}, RunError, "tells classes"),
        (1, "x.csv", {"what": "worst", "part": "training"}, RunError, "results of validation"),
        (1, "x.safetensors", {"checkpoint": "epoch-9"}, RunError, "keeps no model"),
        (3, "x.csv", {}, RunError, "no History yet"),
        (3, "x.png", {}, RunError, "nothing to draw"),
        (3, "x.safetensors", {}, RunError, "no trained weights"),
    ],
)
def test_what_cannot_be_is_said(project, tmp_path, run, output, options, kind, words) -> None:
    with pytest.raises(kind, match=words):
        export_run(project, run, tmp_path / output, **options)
    assert not (tmp_path / "x.csv").exists()


def test_a_file_that_cannot_be_written_is_said(project, tmp_path) -> None:
    (tmp_path / "taken.svg").mkdir()
    with pytest.raises(FitStudioError, match=r"taken\.svg"):
        export_run(project, 1, tmp_path / "taken.svg")


def test_a_run_with_absurd_settings_keeps_no_other_from_being_made(project, tmp_path) -> None:
    from fitstudio.actions.run.run_making import make_run
    from fitstudio.declared.resolve import resolve
    from fitstudio.declared.run_spec import RunSpec

    newest = project.paths.run_folders()[-1]
    newest.spec.write_text('{"format": 1, "fit": {"epochs": 99999999999999999999999}}')
    spec = RunSpec().with_values({"fit.epochs": 2})
    made = make_run(project, spec, resolve(spec, None), None, title=None, parent=None)
    assert made.number == 4
