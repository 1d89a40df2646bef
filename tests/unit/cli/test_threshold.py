"""`threshold`: shown, kept by hand and by cost, cleared; refused where it means nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fitstudio.cli.program import main
from tests.recorded_project import CLASS_RESULTS, TWO_CLASSES, add_run, new_project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = new_project(tmp_path)
    add_run(project, 1, title="Two", results=TWO_CLASSES)
    add_run(project, 2, title="Three", results=CLASS_RESULTS)
    add_run(project, 3, title="Nothing", outcome="failed", reason="error")
    project.close()
    return project.folder


def told(folder: Path, *words: str, capsys, code: int = 0, run: str = "1") -> str:
    assert main(["threshold", str(folder), run, *words]) == code
    said = capsys.readouterr()
    return said.out + said.err


def test_a_threshold_is_kept_shown_and_cleared(folder: Path, capsys) -> None:
    assert "The likelier class is said" in told(folder, capsys=capsys)
    assert "A row is ill from a probability of 0.300 on" in told(
        folder, "--at", "0.3", capsys=capsys
    )
    assert "→ 0.300" in told(folder, capsys=capsys)
    kept = json.loads(told(folder, "--json", capsys=capsys))["kept"]
    assert kept == {
        "class_name": "ill", "threshold": 0.3, "weights": "best", "epoch": 3, "step": 0
    }  # fmt: skip
    assert "likelier" in told(folder, "--clear", capsys=capsys)
    assert json.loads(told(folder, "--json", capsys=capsys))["kept"] is None


@pytest.mark.parametrize(
    ("costs", "threshold"), [((), 0.5), (("--miss", "9"), 0.3), (("--alarm", "50"), 0.9)]
)
def test_the_cheapest_by_the_two_costs(folder: Path, capsys, costs, threshold) -> None:
    said = told(folder, "--cheapest", *costs, capsys=capsys)
    assert f"from a probability of {threshold:.3f} on" in said


def test_results_of_an_earlier_version_take_a_threshold_and_say_what_is_not_known(
    tmp_path: Path, capsys
) -> None:
    project = new_project(tmp_path)
    add_run(project, 1, title="Older", results={**TWO_CLASSES, "ranking": {}})
    project.close()
    assert "is not known" in told(project.folder, capsys=capsys)
    assert "of 0.300 on" in told(project.folder, "--at", "0.3", capsys=capsys)
    assert "is not known" in told(project.folder, "--cheapest", capsys=capsys, code=1)


def test_what_was_kept_for_another_saved_model_is_told_as_such(folder: Path, capsys) -> None:
    told(folder, "--at", "0.3", capsys=capsys)
    (kept,) = folder.rglob("decision.json")
    kept.write_text(
        kept.read_text().replace('"epoch": 3', '"epoch": 1').replace('"epoch":3', '"epoch":1')
    )
    said = told(folder, capsys=capsys)
    assert "another saved model" in said and "→" not in said


@pytest.mark.parametrize(
    ("run", "words", "code", "rule"),
    [
        ("1", ("--at", "1.2"), 2, "from 0 to 1"),
        ("1", ("--at", "nan"), 2, "from 0 to 1"),
        ("1", ("--at", "much"), 2, "--at"),
        ("1", ("--cheapest", "--miss", "-1"), 2, "from 0 up"),
        ("1", ("--cheapest", "--miss", "x"), 2, "from 0 up"),
        ("2", ("--at", "0.3"), 2, "two classes"),
        ("3", ("--at", "0.3"), 1, "Nothing was measured"),
        ("1", ("--at", "0.3", "--clear"), 2, "not allowed"),
    ],
)
def test_what_means_nothing_is_refused(folder: Path, capsys, run, words, code, rule) -> None:
    assert rule in told(folder, *words, capsys=capsys, code=code, run=run)
    assert not list(folder.rglob("decision.json"))
