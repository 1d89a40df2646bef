"""A file offers the options of its own format, and the parts that it has."""

from __future__ import annotations

import pytest

from fitstudio.declared.formats.format import Where
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.task.dataset_summary import Guess, TreeNode
from fitstudio.viewmodel.data.reading_choices import ReadingChoice, reading_choices


def nodes(*paths: str) -> list[TreeNode]:
    return [TreeNode("", "", "group")] + [
        TreeNode(path, path.rpartition("/")[2], "array", (3,)) for path in paths
    ]


def by_name(*args) -> dict[str, ReadingChoice]:
    return {choice.option.name: choice for choice in reading_choices(*args)}


@pytest.mark.parametrize(
    "kind, guess, paths, values",
    [
        ("npz", ("part", "train"), ("x_train", "y_train", "x_test", "y_test"), ["test", "train"]),
        ("npz", ("part", "train"), ("x_train", "y_train"), None),
        ("npz", None, ("x", "y"), None),
        ("hdf5", ("group", "run1"), ("run1/x", "run1/y", "run2/x", "top"), ["", "run1", "run2"]),
        ("hdf5", ("group", "*"), ("run1/x", "run2/z"), ["run1", "run2", "*"]),
        ("hdf5", ("group", ""), ("x", "y"), None),
    ],
)
def test_the_parts_of_a_file(kind, guess, paths, values):
    guesses = [Guess(guess[0], guess[1], "")] if guess else []
    choices = by_name(kind, guesses, {}, nodes(*paths))
    part = choices.get("part") or choices.get("group")
    if values is None:
        assert part is None
    else:
        assert part is not None
        assert [value for value, _ in part.values] == values
        assert part.value == guess[1]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_option_is_offered_with_what_it_is_now(kind):
    choices = by_name(kind, ())
    assert list(choices) == [
        option.name for option in FORMATS[kind].params if option.where in (Where.ALWAYS, Where.TEXT)
    ]
    for choice in choices.values():
        assert choice.value == choice.option.default
        assert choice.option.check(choice.value) is None
        assert not choice.values or choice.value in [value for value, _ in choice.values]


def test_a_workbook_has_sheets_and_cells_but_no_separator():
    guesses = [Guess("sheet", "Data", "", choices=("Data", "Old"))]
    choices = {each.option.name: each for each in reading_choices("table", guesses, file="a.xlsx")}
    assert choices["sheet"].values == (("Data", "Data"), ("Old", "Old"))
    assert "cells" in choices
    assert not {"separator", "encoding", "quote", "comment", "column_starts"} & set(choices)
    text = {each.option.name for each in reading_choices("table", (), file="a.csv")}
    assert not {"sheet", "member", "cells"} & text


def test_one_sheet_is_no_choice():
    guesses = [Guess("sheet", "Data", "", choices=("Data",))]
    assert "sheet" not in {each.option.name for each in reading_choices("table", guesses)}


def test_what_was_said_stands_before_what_was_found_and_what_is_not_offered_stays():
    guesses = [Guess("separator", ";", ""), Guess("decimal", ",", "")]
    choices = by_name("table", guesses, {"separator": "#", "decimal": None})
    assert choices["separator"].value == "#"
    assert ("#", "#") in choices["separator"].values
    assert choices["decimal"].value == ","
