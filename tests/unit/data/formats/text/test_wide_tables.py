"""What a table of many columns costs grows as they do: counted in calls, never by a clock."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from fitstudio.data.source import open_source


def calls(columns: int, folder: Path) -> Counter[str]:
    """What is called while a table of so many columns is opened and looked through."""
    numbers = np.random.default_rng(1).random((20, columns)).round(3)
    file = folder / f"{columns}.csv"
    names = ",".join(f"c{place}" for place in range(columns))
    np.savetxt(file, numbers, fmt="%.3f", delimiter=",", header=names, comments="")
    found: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            found["all"] += 1
        elif event == "c_call":
            found[argument.__name__] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with open_source({"file": file.name}, folder) as source:
            source.summary()
            source.cells("c1", 0, 20)
    finally:
        sys.setprofile(before)
    return found


def test_a_table_of_twice_as_many_columns_takes_twice_as_much(tmp_path: Path) -> None:
    calls(10, tmp_path)  # what is loaded at first is loaded
    some, many = calls(150, tmp_path), calls(300, tmp_path)
    assert many["all"] < 2.2 * some["all"]
    # A query of polars costs as much as a thousand cells: columns share them.
    assert many["collect"] < some["collect"] + 30
