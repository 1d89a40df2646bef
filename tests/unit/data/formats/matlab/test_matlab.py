"""MATLAB's v7.3 files: axes as MATLAB shows them, and nothing of its inner life as a column."""

from __future__ import annotations

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from fitstudio.data.formats.hdf5.tree import tree
from fitstudio.data.source import open_source

RNG = np.random.default_rng(7)
X = RNG.normal(size=(60, 5))
Y = RNG.normal(size=60)


def save(path: Path, **arrays: np.ndarray) -> None:
    """Writes arrays as MATLAB's ``save -v7.3`` does: reversed axes, at least two, marked."""
    with h5py.File(path, "a") as file:
        for name, array in arrays.items():
            stored = np.atleast_2d(array) if array.ndim < 2 else array.T
            kind = {"bool": "logical", "float64": "double", "float32": "single"}
            stored = stored.astype("u1") if stored.dtype == bool else stored
            made = file.create_dataset(name.replace("__", "/"), data=stored)
            made.attrs["MATLAB_class"] = np.bytes_(kind.get(str(array.dtype), str(array.dtype)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lab.mat"


def opened(file: Path, **options):
    return open_source({"file": file.name, "kind": "hdf5", "options": options}, file.parent)


def test_arrays_are_as_matlab_shows_them(file):
    save(file, X=X, y=Y[:, None], row=Y[None, :], ok=Y > 0)
    with opened(file) as source:
        assert (source.rows, source.names) == (60, ("X", "ok", "row", "y"))
        assert source.column("X").shape == (5,)
        assert np.array_equal(source.array("X")[:], X)
        assert np.array_equal(source.array("y")[:], Y)
        assert np.array_equal(source.array("row")[:], Y)
        assert source.column("ok").type == "category"
        assert [label for label, _ in source.column("ok").classes] == ["0", "1"]
        rows = np.array([59, 3, 3, 0])
        assert np.array_equal(source.array("X")[rows], X[rows])
        assert np.array_equal(source.array("X")[7], X[7])
        assert np.array_equal(source.array("y")[rows], Y[rows])
        again = pickle.loads(pickle.dumps(source.array("X")))  # noqa: S301 - our own object
        assert np.array_equal(again[10:20, 2], X[10:20, 2])
        again.close()
        assert source.options["axes"] == "matlab"
    with opened(file, axes="stored") as source:
        assert source.array("ok").shape == (1, 60)


@pytest.mark.parametrize(
    ("pictures", "place"), [((60, 8, 6), 0), ((8, 6, 60), 2), ((8, 6, 3, 60), 3)]
)
def test_pictures_are_not_turned_wherever_the_samples_lie(file, pictures, place):
    values = RNG.normal(size=pictures)
    save(file, pictures=values, y=Y)
    with opened(file) as source:
        assert source.rows == 60
        expected = np.moveaxis(values, place, 0)
        assert np.array_equal(source.array("pictures")[:], expected)
        assert np.array_equal(source.array("pictures")[[5, 1]], expected[[5, 1]])
        assert np.array_equal(source.array("pictures")[9], expected[9])
        assert source.options.get("samples_last", []) == (["pictures"] if place else [])


def test_as_many_features_as_samples_is_told_and_can_be_changed(file):
    square = RNG.normal(size=(60, 60))
    save(file, square=square, y=Y)
    with opened(file) as source:
        assert np.array_equal(source.array("square")[:], square)
        found = next(f for f in source.summary().findings if f.code == "data.square")
    assert found.fix is not None
    with opened(file, **found.fix.set["data.options"]) as source:
        assert np.array_equal(source.array("square")[:], square.T)


def test_more_features_than_samples(file):
    wide = RNG.normal(size=(20, 500))
    save(file, wide=wide, y=Y[:20])
    with opened(file) as source:
        assert (source.rows, source.column("wide").shape) == (20, (500,))


def test_a_struct_is_a_group(file):
    save(file, data__X=X, data__y=Y)
    with opened(file) as source:
        assert (source.rows, source.names) == (60, ("data/X", "data/y"))


def test_what_is_no_column_is_told(file):
    save(file, X=X, y=Y, fs=np.array(250.0), info=np.frombuffer(b"hello", np.uint8))
    with h5py.File(file, "a") as made:
        made["info"].attrs["MATLAB_class"] = np.bytes_("char")
        made["name"] = np.arange(6, dtype="u4")[None]
        made["name"].attrs["MATLAB_class"] = np.bytes_("string")
        made["name"].attrs["MATLAB_object_decode"] = 3
        made["none"] = np.zeros(2, "u8")
        made["none"].attrs["MATLAB_class"] = np.bytes_("double")
        made["none"].attrs["MATLAB_empty"] = 1
        made["z"] = np.zeros((1, 60), [("real", "f8"), ("imag", "f8")])
        made["z"].attrs["MATLAB_class"] = np.bytes_("double")
        made["#refs#/a"] = np.arange(60.0)
        made["#subsystem#/MCOS"] = np.arange(60.0)
        made["few/ir"] = np.arange(60)
        made["few"].attrs["MATLAB_sparse"] = 60
    nodes = {node.path: node for node in tree(file, file.name)}
    assert not [path for path in nodes if path.startswith("#")]
    with opened(file) as source:
        assert source.names == ("X", "y")
        told = " ".join(f.sentence for f in source.summary().findings)
    for name in ("fs", "info", "name", "none", "z", "few"):
        assert f"**{name}**" in told


def test_a_file_of_another_program_stays_as_it_is(file):
    with h5py.File(file, "w") as made:
        made["X"] = X.T
        made["y"] = Y[None]
        made["#refs#/a"] = np.arange(5)
    with opened(file) as source:
        assert source.array("X").shape == (5, 60)
        assert source.options.get("axes") is None
    assert "#refs#/a" in {node.path for node in tree(file, file.name)}
