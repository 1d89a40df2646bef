"""Data files as they are typed: one, several, with names, with options for one of them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from fitstudio.cli.data_files import typed_data, typed_files, typed_join
from fitstudio.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["in/a.csv"], {"a": "in/a.csv"}),
        (["X.npy", "y.npy"], {"X": "X.npy", "y": "y.npy"}),
        (["one/a.csv", "two/a.csv"], {"a": "one/a.csv", "a_2": "two/a.csv"}),
        (["s=a.csv", "t=b=c.csv"], {"s": "a.csv", "t": "b=c.csv"}),
        (["in/x=1.csv"], {"x_1": "in/x=1.csv"}),
    ],
)
def test_files_have_the_names_that_are_typed_or_their_own(texts, names):
    assert typed_files(texts) == {name: Path(file) for name, file in names.items()}


def test_a_file_whose_name_holds_an_equals_sign_is_meant_where_it_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("x=1.csv").write_text("a\n")
    assert typed_files(["x=1.csv"]) == {"x_1": Path("x=1.csv")}


def test_one_name_for_two_files_is_refused():
    with pytest.raises(UsageError, match="Two files are called 'a'"):
        typed_files(["a=1.csv", "a=2.csv"])


def test_a_join_names_file_and_column():
    assert typed_join(["a=id", "b=x=y"]) == {"a": "id", "b": "x=y"}
    with pytest.raises(UsageError, match="NAME=COLUMN"):
        typed_join(["id"])


def arguments(*data: str, option: list[str] | None = None) -> argparse.Namespace:
    return argparse.Namespace(data=list(data), option=option or [])


def test_files_and_options_are_said_as_a_specification_says_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        Path(name).write_text("x\n1\n")

    assert typed_data(arguments("a.csv", option=["decimal=,"])) == {
        "file": "a.csv", "options": {"decimal": ","},
    }  # fmt: skip
    assert typed_data(arguments("s=a.csv", "b.csv", option=["s.decimal=,"])) == {
        "sources": {"s": {"path": "a.csv", "options": {"decimal": ","}}, "b": {"path": "b.csv"}}
    }
    assert typed_data(arguments("s=a.csv")) == {"sources": {"s": {"path": "a.csv"}}}
    with pytest.raises(UsageError, match="not clear which file"):
        typed_data(arguments("a.csv", "b.csv", option=["decimal=,"]))
    with pytest.raises(DataError, match="is not there"):
        typed_data(arguments("s=gone.csv"))
