"""NPY and NPZ: sound files in full, damaged and hostile ones refused in words."""

from __future__ import annotations

import copy
import io
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitstudio.data.source import open_source
from fitstudio.errors import DataError


def npy(array, **keywords) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False, **keywords)
    return stream.getvalue()


def header(text: str, version: int = 1, length: int | None = None) -> bytes:
    body = text.encode("latin-1") + b"\n"
    length = len(body) if length is None else length
    size = struct.pack("<H", length) if version == 1 else struct.pack("<I", length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + body


def test_arrays_of_an_npz(tmp_path):
    x = np.arange(24 * 12, dtype=np.float32).reshape(24, 3, 4)
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(24) % 3, name=np.array(["u", "vw"] * 12))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.names == ("x", "y", "name")
        assert [c.type for c in source.columns] == ["array", "category", "category"]
        assert source.column("x").shape == (3, 4)
        assert np.array_equal(source.read(["x"], 5, 7)["x"], x[5:7])
        assert source.read(["name"], 0, 2)["name"].tolist() == ["u", "vw"]
        assert source.column("x").mean == pytest.approx(x.mean())


def test_uncompressed_arrays_stay_on_the_disk(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((50, 4)), y=np.zeros(50))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert isinstance(source.array("x")[0:1].base, np.memmap | np.ndarray)
        assert np.asarray(source.array("x")[:]).shape == (50, 4)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i2", "u1", "?", "<f2"])
def test_orders_and_types(tmp_path, order, dtype):
    array = np.asarray(np.arange(60).reshape(10, 6) % 7, dtype=dtype, order=order)
    np.savez_compressed(tmp_path / "a.npz", x=array, y=np.arange(10.0))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert np.array_equal(np.asarray(source.array("x")[:]), array)


def test_training_and_test_parts_in_one_file(tmp_path):
    np.savez(
        tmp_path / "m.npz", x_train=np.zeros((40, 5)), y_train=np.arange(40) % 2,
        x_test=np.ones((8, 5)), y_test=np.arange(8) % 2,
    )  # fmt: skip
    with open_source({"file": "m.npz"}, tmp_path) as source:
        assert (source.names, source.rows) == (("x", "y"), 40)
        assert any("x_test" in f.sentence for f in source.summary().findings)
    with open_source({"file": "m.npz", "options": {"part": "test"}}, tmp_path) as source:
        assert (source.names, source.rows) == (("x", "y"), 8)


def test_two_npy_files(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((9, 6)))
    np.save(tmp_path / "y.npy", np.arange(9))
    with open_source({"file": "x.npy", "y_file": "y.npy"}, tmp_path) as source:
        assert source.names == ("x", "y")
    np.save(tmp_path / "y.npy", np.arange(8))
    with pytest.raises(DataError, match="9 rows"):
        open_source({"file": "x.npy", "y_file": "y.npy"}, tmp_path)


def test_classes_written_as_zeros_and_ones_are_classes(tmp_path):
    hot = np.eye(3)[np.arange(30) % 3]
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=(30, 3)), y=hot)
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.column("y").classes == (("0", 10), ("1", 10), ("2", 10))
        assert source.column("x").shape == (3,)
        assert source.guesses[-1].label == "Classes: y"
    with open_source({"file": "a.npz", "options": {"one_hot": False}}, tmp_path) as source:
        assert source.column("y").shape == (3,)
    hot[17] = [1, 1, 0]
    np.savez(tmp_path / "b.npz", x=np.zeros((30, 3)), y=hot)
    with open_source({"file": "b.npz"}, tmp_path) as source:
        assert source.column("y").shape == (3,)


def test_one_array_alone_is_a_table(tmp_path):
    np.save(tmp_path / "t.npy", np.arange(20.0).reshape(5, 4))
    with open_source({"file": "t.npy"}, tmp_path) as source:
        assert source.names == ("column_1", "column_2", "column_3", "column_4")
        assert source.read(["column_2"])["column_2"].tolist() == [1, 5, 9, 13, 17]
    with open_source({"file": "t.npy", "options": {"split": False}}, tmp_path) as source:
        assert source.column("t").shape == (4,)


def test_gaps_in_arrays_are_counted(tmp_path):
    x = np.ones((30, 4))
    x[3, 1] = np.nan
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(30.0))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.column("x").missing == 1
        assert "data.array-gaps" in {f.code for f in source.summary().findings}


def test_codes_are_classes_and_measurements_are_not(tmp_path):
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "a.npz", code=np.arange(90) % 4, signed=rng.integers(-5, 5, 90),
        count=rng.integers(0, 10_000, 90), size=rng.normal(size=90), flag=np.arange(90) % 2 == 0,
    )  # fmt: skip
    with open_source({"file": "a.npz"}, tmp_path) as source:
        types = {column.name: column.type for column in source.columns}
    assert types == {
        "code": "category", "signed": "number", "count": "number", "size": "number",
        "flag": "category",
    }  # fmt: skip


class Marker:
    """Would make a file if anything unpickled it."""

    path = ""

    def __reduce__(self):
        return open, (self.path, "w")


def test_pickled_objects_are_refused_and_nothing_runs(tmp_path):
    Marker.path = str(tmp_path / "executed")
    np.save(tmp_path / "bad.npy", np.array([Marker()], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="Python objects"):
        open_source({"file": "bad.npy"}, tmp_path)
    np.savez(tmp_path / "bad.npz", x=np.array([Marker()], dtype=object))
    with pytest.raises(DataError, match="Python objects"):
        open_source({"file": "bad.npz"}, tmp_path)
    assert not (tmp_path / "executed").exists()


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }"


@pytest.mark.parametrize(
    "content",
    [
        b"\x93NUMPY",
        header(GOOD)[:20],
        header(GOOD),  # no data at all
        header(GOOD) + bytes(63),  # one byte short
        header(GOOD, version=9) + bytes(64),
        header(GOOD, version=2, length=1 << 31) + bytes(64),
        header(GOOD.replace("(4, 2)", "(-4, 2)")) + bytes(64),
        header(GOOD.replace("(4, 2)", "(1 << 40, 2)")) + bytes(64),
        header(GOOD.replace("(4, 2)", f"({1 << 61}, {1 << 61})")) + bytes(64),
        header(GOOD.replace("(4, 2)", "(True, 2)")) + bytes(64),
        header(GOOD.replace("(4, 2)", "4")) + bytes(64),
        header(GOOD.replace("'<f8'", "'<q99'")) + bytes(64),
        header(GOOD.replace("'<f8'", "'O'")) + bytes(64),
        header(GOOD.replace("'<f8'", "'<c16'")) + bytes(128),
        header("__import__('os').abort()") + bytes(64),
        header("[" * 5_000) + bytes(64),
        header("{}") + bytes(64),
        header(GOOD.replace("(4, 2)", "()")) + bytes(64),
        header(GOOD.replace("(4, 2)", "(0, 2)")) + bytes(64),
    ],
)
def test_damaged_npy_files_are_refused(tmp_path, content):
    (tmp_path / "bad.npy").write_bytes(content)
    with pytest.raises(DataError):
        open_source({"file": "bad.npy"}, tmp_path).summary()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def test_a_bomb_is_refused_before_it_unpacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("y.npy", npy(np.arange(3)))
        archive.writestr("x.npy", header(GOOD.replace("4, 2", "9" * 10)))
        archive.filelist[1].file_size = 1 << 31  # what the list of contents will claim
    with open_source({"file": "bomb.npz"}, tmp_path) as source:
        assert source.names == ("y",)
        assert any("**x** unpacks to far more" in f.sentence for f in source.summary().findings)


def test_members_that_lie_about_their_length_are_left_out(tmp_path):
    short = header("{'descr': '<f8', 'fortran_order': False, 'shape': (100,), }") + bytes(80)
    (tmp_path / "a.npz").write_bytes(zipped(x=short, y=npy(np.arange(5.0)), note=b"hello"))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.names == ("y",)
        assert len(source.summary().findings) == 2


def test_a_corrupt_member_is_named(tmp_path):
    data = bytearray(zipped(x=npy(np.random.default_rng(0).normal(size=400))))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    (tmp_path / "a.npz").write_bytes(bytes(data))
    with pytest.raises(DataError):
        open_source({"file": "a.npz"}, tmp_path).summary()


@pytest.mark.parametrize("content", [b"PK\x05\x06" + bytes(18), b"PK\x03\x04garbage" * 9, b"junk"])
def test_files_that_are_no_npz(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError):
        open_source({"file": "a.npz"}, tmp_path)


def test_times_say_what_they_count(tmp_path):
    days = np.datetime64("2020-01-01") + np.arange(20)
    np.savez(tmp_path / "a.npz", when=days, took=days - days[0], y=np.arange(20.0))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.column("when").unit == "days since 1970"
        assert source.column("took").unit == "days"


def test_long_labels_stay_apart(tmp_path):
    labels = np.array([2**60, 2**60 + 1] * 10)
    np.savez(tmp_path / "a.npz", label=labels, y=np.arange(20.0))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.column("label").type == "category"
        assert source.column("label").classes == ((str(2**60), 10), (str(2**60 + 1), 10))


@pytest.mark.parametrize("version", [1, 2])
def test_headers_of_python_2(tmp_path, version):
    fields = "{'descr': [('60L', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': (60L,), }"
    values = np.arange(120.0)
    (tmp_path / "old.npy").write_bytes(header(fields, version) + values.tobytes())
    with open_source({"file": "old.npy"}, tmp_path) as source:
        assert source.names == ("60L", "b")
        assert np.array_equal(source.array("b")[:], values[1::2])
    fields = "{'descr': '<f8', 'fortran_order': False, 'shape': (60L, 2L), }"
    (tmp_path / "old.npy").write_bytes(header(fields, version) + values.tobytes())
    with open_source({"file": "old.npy"}, tmp_path) as source:
        assert (source.rows, len(source.names)) == (60, 2)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("ndim", [1, 2])
def test_a_flipped_bit_is_refused_by_name(tmp_path, save, ndim):
    path = tmp_path / "a.npz"
    values = np.random.default_rng(1).normal(size=(60, 4)[:ndim])
    save(path, x=values, y=np.arange(60.0))
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("x.npy")
    content = bytearray(path.read_bytes())
    content[member.header_offset + member.compress_size // 2 + 100] ^= 4
    path.write_bytes(content)
    with pytest.raises(DataError, match="'x' is damaged"):
        open_source({"file": "a.npz"}, tmp_path).array("x")[3:5]
    with pytest.raises(DataError, match="'x' is damaged"):
        open_source({"file": "a.npz"}, tmp_path).summary()


def test_a_checked_array_is_not_checked_again(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(60.0), y=np.arange(60.0))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        array = source.array("x")
        assert array[5] == 5
        content = bytearray(path.read_bytes())
        content[-1] ^= 1  # beside the array; its own check has been made
        path.write_bytes(content)
        assert pickle.loads(pickle.dumps(array))[6] == 6  # noqa: S301 - our own object


def bomb(path: Path, *, claimed: int, packed: int) -> None:
    """A member of so many packed bytes that claims to hold an array of another size."""
    start = header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({claimed},), }}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", start + np.random.default_rng(1).bytes(packed))
    content = path.read_bytes()
    place = content.rindex(b"PK\x01\x02") + 24
    size = struct.pack("<I", claimed + len(start))
    path.write_bytes(content[:place] + size + content[place + 4 :])


def test_a_bomb_is_refused_by_what_it_claims(tmp_path):
    bomb(tmp_path / "a.npz", claimed=2 << 30, packed=3 << 20)
    with pytest.raises(DataError, match="times its size"):
        open_source({"file": "a.npz"}, tmp_path)


def test_packed_arrays_larger_than_half_the_memory_are_refused(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((600, 100)), y=np.arange(600.0))
    monkeypatch.setattr("fitstudio.data.formats.numpy_files.npz.memory_bytes", lambda: 600_000)
    with pytest.raises(DataError, match="memory") as caught:
        open_source({"file": "a.npz"}, tmp_path)
    assert caught.value.code == "data.too-large"


def test_members_that_share_their_bytes_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.random.default_rng(1).normal(size=500))
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(3):
            twin = copy.copy(archive.infolist()[0])
            twin.filename = f"x{number}.npy"
            archive.filelist.append(twin)
        archive._didModify = True  # type: ignore[attr-defined]
    with pytest.raises(DataError, match="more bytes than it has"):
        open_source({"file": "a.npz"}, tmp_path)


def test_parts_of_one_length_are_told_with_the_way_to_them(tmp_path):
    names = [f"{name}_{part}" for name in "xy" for part in ("train", "test")]
    arrays: dict[str, Any] = {name: np.arange(20.0) for name in names}
    np.savez(tmp_path / "a.npz", **arrays, z=np.arange(5.0))
    with open_source({"file": "a.npz"}, tmp_path) as source:
        assert source.names == ("x", "y")
        findings = {finding.code: finding for finding in source.summary().findings}
    assert "z (5 rows)" in findings["data.other-lengths"].sentence
    assert "(20 rows)" not in findings["data.other-lengths"].sentence
    fix = findings["data.other-groups"].fix
    assert fix is not None
    assert fix.set["data.options"]["part"] == "test"
