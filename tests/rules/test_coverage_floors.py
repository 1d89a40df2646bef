"""The floors of coverage name files that are there, and are able to fail."""

from __future__ import annotations

from pathlib import Path

from tests.coverage_floors import FLOORS, TESTS, below

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_and_test_is_there():
    assert [name for name in (*FLOORS, *TESTS) if not (ROOT / name).exists()] == []


def test_what_lies_below_its_floor_is_told():
    reached = {name: float(floor) for name, floor in FLOORS.items()}
    name = next(iter(FLOORS))

    assert below(reached) == []
    assert below(reached | {name: FLOORS[name] - 0.1}) == [
        f"{name}: {FLOORS[name] - 0.1:.1f} % of its lines are run, {FLOORS[name]} % at the least."
    ]


def test_a_file_that_is_not_run_at_all_is_told():
    assert len(below({})) == len(FLOORS)
