"""The table of faults, in what can be checked: all rows are there, every named test exists."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def reliability(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("reliability", BENCHMARKS / "reliability.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "reliability", module)
    spec.loader.exec_module(module)
    return module


def test_all_62_faults_have_a_row_and_every_named_test_exists(reliability):
    faults = reliability.faults.FAULTS

    assert [fault.number for fault in faults] == list(range(1, 63))
    assert reliability.missing_tests() == []
    for fault in faults:
        assert bool(fault.tests) == (fault.state in ("tested", "partly tested")), fault.number
        assert fault.note or fault.state == "tested", fault.number


def test_the_page_holds_the_present_table(reliability):
    page = (BENCHMARKS / "RELIABILITY.md").read_text("utf-8")

    for fault in reliability.faults.FAULTS:
        assert reliability.fault_row(fault) in page, "run benchmarks/reliability.py --table"
