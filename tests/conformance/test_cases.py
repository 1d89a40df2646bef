"""fit(), evaluate() and predict() against facts recorded from the reference, case by case."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.case_replay import Replay

FOLDER = Path(__file__).parent / "cases"
#: FITSTUDIO_CASES names another folder, for cases that were recorded to look further.
CASES = sorted(Path(os.environ.get("FITSTUDIO_CASES", FOLDER)).glob("*.json"))


def _read(path: Path) -> dict[str, Any]:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["format"] == 1
    return case


def _with_older_optimizer(case: dict[str, Any]) -> dict[str, Any] | None:
    """The case with the values of the reference's older optimizer class, where those differ."""
    older = case.get("tf21_optimizer", {})
    if "history" not in older:
        return None
    other = copy.deepcopy(case)
    fits = [step for step in other["steps"] if "history" in step.get("expect", {})]
    for step, history in zip(fits, older["history"], strict=True):
        step["expect"]["history"] = history
        step.setdefault("check", {})["log"] = "hooks"
    other["final_weights"] = older["final_weights"]
    return other


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    case = _read(path)
    (tmp_path / "first").mkdir()
    try:
        Replay(case, tmp_path / "first").run()
    except AssertionError:
        other = _with_older_optimizer(case)
        if other is None:
            raise
        (tmp_path / "second").mkdir()
        Replay(other, tmp_path / "second").run()


def test_every_case_is_there() -> None:
    names = [path.stem for path in FOLDER.glob("*.json")]
    drawn = [name for name in names if name.startswith("random-")]
    assert (len(names) - len(drawn), len(drawn)) == (356, 80)


def test_a_changed_fact_is_noticed(tmp_path: Path) -> None:
    """The comparison can fail: for each kind of fact, a case with that fact altered does."""
    changes = {
        "cb-order": lambda step: step["expect"]["history"][0][1].__setitem__(0, 0.5),
        "vd-pair": lambda step: step["expect"]["rows"]["val"][0][0].__setitem__(0, 99),
        "cb-csv": lambda step: step["expect"]["csv"]["a.csv"][1].__setitem__(1, "0.1"),
        "vb-2": lambda step: step["expect"]["stdout"].__setitem__(0, "Epoch 7/2"),
        "mc-every-epoch": lambda step: step["expect"]["files"].append("one-more"),
        "err-length": lambda step: step["expect"]["raises"]["keywords"].append("banana"),
        "spe-more": lambda step: step["expect"]["warns"].append("banana"),
    }
    for name, change in changes.items():
        case = _read(FOLDER / f"{name}.json")
        change(case["steps"][0])
        (tmp_path / name).mkdir()
        with pytest.raises(AssertionError):
            Replay(case, tmp_path / name).run()
