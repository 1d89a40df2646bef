"""HDF5: the tree, the choice of datasets, and everything that reaches outside the file."""

from __future__ import annotations

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from fitstudio.data.formats.hdf5.tree import tree
from fitstudio.data.source import open_source
from fitstudio.errors import DataError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.h5"


def opened(file: Path, **data):
    return open_source({"file": file.name, **data}, file.parent)


def test_datasets_of_one_length_are_the_columns(file):
    x = np.random.default_rng(0).normal(size=(40, 16)).astype("f4")
    with h5py.File(file, "w") as made:
        made["signal"] = x
        made["signal"].attrs["units"] = "mV"
        made["fault"] = np.array([b"ok", b"worn"] * 20)
        made["note"] = np.array(["süß", "öde"] * 20, dtype=h5py.string_dtype())
        made["load"] = np.linspace(0, 1, 40).reshape(40, 1)
        made["rate"] = 4096.0
    with opened(file) as source:
        assert source.names == ("fault", "load", "note", "signal")
        assert source.column("signal").shape == (16,)
        assert source.column("signal").unit == "mV"
        assert source.column("load").shape == ()
        assert source.column("fault").classes == (("ok", 20), ("worn", 20))
        assert source.read(["note"], 0, 2)["note"].tolist() == ["süß", "öde"]
        assert np.array_equal(source.read(["signal"], 3, 5)["signal"], x[3:5])


def test_rows_come_in_any_order(file):
    x = np.arange(300.0).reshape(100, 3)
    with h5py.File(file, "w") as made:
        made.create_dataset("x", data=x, chunks=(7, 3), compression="gzip", shuffle=True)
    with opened(file) as source:
        array = source.array("x")
        rows = np.array([99, 3, 3, 50, 0])
        assert np.array_equal(array[rows], x[rows])
        assert np.array_equal(array[np.arange(100) % 2 == 0], x[::2])
        assert np.array_equal(array[10:20], x[10:20])
        assert np.array_equal(array[7], x[7])


def test_another_process_opens_the_file_for_itself(file):
    with h5py.File(file, "w") as made:
        made["x"] = np.arange(10.0)
    with opened(file) as source:
        array = source.array("x")
        assert array[3] == 3
        again = pickle.loads(pickle.dumps(array))  # noqa: S301 - our own object
        assert again[4] == 4
        again.close()


def test_the_group_that_can_train_is_chosen_and_said(file):
    with h5py.File(file, "w") as made:
        for group, rows in (("train", 40), ("test", 10)):
            made[f"{group}/x"] = np.zeros((rows, 5))
            made[f"{group}/y"] = np.arange(rows) % 2
    with opened(file) as source:
        assert (source.names, source.rows) == (("x", "y"), 40)
        assert source.guesses[0].label == "Group: train"
        assert any("test/x (10 rows)" in f.sentence for f in source.summary().findings)
    with opened(file, options={"group": "test"}) as source:
        assert (source.names, source.rows) == (("x", "y"), 10)
    with opened(file, options={"datasets": ["test/y", "test/x"]}) as source:
        assert source.names == ("test/y", "test/x")
    with pytest.raises(DataError, match="different numbers of rows"):
        opened(file, options={"datasets": ["train/x", "test/y"]})
    with pytest.raises(DataError, match="no group"):
        opened(file, options={"group": "nothing"})


def test_tables_inside_hdf5(file):
    rows = np.array(
        [(1.5, 2, b"a"), (2.5, 3, b"b")] * 5, dtype=[("u", "f8"), ("n", "i4"), ("s", "S3")]
    )
    with h5py.File(file, "w") as made:
        made["t"] = rows
    with opened(file) as source:
        assert source.names == ("t/u", "t/n", "t/s")
        assert source.read(["t/u"], 0, 2)["t/u"].tolist() == [1.5, 2.5]
        assert source.read(["t/s"], 0, 2)["t/s"].tolist() == ["a", "b"]


def test_the_tree_shows_everything_and_why_not(file):
    with h5py.File(file, "w") as made:
        made["a/b/x"] = np.zeros((3, 2))
        made["a/one"] = 5.0
        made["away"] = h5py.ExternalLink("other.h5", "x")
        made["soft"] = h5py.SoftLink("/a/b/x")
        made["complex"] = np.zeros(3, complex)
        made["ragged"] = np.array([np.ones(2), np.ones(3)], dtype=h5py.vlen_dtype(float))
        made["a/b/loop"] = made["a"]
    nodes = {node.path: node for node in tree(file, file.name)}

    assert nodes["a/b/x"].kind == "array"
    assert nodes["a/b/x"].shape == (3, 2)
    assert {path for path, node in nodes.items() if node.kind == "refused"} == {
        "a/one", "away", "soft", "complex", "ragged",
    }  # fmt: skip
    assert "a/b/loop" not in nodes


def test_external_storage_reads_no_foreign_file(file, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"top secret data!" * 4)
    with h5py.File(file, "w") as made:
        made.create_dataset("stolen", (64,), "u1", external=[(str(secret), 0, 64)])
        made["y"] = np.arange(64)
    with opened(file) as source:
        assert source.names == ("y",)
        assert any("another file" in f.sentence for f in source.summary().findings)


def test_virtual_datasets_are_refused(file, tmp_path):
    with h5py.File(tmp_path / "part.h5", "w") as made:
        made["x"] = np.arange(10)
    layout = h5py.VirtualLayout((10,), "i8")
    layout[:] = h5py.VirtualSource(tmp_path / "part.h5", "x", (10,))
    with h5py.File(file, "w") as made:
        made.create_virtual_dataset("v", layout)
    with pytest.raises(DataError, match="put together"):
        opened(file)


def test_a_file_that_changes_after_it_was_walked_is_checked_again(file, tmp_path):
    with h5py.File(file, "w") as made:
        made["x"] = np.arange(10)
    source = opened(file)
    secret = tmp_path / "secret.bin"
    secret.write_bytes(bytes(80))
    with h5py.File(file, "w") as made:
        made.create_dataset("x", (10,), "i8", external=[(str(secret), 0, 80)])
    with pytest.raises(DataError, match="another file"):
        source.array("x")[:]


def test_filters_that_need_a_plugin_are_refused(file):
    space, kind = h5py.h5s.create_simple((100,)), h5py.h5t.NATIVE_DOUBLE
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((10,))
    properties.set_filter(32_015, h5py.h5z.FLAG_OPTIONAL, (3,))
    with h5py.File(file, "w") as made:
        h5py.h5d.create(made.id, b"x", kind, space, properties)
        made["y"] = np.arange(100)
    with opened(file) as source:
        assert source.names == ("y",)
        assert any("plug-in" in finding.sentence for finding in source.summary().findings)


def test_a_small_file_that_claims_a_terabyte_is_refused(file):
    with h5py.File(file, "w") as made:
        made.create_dataset("x", (1 << 37,), "f8", chunks=(1 << 16,))
    with pytest.raises(DataError, match="claims"):
        opened(file)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9])
def test_cut_files_are_refused(file, keep):
    with h5py.File(file, "w") as made:
        made["x"] = np.random.default_rng(0).normal(size=(500, 20))
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(DataError):
        opened(file).summary()


def test_no_plugins_are_looked_for():
    assert h5py.h5pl.size() == 0


def test_datasets_of_one_length_in_several_groups_are_one_table(file):
    with h5py.File(file, "w") as made:
        made["X"] = np.zeros((40, 20))
        made["obs/n"] = np.arange(40.0)
        made["obs/cell"] = [f"c{n}" for n in range(40)]
        made["obs/kind/codes"] = np.tile(np.array([0, 1, -1, 1], "i1"), 10)
        made["obs/kind/categories"] = ["B", "T"]
    with opened(file) as source:
        assert set(source.names) == {"X", "obs/n", "obs/cell", "obs/kind/codes"}
        assert source.guesses[0].label == "All groups"
        kind = source.column("obs/kind/codes")
        assert kind.classes == (("B", 10), ("T", 20))
        assert kind.missing == 10
        assert not any("X (40 rows)" in f.sentence for f in source.summary().findings)
    with opened(file, options={"group": "obs", "categories": False}) as source:
        assert source.names == ("cell", "n")
        finding = next(f for f in source.summary().findings if f.code == "data.other-groups")
        assert "X, obs/kind/codes" in finding.sentence
    assert finding.fix is not None
    with opened(file, options=finding.fix.set["data.options"]) as source:
        assert [label for label, _ in source.column("obs/kind/codes").classes] == ["-1", "0", "1"]


def test_parts_of_one_length_are_not_put_side_by_side(file):
    with h5py.File(file, "w") as made:
        for group in ("train", "test"):
            made[f"{group}/x"] = np.zeros((40, 5))
            made[f"{group}/y"] = np.arange(40) % 2
    with opened(file) as source:
        assert source.names == ("x", "y")
        finding = next(f for f in source.summary().findings if f.code == "data.other-groups")
        assert "test/x, test/y** have 40 rows as well" in finding.sentence


def test_names_of_numbers_are_shown(file):
    kinds = h5py.enum_dtype({"ok": 1, "worn": 7}, basetype="i1")
    with h5py.File(file, "w") as made:
        made.create_dataset("state", data=np.tile(np.array([1, 7, 7, 3], "i1"), 10), dtype=kinds)
        made["v"] = np.arange(40.0)
    with opened(file) as source:
        assert source.column("state").classes == (("ok", 10), ("worn", 20))
        assert source.column("state").missing == 10


def test_links_inside_the_file_are_told_by_the_name_they_point_at(file):
    with h5py.File(file, "w") as made:
        made["entry/data/signal"] = np.arange(40.0)
        made["entry/plot"] = h5py.SoftLink("data/signal")
        made["gone"] = h5py.SoftLink("/nowhere")
    notes = {node.path: node.note for node in tree(file, file.name)}
    assert notes["entry/plot"] == "is a link to entry/data/signal, which is read by that name"
    assert "not followed" in notes["gone"]


def test_mistakes_of_ours_are_not_called_damage(file, monkeypatch):
    with h5py.File(file, "w") as made:
        made["x"] = np.arange(10)

    def wrong(_):
        raise ValueError("ours")

    monkeypatch.setattr("fitstudio.data.formats.hdf5.tree.packing_of", wrong)
    with pytest.raises(ValueError, match="ours") as caught:
        opened(file)
    assert not isinstance(caught.value, DataError)
