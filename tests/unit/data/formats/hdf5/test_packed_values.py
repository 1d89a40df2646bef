"""What datasets say of their own values, and numbers that stand for none."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from fitstudio.data.source import open_source
from fitstudio.errors import DataError

ROWS = 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.nc4"


def opened(file: Path, **options):
    return open_source({"file": file.name, "options": options}, file.parent)


def fix_of(finding) -> dict:
    """What the finding's remedy sets."""
    assert finding.fix is not None
    return dict(finding.fix.set)


def write(file: Path, values: np.ndarray, **attributes) -> None:
    with h5py.File(file, "w") as made:
        made.create_dataset("v", data=values, chunks=(7, *values.shape[1:]))
        made["v"].attrs.update(attributes)
        made["y"] = np.linspace(0, 1, len(values))


COUNTS = np.arange(ROWS, dtype="i2")


@pytest.mark.parametrize(
    ("stored", "attributes", "expected"),
    [
        (COUNTS, {"scale_factor": 0.01, "add_offset": 273.0}, COUNTS * 0.01 + 273),
        (COUNTS, {"scale_factor": np.float32(2)}, COUNTS * 2.0),
        (COUNTS, {"_FillValue": np.int16(3)}, np.where(COUNTS == 3, np.nan, COUNTS)),
        (COUNTS, {"missing_value": np.array([3, 4], "i2")},
         np.where((COUNTS == 3) | (COUNTS == 4), np.nan, COUNTS)),
        (COUNTS, {"valid_min": np.int16(5), "valid_max": np.int16(50)},
         np.where((COUNTS < 5) | (COUNTS > 50), np.nan, COUNTS)),
        (COUNTS, {"valid_range": np.array([5, 50], "i2"), "scale_factor": 10.0},
         np.where((COUNTS < 5) | (COUNTS > 50), np.nan, COUNTS * 10)),
        (COUNTS, {"valid_max": 100.0, "scale_factor": 10.0},
         np.where(COUNTS > 10, np.nan, COUNTS * 10)),
        (COUNTS - 30, {"_Unsigned": "true", "_FillValue": np.int16(-1)},
         np.where(COUNTS == 29, np.nan, (COUNTS - 30).view("u2"))),
        ((COUNTS / 4).astype("f4"), {"_FillValue": np.float32(0.25)},
         np.where(COUNTS == 1, np.nan, COUNTS / 4)),
        ((COUNTS / 4).astype("f4"), {"scale_factor": 1.0, "add_offset": 0.0}, COUNTS / 4),
        (np.full(ROWS, 1e20, "f4"), {"_FillValue": np.float32(1e20)}, np.full(ROWS, np.nan)),
    ],
)  # fmt: skip
def test_values_are_what_the_dataset_says(file, stored, attributes, expected):
    write(file, np.stack([stored, stored], axis=1), **attributes)
    with opened(file) as source:
        array = source.array("v")
        for key in (slice(None), slice(8, 30), np.array([40, 2, 2]), 5):
            assert np.allclose(array[key][..., 0], expected[key], equal_nan=True)
        assert array[:].dtype == array.dtype
    with opened(file, packing=False) as source:
        assert np.array_equal(source.array("v")[:, 0], stored)


def test_what_is_done_is_told_and_can_be_undone(file):
    write(file, COUNTS, scale_factor=0.01, add_offset=273.0, _FillValue=np.int16(3), units="K")
    with opened(file) as source:
        summary = source.summary()
        assert source.column("v").missing == 1
        assert source.column("v").unit == "K"
        finding = next(f for f in summary.findings if f.code == "data.packed")
        assert "times 0.01 plus 273" in finding.sentence
        assert "3 means missing" in finding.sentence
    with opened(file, **fix_of(finding)["data.options"]) as source:
        assert source.column("v").missing == 0


def test_labels_with_a_fill_value_stay_labels(file):
    labels = np.tile(np.array([0, 1, 2, -1], "i1"), 15)
    write(file, labels, _FillValue=np.int8(-1))
    with opened(file) as source:
        column = source.column("v")
        assert column.type == "category"
        assert [label for label, _ in column.classes] == ["0", "1", "2"]
        assert column.missing == 15


@pytest.mark.parametrize("attributes", [{"scale_factor": 0.0}, {"_FillValue": "none"}])
def test_marks_that_make_no_sense_are_told_and_left(file, attributes):
    write(file, COUNTS, **attributes)
    with opened(file) as source:
        assert np.array_equal(source.array("v")[:], COUNTS)
        assert "data.packing-doubt" in {f.code for f in source.summary().findings}


def test_an_axis_without_values_is_no_column(file):
    write(file, COUNTS)
    with h5py.File(file, "a") as made:
        made["time"] = np.zeros(ROWS)
        made["time"].attrs["NAME"] = b"This is a netCDF dimension but not a netCDF variable.   60"
    with opened(file) as source:
        assert source.names == ("v", "y")


@pytest.mark.parametrize("ending", ["npz", "h5", "npy"])
@pytest.mark.parametrize(
    ("mark", "dtype"), [(-9999, "f4"), (-999, "i4"), (1e20, "f4"), (-99.99, "f4"), (1e20, "f8")]
)
@pytest.mark.parametrize("width", [1, 3])
def test_numbers_that_stand_for_none_are_found(tmp_path, ending, mark, dtype, width):
    values = np.tile(np.arange(ROWS)[:, None], (1, width)).astype(dtype)
    values[5] = mark
    path = tmp_path / f"data.{ending}"
    if ending == "npz":
        np.savez(path, v=values, y=np.linspace(0, 1, ROWS))
    elif ending == "h5":
        write(path, values)
    else:
        np.save(path, np.concatenate([values, values], axis=1))
    with opened(path) as source:
        finding = next(f for f in source.summary().findings if f.code == "data.stand-in")
    with opened(path, **fix_of(finding)["data.options"]) as source:
        summary = source.summary()
        assert summary.columns[0].missing == (width if ending != "npy" else 1)
        assert (summary.columns[0].maximum or 0) < 100
        assert "data.stand-in" not in {f.code for f in summary.findings}


def test_ordinary_numbers_of_such_sizes_are_left_alone(tmp_path):
    np.savez(tmp_path / "a.npz", v=np.linspace(-9999, 9999, ROWS), y=np.arange(ROWS) % 2)
    with opened(tmp_path / "a.npz") as source:
        assert "data.stand-in" not in {f.code for f in source.summary().findings}
    with pytest.raises(DataError, match="list of numbers"):
        opened(tmp_path / "a.npz", missing=["-9999"])


def test_labels_keep_their_kind_when_a_number_means_missing(tmp_path):
    labels = np.tile([0, 1, 2, 9], 15)
    np.savez(tmp_path / "a.npz", v=labels, y=np.linspace(0, 1, ROWS))
    with opened(tmp_path / "a.npz", missing=[9]) as source:
        assert source.column("v").type == "category"
        assert [label for label, _ in source.column("v").classes] == ["0", "1", "2"]
