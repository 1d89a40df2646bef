"""Compares what a call gave with what a case says, in the tolerances of the format."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.conformance.case_values import array, number

RTOL, ATOL = 5e-5, 2e-6


def is_near(got: Any, wanted: Any, rtol: float = RTOL, atol: float = ATOL) -> bool:
    got, wanted = float(number(got)), float(number(wanted))
    if math.isfinite(wanted):
        return math.isclose(got, wanted, rel_tol=rtol, abs_tol=atol)
    return math.isnan(got) if math.isnan(wanted) else got == wanted


def check_numbers(got: Sequence[Any], wanted: Sequence[Any], what: str) -> None:
    assert len(got) == len(wanted), f"{what}: {got} against {wanted}"
    for place, (mine, theirs) in enumerate(zip(got, wanted, strict=True)):
        assert is_near(mine, theirs), f"{what}[{place}] is {mine}, expected {theirs}"


def check_arrays(got: Any, wanted: dict[str, Any], what: str, rtol: float, atol: float) -> None:
    expected = array(wanted)
    assert np.shape(got) == expected.shape, f"{what}: {np.shape(got)} against {expected.shape}"
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=atol, err_msg=what)


def check_history(history: Any, expect: dict[str, Any], check: dict[str, Any]) -> None:
    wanted = dict(expect["history"])
    assert list(history.history) == list(wanted)
    for name, values in wanted.items():
        if check.get("history") == "keys":
            assert len(history.history[name]) == len(values)
        else:
            check_numbers(history.history[name], values, name)
    assert history.epoch == expect["epoch"]


def check_calls(got: list[Any], wanted: list[Any], mode: str) -> None:
    """The recorder's calls and what they were told."""
    got, wanted = _completed(got), _completed(wanted)
    assert [call[:2] for call in got] == [call[:2] for call in wanted]
    for (hook, index, mine), (_, _, theirs) in zip(got, wanted, strict=True):
        mine, theirs = mine or {}, dict(theirs or [])
        assert list(mine) == list(theirs), f"keys in {hook}({index})"
        if mode == "full":
            check_numbers(list(mine.values()), list(theirs.values()), f"{hook}({index})")


def _completed(calls: list[Any]) -> list[Any]:
    """Without batch-begin calls after which the reference found no data."""
    following = [*calls[1:], ["", None, None]]
    return [
        call
        for call, after in zip(calls, following, strict=True)
        if not call[0].endswith("batch_begin") or after[0] == call[0].replace("begin", "end")
    ]


def check_rows(got: list[Any], wanted: list[Any], mode: str, passes_of: int | None) -> None:
    """Row numbers by pass and batch."""
    assert len(got) == len(wanted), "number of passes over the data"
    if mode == "counts":
        assert [len(each) for each in got] == [len(each) for each in wanted]
    elif mode == "exact":
        assert got == wanted
    elif mode == "passes":
        assert [_sizes(each) for each in got] == [_sizes(each) for each in wanted]
        stream = [row for each in got for row in _flat(each)]
        for start in range(0, len(stream), passes_of or 1):
            a_pass = stream[start : start + (passes_of or 1)]
            assert len(set(a_pass)) == len(a_pass), f"a row twice in the pass at {start}"
    else:
        for mine, theirs in zip(got, wanted, strict=True):
            assert _as_comparable(mine, mode) == _as_comparable(theirs, mode)
        if len(got) > 1 and len(_flat(wanted[0])) > 1 and len(wanted[0]) > (mode != "permutation"):
            assert len({tuple(_flat(each)) for each in got}) > 1, "the order never changes"


def _as_comparable(batches: list[list[int]], mode: str) -> Any:
    if mode == "permutation":
        return _sizes(batches), sorted(_flat(batches))
    if mode == "chunks":
        return sorted(sorted(batch) for batch in batches)
    assert mode == "batch_permutation", mode
    return sorted(batches)


def _sizes(batches: list[list[int]]) -> list[int]:
    return [len(batch) for batch in batches]


def _flat(batches: list[list[int]]) -> list[int]:
    return [row for batch in batches for row in batch]


def check_result(got: Any, wanted: Any) -> None:
    if isinstance(wanted, dict):
        assert list(got) == list(wanted)
        check_numbers(list(got.values()), list(wanted.values()), "evaluate")
    elif isinstance(wanted, list):
        assert isinstance(got, list)
        check_numbers(got, wanted, "evaluate")
    else:
        assert isinstance(got, float)
        check_numbers([got], [wanted], "evaluate")


def check_predictions(got: Any, wanted: Any) -> None:
    if isinstance(wanted, list):
        pairs = list(zip(got, wanted, strict=True))
    elif "shape" in wanted and "dtype" in wanted:
        pairs = [(got, wanted)]
    else:
        assert sorted(got) == sorted(wanted)
        pairs = [(got[name], wanted[name]) for name in wanted]
    for mine, theirs in pairs:
        check_arrays(mine, theirs, "predictions", 1e-4, 5e-6)


def check_csv(folder: Path, wanted: dict[str, Any], separator: str) -> None:
    for name, rows in wanted.items():
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        got = [line.split(separator) for line in lines]
        assert [len(row) for row in got] == [len(row) for row in rows]
        for mine, theirs in zip(_flat(got), _flat(rows), strict=True):
            assert mine == theirs or is_near(mine, theirs), f"{mine!r} against {theirs!r}"


_NAME_AND_NUMBER = re.compile(r"(\w+): (-?(?:[\d.]+(?:e[+-]\d+)?|nan|inf))")


def check_printed(text: str, wanted: list[str]) -> None:
    """Headings, step counts, names and numbers; bars and times may differ."""
    lines = [line for line in re.split(r"[\r\n\b]+", text) if line.strip()]
    if not wanted:
        assert lines == []
        return
    got, expected = _epochs_printed(lines), _epochs_printed(wanted)
    assert [each[0] for each in got] == [each[0] for each in expected]
    for (_, count, pairs), (heading, wanted_count, wanted_pairs) in zip(got, expected, strict=True):
        if wanted_count and "Unknown" not in wanted_count:
            assert count == wanted_count, heading
        assert [name for name, _ in pairs] == [name for name, _ in wanted_pairs], heading
        for (name, mine), (_, theirs) in zip(pairs, wanted_pairs, strict=True):
            assert ("e" in mine) == ("e" in theirs), f"{name}: {mine} against {theirs}"
            slack = (1e-3, 0.0) if "e" in theirs else (1e-4, 1.01e-4)
            assert is_near(mine, theirs, *slack), f"{name}: {mine} against {theirs}"


def _epochs_printed(lines: list[str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """For each epoch its heading and the last state that was printed."""
    epochs: list[tuple[str, str, list[tuple[str, str]]]] = []
    for line in lines:
        if heading := re.match(r"Epoch \d+/\d+", line):
            epochs.append((heading.group(), "", []))
            continue
        pairs = _NAME_AND_NUMBER.findall(line.replace("ETA: ", ""))
        if pairs:
            count = re.match(r"\s*(\d+/\w+)", line)
            heading = epochs.pop()[0] if epochs else ""
            epochs.append((heading, count.group(1) if count else "", pairs))
    return epochs
