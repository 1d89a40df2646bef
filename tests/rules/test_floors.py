"""The floors of coverage name what is there, and a share below one is told."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def floors(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    monkeypatch.delitem(sys.modules, "floors", raising=False)
    return importlib.import_module("floors")


def report(floors, share: float) -> dict:
    names = [*floors.FORMULAS, *(f"{folder}/any.py" for folder in floors.FLOORS)]
    summary = {"num_statements": 1000, "covered_lines": 10 * share, "percent_covered": share}
    return {name: {"summary": summary} for name in names}


def test_every_folder_file_and_test_is_there(floors) -> None:
    assert all((ROOT / name).is_dir() for name in floors.FLOORS)
    assert all((ROOT / name).exists() for name in (*floors.FORMULAS, *floors.TESTS))


def test_what_lies_below_is_told(floors) -> None:
    assert floors.problems(report(floors, 100.0)) == []
    below = floors.problems(report(floors, 94.0))
    assert len(below) == 3 + len(floors.FORMULAS), "storage, words and losses, and each formula"
    assert floors.problems({}) != [], "what was not measured is not covered"
