"""SQLite: one table or view, with the types that its rows hold; never written, never run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import Source, open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

ROWS = 30
SCHEMA = """
CREATE TABLE samples (id INTEGER PRIMARY KEY, heat REAL, "dose, mg" INTEGER, kind TEXT,
                      day TEXT, photo BLOB, "nothing" TEXT, mixed, code INTEGER);
CREATE TABLE notes (text TEXT);
CREATE TABLE empty (a, b, c);
CREATE VIEW warm AS SELECT id, heat FROM samples WHERE heat > 10;
CREATE VIEW strange AS SELECT load_extension('x') FROM samples;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lab #1?.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?)",
            [
                (
                    n, n / 2, None if n == 3 else n % 3, "abc"[n % 3], f"2024-01-{n + 1:02d}",
                    b"\x00\x01", n if n % 2 else f"{n}.5", 9_007_199_254_740_993 + n,
                )
                for n in range(ROWS)
            ],
        )  # fmt: skip
        database.execute("INSERT INTO notes VALUES ('calibrated')")
    return path


def opened(file: Path, **options: object) -> Source:
    return open_source({"file": file.name, "options": options}, file.parent)


def test_columns_are_what_their_rows_hold(file):
    with opened(file) as source:
        found = {column.name: (column.type, column.missing) for column in source.columns}
        assert (source.kind, source.rows) == ("sqlite", ROWS)
        assert np.array_equal(source.array("heat")[:], np.arange(ROWS) / 2)
        np.testing.assert_array_equal(source.scalars("mixed").numbers()[:3], [0.5, 1, 2.5])
        assert source.array("code").dtype == np.int64
        assert source.cells("code", 1, 2) == ["9007199254740994"]
        told = " ".join(each.sentence for each in source.summary().findings)
    assert found == {
        "id": ("number", 0), "heat": ("number", 0), "dose, mg": ("category", 1),
        "kind": ("category", 0), "day": ("text", 0), "mixed": ("number", 0), "code": ("number", 0),
    }  # fmt: skip
    assert "**photo** holds binary data (BLOB)" in told
    assert "**nothing** holds nothing" in told


def test_the_table_with_the_most_values_is_taken_and_the_others_can_be_chosen(file):
    with opened(file) as source:
        (guess,) = source.guesses
        assert (guess.value, guess.sure) == ("samples", False)
        assert set(guess.choices) == {"samples", "notes", "empty", "warm", "strange"}
    with opened(file, table="warm") as source:
        assert (source.rows, source.names) == (9, ("id", "heat"))


@pytest.mark.parametrize(
    ("table", "message"),
    [("sample", "has no table 'sample'. Did you mean"), ("empty", "'empty' of .* holds no rows"),
     ("strange", "cannot be read")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(file, table, message):
    with pytest.raises(DataError, match=message) as caught:
        opened(file, table=table)
    assert caught.value.remedy


def test_the_file_is_only_read(file):
    before = file.read_bytes()
    with opened(file) as source:
        source.summary()
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_changes_that_are_not_in_the_file_yet_are_told(file):
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        with database:
            database.execute("INSERT INTO notes VALUES ('late')")
        with opened(file, table="notes") as source:
            codes = [each.code for each in source.summary().findings]
    assert "data.not-written-yet" in codes


def test_a_damaged_file_is_refused(file):
    file.write_bytes(file.read_bytes()[:3000])
    with pytest.raises(DataError, match="no sound SQLite file"):
        opened(file)


def test_a_later_file_is_read_by_the_table_of_training(file, tmp_path):
    spec = RunSpec().with_values(
        {"data.file": file.name, "data.options": {"table": "warm"}, "fit.x": ["id"],
         "fit.y": ["heat"]}
    )  # fmt: skip
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    with open_as_trained(recipe, {"file": file.name}, tmp_path, notes=[]) as source:
        assert source.options["table"] == "warm"
    (tmp_path / "new.csv").write_text("id\n3\n4\n")
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=[]) as source:
        assert source.rows == 2
