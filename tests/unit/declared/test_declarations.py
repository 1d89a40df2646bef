"""Every declared setting is complete, and fit()'s are the reference's."""

from __future__ import annotations

import pytest

from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, METRICS, MODELS, OPTIMIZERS
from fitstudio.declared.kinds.conditions import All, AnyOf, Fact, Given, Is, Not, Reads, Situation
from fitstudio.declared.parameters import groups
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.fit import FIT
from fitstudio.declared.parameters.registry import FIXED, find_param, known_keys
from fitstudio.declared.parameters.rules import RULES
from tests.keras_signature import KERAS_FIT

ENTRIES = [
    entry for table in (CALLBACKS, LOSSES, METRICS, MODELS, OPTIMIZERS) for entry in table.values()
]
PARAMS = [*FIXED.values(), *(param for entry in ENTRIES for param in entry.params)]


def test_fit_has_the_eighteen_parameters_in_order_with_their_defaults() -> None:
    declared = {param.name: param.default for param in FIT[:18]}
    assert list(declared.items()) == list(KERAS_FIT.items())
    assert [param.name for param in FIT[18:]] == ["validation_batch_size"]


@pytest.mark.parametrize("param", PARAMS, ids=lambda param: param.key)
def test_each_parameter_is_explained_and_its_default_fits(param) -> None:
    assert param.title
    assert param.help.endswith(".")
    assert "  " not in param.help + param.more
    if param.default is None:
        return
    assert param.check(param.default) is None
    assert param.kind.parse(param.kind.show(param.default)) == param.default


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_entry_is_explained_and_starts_with_settings_that_fit(entry) -> None:
    assert entry.title
    assert entry.help
    for name, value in entry.starts_with.items():
        assert entry.param(name).check(value) is None


def test_every_training_parameter_answers_a_question_of_the_form() -> None:
    titles = {group.title for group in groups.GROUPS}
    assert {param.group for param in (*FIT, *COMPILE)} <= titles


def test_keys_are_unique_and_found() -> None:
    keys = known_keys()
    assert len(keys) == len(set(keys))
    assert all(find_param(key) is not None for key in keys)
    assert find_param("fit.nothing") is None
    assert find_param("nothing") is None


def test_rules_stand_at_settings_and_mend_settings() -> None:
    for rule in RULES:
        assert rule.where in FIXED
        assert rule.sentence.endswith(".")
        for key in rule.fix.set if rule.fix else ():
            assert key in FIXED


def test_conditions_hold_and_say_themselves() -> None:
    situation = Situation({"fit.shuffle": True}, frozenset({"fit.epochs"}), "arrays", frozenset())
    both = All(Given("fit.epochs"), Reads("batches"))
    assert not both.holds(situation)
    assert both.why_not(situation) == "only for data that comes in batches"
    assert Not(both).holds(situation)
    assert AnyOf(Is("fit.shuffle", True), Fact("classes")).holds(situation)
    assert not Is("fit.shuffle", 1).holds(situation)
    assert Given("fit.steps_per_epoch").say() == "steps per epoch is set"
    assert Not(Given("fit.steps_per_epoch")).say() == "steps per epoch is not set"
    with pytest.raises(ValueError, match="no fact"):
        Fact("rain")
