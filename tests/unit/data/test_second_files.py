"""Files that a model is checked on are known again, as those that it learns from."""

from __future__ import annotations

import pytest

from fitstudio.data.second_files import changed_file, fingerprints, second_files

SEVERAL = {"sources": {"spectra": {"path": "s.csv"}, "samples": {"path": "t.csv", "by": "id"}}}


@pytest.mark.parametrize(
    ("given", "files"),
    [
        ({"file": "s.csv"}, ["s.csv"]),
        (SEVERAL, ["s.csv", "t.csv"]),
        ({"column": "part", "values": ["test"]}, []),
        (None, []),
        ({"file": 3}, []),
        ({"sources": [1]}, []),
        ({"sources": {"a": None}}, []),
    ],
)
def test_which_files_they_are(given, files):
    assert list(second_files(given).values()) == files


@pytest.mark.parametrize("given", [{"file": "s.csv"}, SEVERAL])
def test_each_of_them_is_noticed(tmp_path, given):
    files = list(second_files(given).values())
    for file in files:
        (tmp_path / file).write_text("a,b\n1,2\n")
    before = fingerprints(given, tmp_path)
    for file in files:
        (tmp_path / file).write_text("a,b\n1,2\n")  # saved again, the same
        now = fingerprints(given, tmp_path, before)
        assert changed_file(before, now, given) is None

        (tmp_path / file).write_text("a,b\n1,3\n")
        now = fingerprints(given, tmp_path, before)
        assert changed_file(before, now, given) == file
        (tmp_path / file).write_text("a,b\n1,2\n")


def test_a_file_that_is_gone_is_for_those_who_read_it(tmp_path):
    given = {"file": "s.csv"}
    assert fingerprints(given, tmp_path) == {}
    assert changed_file({"file": {"sha256": "a"}}, {}, given) is None
    assert changed_file(["no table"], {"file": {"sha256": "a"}}, given) is None
