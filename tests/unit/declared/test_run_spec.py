"""The run specification: JSON, differences, settings read from text."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitstudio.declared.parameters.registry import known_keys
from fitstudio.declared.run_spec import RunSpec, parse_setting
from fitstudio.errors import SpecError
from tests.unit.declared.samples import CLASSES

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(known_keys()), PLAIN, max_size=12))
def test_whatever_was_set_is_stored_and_read_again(values) -> None:
    spec = RunSpec().with_values(values)
    again = RunSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec
    assert again.to_json() == spec.to_json()
    assert again.problems() == spec.problems()


def test_only_what_was_set_is_stored() -> None:
    spec = RunSpec().with_values({"fit.epochs": 10, "fit.batch_size": None})
    assert spec.to_json() == {"fit": {"epochs": 10}}
    assert spec.get("fit.batch_size") is None
    assert spec.get("fit.epochs") == 10
    assert spec.get("fit.shuffle") is True
    assert spec.with_values({"fit.epochs": None}) == RunSpec()


@pytest.mark.parametrize(
    ("key", "first", "second", "settings"),
    [
        ("compile.optimizer", "adamw", "sgd", {"weight_decay": 4.0}),
        ("compile.loss", "huber", "log_cosh", {"delta": 2.0}),
    ],
)
def test_another_optimizer_or_loss_takes_no_settings_over(key, first, second, settings) -> None:
    spec = RunSpec().with_values({key: first, f"{key}_settings": settings})
    assert spec.with_values({key: first}) == spec
    assert spec.with_values({"fit.epochs": None}) == spec
    assert spec.with_values({key: second}) == RunSpec().with_values({key: second})
    assert spec.with_values({key: None}) == RunSpec()
    both = {key: second, f"{key}_settings": {"momentum": 0.5}}
    assert spec.with_values(both) == RunSpec().with_values(both)


def test_a_specification_cannot_be_changed_from_outside() -> None:
    names = ["a"]
    spec = RunSpec().with_values({"fit.x": names})
    names.append("b")
    spec.get("fit.x").append("c")
    assert spec.get("fit.x") == ["a"]
    with pytest.raises(TypeError):
        spec.fit["epochs"] = 3  # type: ignore[index]


def test_copies_and_processes_carry_it() -> None:
    assert copy.deepcopy(CLASSES) == CLASSES
    assert pickle.loads(pickle.dumps(CLASSES)) == CLASSES  # noqa: S301 (our own bytes)


def test_unknown_names_are_all_told_with_the_ones_meant() -> None:
    with pytest.raises(SpecError) as caught:
        RunSpec.from_json({"fit": {"epohcs": 3, "shufle": True}, "modell": {}})
    sentences = [finding.sentence for finding in caught.value.findings]
    assert len(sentences) == 3
    assert any("'fit.epochs'" in sentence for sentence in sentences)
    assert any("'fit.shuffle'" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "data", [None, [], "x", 3, {"fit": []}, {"fit": {"x": [[[[[]] * 3]] * 3]}}]
)
def test_broken_structure_never_raises_anything_else(data) -> None:
    try:
        RunSpec.from_json(data)
    except SpecError as error:
        assert error.findings


def test_deep_and_huge_values_are_refused() -> None:
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    with pytest.raises(SpecError, match="nested"):
        RunSpec.from_json({"fit": {"callbacks": deep}})
    with pytest.raises(SpecError, match="number above"):
        RunSpec.from_json({"fit": {"epochs": 10**30}})


def test_a_value_that_cannot_work_is_kept_and_named() -> None:
    spec = RunSpec.from_json({"fit": {"epochs": 0, "batch_size": "many"}})
    assert {finding.where for finding in spec.problems()} == {"fit.epochs", "fit.batch_size"}
    assert spec.problems()[0].fix is not None


def test_differences_name_both_values() -> None:
    other = CLASSES.with_values({"fit.epochs": 60, "fit.batch_size": 8})
    found = {each.key: (each.mine, each.theirs) for each in CLASSES.differences(other)}
    assert found == {"fit.epochs": (50, 60), "fit.batch_size": (None, 8)}
    assert CLASSES.differences(CLASSES) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fit.epochs=10", ("fit.epochs", 10)),
        ("fit.batch_size=automatic", ("fit.batch_size", None)),
        ("fit.shuffle=batch", ("fit.shuffle", "batch")),
        ("fit.shuffle=false", ("fit.shuffle", False)),
        ("fit.x=a, b", ("fit.x", ["a", "b"])),
        ("model.units=[64, 32]", ("model.units", [64, 32])),
        ("compile.loss=mse", ("compile.loss", "mean_squared_error")),
        ('fit.class_weight={"0": 1, "1": 3}', ("fit.class_weight", {0: 1.0, 1: 3.0})),
        (
            'fit.callbacks=[{"kind": "EarlyStopping", "patience": 3}]',
            ("fit.callbacks", [{"kind": "EarlyStopping", "patience": 3}]),
        ),
        ("fit.validation_freq=1, 5", ("fit.validation_freq", [1, 5])),
        ("compile.learning_rate=1e-4", ("compile.learning_rate", 1e-4)),
    ],
)
def test_settings_are_read_from_text(text, expected) -> None:
    assert parse_setting(text) == expected


@pytest.mark.parametrize("text", ["fit.epochs", "fit.epochs=0", "epochs=3", "model.units=x", "=1"])
def test_settings_that_make_no_sense_are_refused(text) -> None:
    with pytest.raises(SpecError) as caught:
        parse_setting(text)
    assert caught.value.findings
