"""What does not fit its declaration is said in a sentence, whatever it is."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitstudio.errors import StorageError
from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Count, MisfitError, Moment


@dataclass(frozen=True)
class Inner:
    file: str
    sizes: tuple[Count, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Outer(checked.Plain):
    data: Inner
    when: Moment | None = None


@pytest.mark.parametrize(
    ("data", "clause"),
    [
        ({"data": {"file": 1.5}}, "`data.file` must be text, not 1.5"),
        ({"data": {"file": None}}, "`data.file` must be text, not null"),
        ({"data": {}}, "`data.file` is missing"),
        ({}, "`data` is missing"),
        ([], "it must be an object with names and values, not a list"),
        ({"data": {"file": "x", "sizes": [1, "y"]}},
         "`data.sizes[1]` must be a whole number, not 'y'"),
        ({"data": {"file": "x", "sizes": [-1]}},
         "`data.sizes[0]` must be a whole number, 0 or more, not -1"),
        ({"data": {"file": "x", "scores": {"a b": []}}}, "`data.scores[...]` must be a number"),
        ({"data": {"file": "x"}, "when": True}, "`when` must be a number or null, not true"),
    ],
)  # fmt: skip
def test_the_value_the_rule_and_what_came_are_named(data: Any, clause: str):
    with pytest.raises(MisfitError) as caught:
        Outer.from_json(data)
    assert str(caught.value) == clause


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["data", "file", "sizes", "scores", "when", "x"]), inner),
    max_leaves=8,
))  # fmt: skip
def test_whatever_is_read_fits_or_is_said_not_to(data: Any):
    try:
        assert isinstance(Outer.from_json(data), Outer)
    except MisfitError as problem:
        assert str(problem)


def test_what_is_written_is_read_again_and_later_fields_are_left_out():
    value = Outer(Inner("x", (1, 2), {"loss": 0.5}), when=3.0)
    data = json.loads(json.dumps(value.to_json()))
    assert Outer.from_json(data | {"later": 1}) == value


def test_fields_that_fit_are_kept_beside_those_that_do_not():
    found = checked.fitting({"file": "x", "sizes": "y", "scores": {"a": 1}, "more": 1}, Inner)
    assert found == {"file": "x", "scores": {"a": 1.0}}
    assert checked.fitting([1], Inner) == {}


@pytest.mark.parametrize("content", ["NaN", "-Infinity", "1e999", "[" * 9000, "1" * 5000, "\x00"])
def test_what_cannot_be_written_again_is_not_read(tmp_path: Path, content: str):
    (tmp_path / "x.json").write_text(f'{{"a": {content}}}')
    with pytest.raises(StorageError, match="cannot be read"):
        atomic.read_json(tmp_path / "x.json")


@pytest.mark.parametrize(("text", "kept"), [("\\ud800", "\ufffd"), ("\\udcff", "\udcff"),
                                            ("\\ud83d\\ude00", "\U0001f600")])  # fmt: skip
def test_half_characters_can_be_written_again(tmp_path: Path, text: str, kept: str):
    file = tmp_path / "x.json"
    file.write_text(f'{{"{text}": ["{text}", 1]}}')
    content = atomic.read_json(file)
    assert content == {kept: [kept, 1]}
    atomic.write_json(file, content)
    assert atomic.read_json(file) == content


def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "x.json")
    with pytest.raises(StorageError, match="it is no file"):
        atomic.read_json(tmp_path / "x.json")


@dataclass(frozen=True)
class Kinds(checked.Plain):
    colour: Literal["red", "blue"] = "red"
    blob: bytes = b""


@pytest.mark.parametrize(
    ("data", "clause"),
    [
        ({"colour": "green"}, "`colour` holds 'green', which is not known here"),
        ({"blob": "*"}, "`blob` does not fit: invalid base64 encoded string"),
    ],
)
def test_what_msgspec_words_in_another_way_is_said_too(data: Any, clause: str):
    with pytest.raises(MisfitError) as caught:
        Kinds.from_json(data)
    assert str(caught.value) == clause


def test_a_file_of_another_content_is_damaged(tmp_path: Path):
    atomic.write_json(tmp_path / "x.json", {"file": "y", "sizes": 3})
    with pytest.raises(StorageError, match="`sizes` must be a list, not 3") as caught:
        checked.read(tmp_path / "x.json", Inner)
    assert caught.value.code == "storage.damaged"

    atomic.write_json(tmp_path / "x.json", {"file": "y"})
    assert checked.read(tmp_path / "x.json", Inner) == Inner("y")


def test_a_name_that_is_no_utf8_fits_where_a_name_may_be_only():
    with pytest.raises(MisfitError, match="where that cannot be"):
        checked.convert({"\udcff": 1}, Inner)


def test_mappings_and_numbers_of_other_libraries_become_plain():
    assert checked.plain({"a": MappingProxyType({"b": np.float32(0.5)}), "c": (1, 2)}) == {
        "a": {"b": 0.5},
        "c": [1, 2],
    }
    with pytest.raises(TypeError, match="object cannot stand in a file"):
        checked.plain({"a": object()})


@dataclass(frozen=True)
class Tree:
    branches: list[Tree]


def test_what_is_nested_without_an_end_is_not_read():
    data: dict[str, Any] = {"branches": []}
    for _ in range(100_000):
        data = {"branches": [data]}
    with pytest.raises(MisfitError, match="nested too deeply"):
        checked.convert(data, Tree)


def test_numbers_of_numpy_and_sentences_are_plain_in_a_file() -> None:
    assert checked.plain({"a": np.float32(0.5), "b": [np.int64(3)]}) == {"a": 0.5, "b": [3]}
    assert type(checked.plain([np.str_("text")])[0]) is str
    with pytest.raises(TypeError, match="cannot stand in a file"):
        checked.plain({"a": object()})
