"""`data.sources` is the truth; the settings of a single file read and write its first source."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitstudio.declared.parameters.sources import (
    LENSES,
    joined_name,
    name_problem,
    parted_name,
    simple_word,
)
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec, parse_setting
from fitstudio.declared.task.dataset_summary import (
    ColumnSummary,
    DatasetSummary,
    SourceSummary,
)
from fitstudio.errors import SpecError

TWO = {"a": {"path": "a.csv", "format": "table"}, "b": {"path": "b.npy"}}
VALUES = {
    "data.file": "in/a table.csv",
    "data.kind": "table",
    "data.y_file": "y.npy",
    "data.options": {"separator": ";"},
    "data.columns": {"x": {"type": "number"}},
    "data.fingerprint": {"size": 5},
}


@pytest.mark.parametrize("keys", [VALUES, list(reversed(VALUES)), ["data.kind"], ["data.options"]])
def test_settings_of_one_file_come_back_as_they_were_set(keys: list[str]):
    spec = RunSpec().with_values({key: VALUES[key] for key in keys})

    assert sorted(spec.set_keys()) == sorted(keys)
    assert all(spec.get(key) == VALUES[key] and spec.is_set(key) for key in keys)
    again = RunSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec and hash(again) == hash(spec)
    assert spec.with_values(dict.fromkeys(keys)) == RunSpec()


def test_old_and_new_spelling_are_the_same_specification():
    old = RunSpec.from_json({"data": {"file": "in/a b.csv", "options": {"decimal": ","}}})
    new = RunSpec.from_json(
        {"data": {"sources": {"a_b": {"path": "in/a b.csv", "options": {"decimal": ","}}}}}
    )

    assert old == new
    assert new.differences(old) == []
    assert "file" not in new.to_json()["data"]


def test_what_differs_of_one_file_is_told_by_the_names_of_its_settings():
    one = RunSpec().with_values({"data.file": "a.csv", "data.options": {"header": 1}})
    other = one.with_values({"data.file": "b.csv"})

    assert [(each.key, each.mine, each.theirs) for each in one.differences(other)] == [
        ("data.file", "a.csv", "b.csv")
    ]
    several = one.with_values({"data.sources": TWO})
    assert [each.key for each in one.differences(several)] == ["data.sources"]


def test_of_several_files_the_first_is_read_and_written_and_keeps_its_name():
    spec = RunSpec().with_values({"data.sources": TWO, "data.file": "c.csv"})

    assert spec.get("data.file") == "c.csv"
    assert list(spec.set_keys()) == ["data.sources"]
    assert spec.get("data.sources") == {"a": {"path": "c.csv", "format": "table"}, "b": TWO["b"]}


def test_columns_of_several_files_go_by_the_names_that_they_have_everywhere():
    columns = {"a/x": {"type": "category"}, "b/x/y": {"type": "number"}}
    spec = RunSpec().with_values({"data.sources": TWO, "data.columns": columns})

    assert spec.get("data.columns") == columns
    assert spec.get("data.sources")["b"]["columns"] == {"x/y": {"type": "number"}}
    assert spec.with_values({"data.columns": None}).get("data.sources") == TWO


def test_each_field_of_each_source_can_be_set_alone():
    spec = RunSpec().with_values({"data.sources": TWO})
    key, value = parse_setting("data.sources.b.by=sample", spec)
    spec = spec.with_values({key: value, "data.sources.b.options": {"split": False}})

    assert spec.get("data.sources.b.by") == "sample"
    assert spec.get("data.sources")["b"] == {
        "path": "b.npy", "options": {"split": False}, "by": "sample",
    }  # fmt: skip
    assert spec.problems() == ()
    with pytest.raises(SpecError, match=r"no setting 'data\.sources\.b\.colour'"):
        spec.with_values({"data.sources.b.colour": 1})


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ({}, "must be files by name"),
        (5, "must be files by name"),
        ({"a b": {"path": "a"}}, "'a b', which is no simple word"),
        ({"a/b": {"path": "a"}}, "no simple word"),
        ({"a": 5}, "an object with a path"),
        ({"a": {"path": "a"}, "b": {}}, "no path"),
        ({"a": {"path": "a"}, "b": {"path": 5}}, "for 'b' a value that does not fit: path must be"),
        ({"a": {"path": "a", "by": "id"}, "b": {"path": "b"}}, "it is the first"),
        ({"a": {"path": "a"}, "b": {"path": "b", "to": "id"}}, "`to` without a column `by`"),
        ({f"s{n}": {"path": "a"} for n in range(21)}, "at most 20 files"),
    ],
)
def test_sources_that_cannot_be_are_named(sources: Any, words: str):
    spec = RunSpec(data={"sources": sources})
    (problem,) = spec.problems()

    assert problem.where == "data.sources"
    assert words in problem.sentence
    assert spec.values()["data.sources"] is None


def test_a_field_that_there_is_not_is_an_unknown_setting():
    with pytest.raises(SpecError, match=r"data\.sources\.a\.pth"):
        RunSpec.from_json({"data": {"sources": {"a": {"pth": "a.csv"}}}})


@given(st.text(min_size=1))
def test_every_file_gives_a_simple_word(file: str):
    word = simple_word(file)

    assert name_problem(word) is None
    second = simple_word(file, {word: {}})
    assert second != word and name_problem(second) is None


@given(st.from_regex(r"\A\w[\w-]{0,10}\Z"), st.text())
def test_names_of_columns_come_apart_as_they_were_put_together(source: str, column: str):
    assert parted_name(joined_name(source, column)) == (source, column)


def test_every_setting_of_one_file_is_a_field_of_a_source():
    assert {f"data.{name}" for name in LENSES} == set(VALUES)


def summary_of(*, by: str | None) -> DatasetSummary:
    columns = ("a/x", "a/z", "b/y")
    return DatasetSummary(
        file="a and b", kind="several", rows=50,
        columns=tuple(
            ColumnSummary(name=name, type="number", dtype="float64", count=50, distinct=40)
            for name in columns
        ),
        sources=(
            SourceSummary(name="a", file="a.csv", kind="table", rows=50, columns=("x", "z")),
            SourceSummary(name="b", file="b.csv", kind="table", rows=50, columns=("y",), by=by),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("x", "by", "given", "missing"),
    [
        (["a/x"], None, {"file": "new.csv"}, "**a and b** is needed; **a and b** is missing"),
        (["a/x"], None, {"sources": {"a": {"path": "new.csv"}}}, "**b** is missing"),
        (["a/x"], None, {"sources": {"a": {"path": "1"}, "b": {"path": "2"}}}, None),
        (["b/y"], "y", {"file": "new.csv"}, None),
    ],
)
def test_a_file_to_check_on_is_missed_before_training(x, by, given, missing):
    spec = RunSpec().with_values(
        {
            "data.sources": TWO, "fit.x": x, "fit.y": ["b/y"], "fit.validation_data": given,
        }
    )  # fmt: skip
    found = [each for each in resolve(spec, summary_of(by=by)).findings
             if each.code == "fit.validation-data-sources"]  # fmt: skip
    assert len(found) == (missing is not None)
    assert not found or missing in found[0].sentence


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ({}, "must name its files"),
        ({"a": 5}, "must have for 'a' a path"),
        ({"a": {"path": ""}}, "is wrong for 'a'"),
        ({"a": {"path": "a", "options": 5}}, "is wrong for 'a'"),
    ],
)
def test_files_to_check_on_that_cannot_be_are_named(sources: Any, words: str):
    spec = RunSpec().with_values({"fit.validation_data": {"sources": sources}})
    (problem,) = spec.problems()
    assert words in problem.sentence
