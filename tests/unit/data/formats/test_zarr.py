"""Zarr stores: arrays as columns, read in slices; what could run code is left out."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import zarr

from fitstudio.data.fingerprint import fingerprint
from fitstudio.data.source import Source, kind_of, open_source, tree_of
from fitstudio.errors import DataError

RNG = np.random.default_rng(6)
X = RNG.normal(size=(40, 5))


@pytest.fixture(params=[2, 3])
def store(request, tmp_path: Path) -> Path:
    made = zarr.open_group(str(tmp_path / "lab.zarr"), mode="w", zarr_format=request.param)
    for group, rows in (("train", 40), ("test", 8)):
        made.create_array(f"{group}/x", data=X[:rows], chunks=(8, 5))
        made.create_array(f"{group}/y", data=np.arange(rows) % 3)
    made["train/x"].attrs["units"] = "mV"
    made.create_array("fs", data=np.array(3.0))
    return tmp_path / "lab.zarr"


def opened(store: Path, **options: object) -> Source:
    return open_source({"file": store.name, "options": options}, store.parent)


def test_arrays_are_columns_and_groups_can_be_chosen(store):
    assert kind_of(store) == "zarr"
    with opened(store) as source:
        assert (source.rows, source.names) == (40, ("x", "y"))
        assert (source.column("x").shape, source.column("x").unit) == ((5,), "mV")
        assert source.column("y").type == "category"
        array = source.array("x")
        rows = np.array([39, 3, 3, 0])
        assert np.array_equal(array[rows], X[rows])
        assert np.array_equal(array[7], X[7])
        again = pickle.loads(pickle.dumps(array))  # noqa: S301 - our own object
        assert np.array_equal(again[10:20, 2], X[10:20, 2])
        assert "**fs** is a single value" in " ".join(
            each.sentence for each in source.summary().findings
        )
    with opened(store, group="test") as source:
        assert source.rows == 8
    with opened(store, arrays=["test/x"]) as source:
        assert source.names == ("test/x",)
    nodes = {node.path: node.kind for node in tree_of(store.name, store.parent)}
    assert (nodes["train"], nodes["train/x"], nodes["fs"]) == ("group", "array", "refused")


def test_a_store_may_be_one_array(tmp_path):
    zarr.create_array(str(tmp_path / "x.zarr"), data=X)
    with opened(tmp_path / "x.zarr") as source:
        assert np.array_equal(source.array(source.names[0])[:], X)


def test_pickles_are_never_unpacked(store, tmp_path):
    made = zarr.open_group(str(tmp_path / "bad.zarr"), mode="w", zarr_format=2)
    made.create_array("x", data=X)
    described = tmp_path / "bad.zarr" / "x" / ".zarray"
    said = json.loads(described.read_text())
    said["filters"] = [{"id": "pickle", "protocol": 5}]
    described.write_text(json.dumps(said))
    with pytest.raises(DataError, match=r"packed with pickle|no sound Zarr store"):
        opened(tmp_path / "bad.zarr")


def test_damage_is_told_and_a_change_is_noticed(store):
    before = fingerprint(store)
    places = (store / "train/y/0", store / "train/y/c/0")  # of the two versions
    chunk = next(path for path in places if path.is_file())
    chunk.write_bytes(b"rubbish")
    assert fingerprint(store) != before
    with pytest.raises(DataError, match="no sound Zarr store"):
        opened(store).summary()
