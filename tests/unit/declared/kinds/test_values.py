"""Each kind of value: parsed, checked, shown and stored without loss."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, METRICS
from fitstudio.declared.kinds.composed import ListOf, OneOf
from fitstudio.declared.kinds.entries import Chosen, EntryList
from fitstudio.declared.kinds.fit_values import (
    ClassWeights,
    DataRef,
    ValidationData,
    ValidationFreq,
)
from fitstudio.declared.kinds.values import Choice, Flag, Int, Option, Real, RelativePath, Text

WHOLE = st.integers(min_value=-(2**53), max_value=2**53)
NAMES = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "\0" not in text)
SHUFFLE = Choice((Option(True, "On"), Option(False, "Off"), Option("batch", "Batch")))
ROUND_TRIPS = [
    (Int(), WHOLE),
    (Real(), st.floats(min_value=-1e300, max_value=1e300)),
    (Flag(), st.booleans()),
    (SHUFFLE, st.sampled_from([True, False, "batch"])),
    (ListOf(item=Int()), st.lists(WHOLE, max_size=5)),
    (
        ValidationFreq(),
        st.integers(1, 999) | st.lists(st.integers(1, 999), unique=True, min_size=1),
    ),
    (ClassWeights(), st.lists(st.floats(0, 1e6)).map(lambda weights: dict(enumerate(weights)))),
    (DataRef(), NAMES),
    (DataRef(many=True), st.lists(NAMES, min_size=1, max_size=5, unique=True)),
    (ValidationData(), NAMES.map(lambda name: {"column": name, "values": ["a", 1, 2.5]})),
    (ValidationData(), NAMES.map(lambda name: {"file": name, "options": {"part": "test"}})),
    (Chosen(LOSSES, "a loss"), st.sampled_from(sorted(LOSSES))),
    (EntryList(METRICS, "a metric"), st.lists(st.sampled_from(["mae", "AUC", "accuracy"]))),
]


@pytest.mark.parametrize(("kind", "values"), ROUND_TRIPS, ids=lambda each: type(each).__name__)
@given(data=st.data())
def test_a_value_survives_text_and_json(kind, values, data) -> None:
    value = data.draw(values)
    assert kind.check(value) is None
    shown = kind.parse(kind.show(value))
    stored = kind.from_json(json.loads(json.dumps(kind.to_json(value))))
    expected = (
        sorted(value) if isinstance(kind, ValidationFreq) and isinstance(value, list) else value
    )
    for found in (shown, stored):
        assert found == expected
        assert type(found) is type(expected)


@given(
    st.one_of(st.none(), st.text(), st.floats(), st.lists(st.text()), st.booleans(), st.binary())
)
def test_no_kind_chokes_on_a_strange_value(value) -> None:
    for kind, _ in ROUND_TRIPS:
        problem = kind.check(value)
        assert problem is None or isinstance(problem, str)


@given(st.text())
def test_text_is_read_or_refused_with_a_sentence(text) -> None:
    for kind, _ in ROUND_TRIPS:
        try:
            value = kind.parse(text)
        except ValueError as error:
            assert str(error)
        else:
            assert kind.check(value) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Int(minimum=1), 0),
        (Int(), True),
        (Int(), 1.5),
        (Int(), 2**70),
        (Real(minimum=0.0, maximum=1.0, open_maximum=True), 1.0),
        (Real(minimum=0.0, open_minimum=True), 0.0),
        (Real(), math.nan),
        (Real(), math.inf),
        (Flag(), 1),
        (SHUFFLE, 1),
        (Text(longest=3), "four"),
        (Text(empty_allowed=False), "  "),
        (ListOf(item=Int(), distinct=True), [1, 1]),
        (OneOf((Int(minimum=1), ListOf(item=Int(minimum=1)))), [0]),
        (RelativePath(), "../elsewhere"),
        (RelativePath(), "/etc/passwd"),
        (RelativePath(), "C:\\models"),
        (RelativePath(), "a/../../b"),
        (ClassWeights(), {0: 1.0, 2: 1.0}),
        (ClassWeights(), {"0": 1.0}),
        (ClassWeights(), {0: -1.0}),
        (ValidationFreq(), 0),
        (ValidationFreq(), [0, 1]),
        (ValidationFreq(), 1.5),
        (DataRef(many=True), ["a", "a"]),
        (DataRef(many=True), []),
        (ValidationData(), {"file": "a.csv", "column": "b"}),
        (ValidationData(), {"file": "a.csv", "options": [","]}),
        (ValidationData(), {"options": {"decimal": ","}}),
        (ValidationData(), {"column": "b", "values": []}),
        (Chosen(LOSSES, "a loss"), "mean_squered_error"),
        (EntryList(CALLBACKS, "a callback"), [{"kind": "EarlyStopping", "patience": -1}]),
        (EntryList(CALLBACKS, "a callback"), [{"patience": 1}]),
        (EntryList(CALLBACKS, "a callback"), ["NoSuchThing"]),
    ],
)
def test_what_cannot_work_is_refused(kind, value) -> None:
    assert kind.check(value)


def test_open_and_closed_ends_are_said() -> None:
    assert Real(minimum=0.0, maximum=1.0, open_maximum=True).say() == (
        "a number, 0 or more and below 1"
    )
    assert Int(minimum=1).say() == "a whole number, 1 or more"


def test_class_weights_get_whole_numbers_as_keys() -> None:
    assert ClassWeights().from_json({"0": 1, "1": 2.5}) == {0: 1.0, 1: 2.5}
    assert ClassWeights().parse("0: 1, 1: 2.5") == {0: 1.0, 1: 2.5}


def test_a_misspelt_setting_of_a_callback_is_named_with_the_right_one() -> None:
    kind = EntryList(CALLBACKS, "a callback", always_settings=True)
    problem = kind.check([{"kind": "EarlyStopping", "patiense": 3}])
    assert problem is not None
    assert "'patiense'" in problem
    assert "Did you mean 'patience'?" in problem


def test_names_are_found_under_each_spelling() -> None:
    losses = Chosen(LOSSES, "a loss")
    assert losses.from_json("mse") == losses.from_json("MeanSquaredError") == "mean_squared_error"
    assert EntryList(METRICS, "a metric").parse("mae, AUC") == ["mae", "AUC"]
    callbacks = EntryList(CALLBACKS, "a callback", always_settings=True)
    assert callbacks.parse("earlystopping") == [{"kind": "EarlyStopping"}]
