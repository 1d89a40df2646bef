"""Values that are hard to draw or to count: whatever is in them, a sound file is read."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from fitstudio.data.columns import statistics
from fitstudio.data.reader_process import answer

ROWS = 60
TINY = 5e-324
HARD: dict[str, np.ndarray] = {
    "nearly_one": np.tile([1.0, 0.9999999999999999, 1.0000000000000002, 0.9999999999999998], 15),
    "nearly_a_third": np.tile([0.3, 0.30000000000000004], 30),
    "denormal": np.arange(ROWS) * TINY,
    "below_denormal": np.tile([0.0, TINY], 30),
    "near_1e16": 1e16 + np.arange(ROWS) % 5 * 2,
    "huge": np.linspace(-1.0, 1.0, ROWS) * 1.7e308,
    "nearly_huge": np.tile([1.7976931348623157e308, 1.7976931348623155e308], 30),
    "infinite": np.tile([np.inf, -np.inf, 1.0], 20),
    "only_infinite": np.full(ROWS, np.inf),
    "all_missing": np.full(ROWS, np.nan),
    "one_known": np.array([np.nan] * (ROWS - 1) + [3.5]),
    "past_2_53": (2**53 + np.arange(ROWS)).astype(np.int64),
    "largest_integers": np.tile(np.array([-(2**63), 2**63 - 1, 0], np.int64), 20),
    "unsigned": np.tile(np.array([2**64 - 1, 2**64 - 2], np.uint64), 30),
    "half": np.tile(np.array([65504, -65504, 6e-8], np.float16), 20),
    "nearly_float32": np.tile(np.array([1, 1.0000001], np.float32), 30),
    "flags": np.tile([True, False], 30),
}
HARD |= {
    f"signals_{name}": np.stack([HARD[name]] * 3, axis=1)
    for name in ("nearly_one", "denormal", "huge", "infinite", "all_missing", "unsigned")
}


def write(path: Path, values: np.ndarray) -> dict:
    """Writes the values, beside others, in the format that the path's ending names."""
    target = np.arange(len(values), dtype=float)
    if path.suffix == ".csv":
        columns = [*np.atleast_2d(values.T), target]
        names = [f"c{place}" for place in range(len(columns) - 1)] + ["target"]
        lines = [",".join(map(repr, (v.item() for v in row))) for row in zip(*columns, strict=True)]
        path.write_text("\n".join([",".join(names), *lines]).replace("nan", "") + "\n")
    elif path.suffix == ".npz":
        np.savez(path, values=values, target=target)
    elif path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            file.create_dataset(
                "values", data=values, chunks=(min(7, len(values)), *values.shape[1:])
            )
            file["target"] = target
    else:
        np.save(path, np.column_stack([values, values]) if path.stem == "split" else values)
    return {"file": path.name}


@pytest.mark.parametrize("rows", [ROWS, 1, 2])
@pytest.mark.parametrize("format_", ["data.csv", "data.npz", "data.h5", "data.npy", "split.npy"])
@pytest.mark.parametrize("name", HARD)
def test_a_sound_file_is_read_whatever_its_values_are(name, format_, rows, tmp_path):
    data = write(tmp_path / format_, HARD[name][-rows:])
    request = {
        "do": "inspect_and_preview",
        "data": data,
        "base": str(tmp_path),
        "start": 0,
        "stop": 9,
    }

    reply = json.loads(json.dumps(answer(request), allow_nan=False))

    assert reply["summary"]["rows"] == rows
    assert len(reply["preview"]["rows"]) == min(rows, 9)
    for column in reply["summary"]["columns"]:
        if column["type"] in ("number", "array") and column["count"]:
            assert len(column["histogram"]) == statistics.BINS


@pytest.mark.parametrize("name", [n for n in HARD if HARD[n].ndim == 1])
def test_a_histogram_counts_every_finite_value(name):
    values = HARD[name].astype(float)
    finite = values[np.isfinite(values)]
    if len(finite):
        counts = statistics.histogram(values, finite.min(), finite.max())
        assert counts.sum() == len(finite)
        if finite.min() < finite.max():
            assert counts[0]
            assert counts[-1]


def test_a_histogram_of_ordinary_values_is_the_usual_one():
    values = np.random.default_rng(3).normal(size=5_000)
    usual, _ = np.histogram(values, bins=statistics.BINS)
    assert np.array_equal(statistics.histogram(values, values.min(), values.max()), usual)
    whole = np.arange(25.0)
    assert statistics.histogram(whole, 0.0, 24.0).tolist() == [1] * 23 + [2]
