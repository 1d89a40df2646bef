"""Compressed text and archives: the same table comes out, and what is none is named."""

import bz2
import gzip
import io
import lzma
import zipfile

import numpy as np
import pytest
import zstandard

from fitstudio.data.formats.containers import unpacked
from fitstudio.data.source import open_source
from fitstudio.errors import DataError

TABLE = ("width;kind\n" + "".join(f"{n},5;{'ab'[n % 2]}\n" for n in range(40))).encode()
PACK = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def opened(folder, name, content, **options):
    (folder / name).write_bytes(content)
    return open_source({"file": name, "options": options}, folder)


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("name", ["t.csv", "t"])
def test_compressed_text_is_the_table_that_it_was(tmp_path, ending, name):
    source = opened(tmp_path, name + ending, PACK[ending](TABLE))
    plain = opened(tmp_path, "plain.csv", TABLE)

    summary, expected = source.summary(), plain.summary()
    assert summary.columns == expected.columns
    assert summary.options == expected.options
    assert summary.bytes == (tmp_path / (name + ending)).stat().st_size


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_what_was_cut_off_is_refused(tmp_path, ending, kept):
    whole = PACK[ending](TABLE * 50)
    with pytest.raises(DataError, match="damaged, or not whole"):
        opened(tmp_path, "t.csv" + ending, whole[: int(len(whole) * kept)])


def test_the_largest_table_of_an_archive_is_taken_and_another_can_be(tmp_path):
    members = {"data/train.csv": TABLE, "data/test.csv": TABLE[:60], "read.txt": b"Hi" * 999}
    packed = archive(members)
    source = opened(tmp_path, "a.zip", packed)
    guess = source.summary().guesses[0]

    assert (guess.name, guess.value, guess.sure) == ("member", "data/train.csv", False)
    assert guess.choices == ("data/train.csv", "data/test.csv")
    other = opened(tmp_path, "a.zip", packed, member="data/test.csv")
    assert other.rows < source.rows
    assert other.summary().guesses[0].given


def test_a_member_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(DataError, match=r"no file 'tran.csv'.*'train.csv'"):
        opened(tmp_path, "a.zip", archive({"train.csv": TABLE}), member="tran.csv")


@pytest.mark.parametrize(
    "members, words",
    [
        ({"a.png": b"picture"}, "holds no table: it holds 'a.png'"),
        ({}, "is empty"),
        ({"__MACOSX/a.csv": TABLE}, "is empty"),
        ({"x.csv": b"%PDF-1.7 and more"}, "a PDF document"),
        ({"x.csv": gzip.compress(TABLE)}, "packed again"),
    ],
)
def test_archives_without_a_table(tmp_path, members, words):
    with pytest.raises(DataError, match=words):
        opened(tmp_path, "a.zip", archive(members))


def test_a_locked_archive_says_so(tmp_path):
    packed = bytearray(archive({"t.csv": TABLE}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + place] |= 1  # the flag that a member is encrypted
    with pytest.raises(DataError, match="locked with a password"):
        opened(tmp_path, "a.zip", bytes(packed))


def test_compressed_arrays_are_told_from_tables(tmp_path):
    out = io.BytesIO()
    np.save(out, np.zeros((3, 2)))
    with pytest.raises(DataError, match=r"holds 'x.npy'"):
        opened(tmp_path, "x.npy.gz", gzip.compress(out.getvalue()))


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked, "_MOST_OF_MEMORY", 1e-9)
    with pytest.raises(DataError, match="too much to read with the memory that is free"):
        opened(tmp_path, "t.csv.gz", gzip.compress(TABLE))
