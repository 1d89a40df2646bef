"""One table of what can be chosen: form and fit() refuse the same values in the same words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from torch import nn

import fitstudio
from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, METRICS, OPTIMIZERS
from fitstudio.declared.catalogue.measured_names import measured_words, metric_name
from fitstudio.declared.kinds.entries import check_settings
from fitstudio.declared.kinds.param import Param
from fitstudio.declared.kinds.values import ended
from fitstudio.declared.parameters.fit import FIT, SETTINGS
from fitstudio.engine import arguments, callbacks, losses, metrics, optimizers
from fitstudio.engine.losses.base import REGISTER as LOSS_REGISTER
from fitstudio.engine.metrics.base import REGISTER as METRIC_REGISTER
from fitstudio.engine.optimizers.base import REGISTER as OPTIMIZER_REGISTER
from fitstudio.errors import ArgumentError
from tests.rules.test_catalogue_trains import ONLY_IN_PYTHON

X, Y = np.ones((4, 1), "f4"), np.ones((4, 1), "f4")


def wrong_values(param: Param) -> Iterator[Any]:
    """Values around the bounds of a setting and of other types, those that it refuses."""
    bounds = [getattr(param.kind, end, None) for end in ("minimum", "maximum")]
    near = [bound + step for bound in bounds if bound is not None for step in (-1, 0, 1)]
    others = [None, -1, 0, 0.5, 1.5, 2.5, -0.1, 10**9, 2**63, float("nan"), float("inf"), -5.0]
    for value in (*near, *others, True, "", "no such value", "12", [], [0], [1.5], {"a": 1}):
        if param.check(value) is not None:
            yield value


def ids_of(value: Any) -> str:
    return value.name if isinstance(value, Param) else str(value)


@pytest.mark.parametrize("param", arguments.PARAMS.values(), ids=ids_of)
def test_fit_refuses_what_the_form_refuses_in_the_same_words(param: Param) -> None:
    refused = 0
    for value in wrong_values(param):
        try:
            taken = arguments.value_of(param.name, value)
        except ArgumentError as error:
            assert error.message == param.check(value)
            refused += 1
        else:
            # What Python says otherwise: 1 for True, 4.0 batches for 4.
            assert taken == value, (param.name, value)
            assert param.check(taken) is None
    assert refused > 5


@pytest.mark.parametrize("param", SETTINGS, ids=ids_of)
def test_fit_itself_says_so(param: Param) -> None:
    model = fitstudio.Model(nn.Linear(1, 1))
    model.compile("sgd", "mse")
    if param.name not in arguments.PARAMS:
        assert param.name == "class_weight"
        return
    with pytest.raises(ArgumentError) as caught:
        model.fit(X, Y, **{"verbose": 0} | {param.name: -3.5})
    assert caught.value.message == param.check(-3.5)


@pytest.mark.parametrize(
    "given", [{"max_queue_size": 20_000}, {"workers": 300}, {"epochs": 0}, {"epochs": 2.0}], ids=str
)
def test_the_limits_are_those_of_the_form(given: dict[str, Any]) -> None:
    ((name, value),) = given.items()
    with pytest.raises(ArgumentError) as caught:
        arguments.value_of(name, value)
    assert caught.value.message == arguments.PARAMS[name].check(value)


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("epochs", np.int64(3), 3),
        ("batch_size", np.uint8(3), 3),
        ("steps_per_epoch", np.float32(4.0), 4),
        ("validation_split", np.float64(0.25), 0.25),
        ("validation_split", 0, 0.0),
        ("shuffle", np.bool_(False), False),
        ("shuffle", 1, True),
        ("verbose", "auto", 1),
        ("verbose", True, 1),
        ("use_multiprocessing", 0, False),
        ("validation_freq", (1, np.int32(3)), [1, 3]),
        ("validation_freq", range(1, 4), [1, 2, 3]),
        ("validation_freq", [2, 2], [2, 2]),
    ],
)
def test_what_python_says_otherwise_is_taken(name: str, given: Any, taken: Any) -> None:
    found = arguments.value_of(name, given)
    assert found == taken
    assert type(found) is type(taken)


TABLES = [
    (losses, LOSS_REGISTER, LOSSES),
    (metrics, METRIC_REGISTER, METRICS),
    (optimizers, OPTIMIZER_REGISTER, OPTIMIZERS),
]
SETTINGS_OF = [
    pytest.param(module, entry, param, id=f"{register.what}-{entry.name}-{param.name}")
    for module, register, table in TABLES
    for entry in table.values()
    for param in entry.params
]


@pytest.mark.parametrize(("module", "entry", "param"), SETTINGS_OF)
def test_a_named_things_wrong_settings_are_told_in_the_same_words(module, entry, param) -> None:
    for value in wrong_values(param):
        # Lists and schedules are Python's own, and whole truth is 0 and 1 there.
        if not isinstance(value, (float, int, str)) or value in (0, 1):
            continue
        problem = check_settings(entry, {param.name: value})
        assert problem is not None
        with pytest.raises(ArgumentError) as caught:
            module.get({"kind": entry.name, **entry.starts_with, param.name: value})
        assert caught.value.message == ended(problem)


@pytest.mark.parametrize(("module", "register", "table"), TABLES, ids=lambda each: str(each)[:30])
def test_the_engine_has_what_the_table_has_and_back(module, register, table) -> None:
    # Which accuracy "accuracy" is follows from the targets: it has no class of its own.
    without_class = {"accuracy"} if table is METRICS else set()
    own = set(ONLY_IN_PYTHON) if table is METRICS else set()
    assert set(register.classes) == (set(table) - without_class) | own
    for made in register.classes.values():
        assert getattr(module, made.__name__) is made
        assert made.__name__ in module.__all__
    for entry in table.values():
        for name in (entry.name, *entry.aliases):
            settings = {"kind": name, **entry.starts_with} if entry.starts_with else name
            assert module.get(settings) is not None
            assert module.get(name.upper() if not entry.starts_with else settings) is not None


def test_every_callback_of_the_table_is_the_engines() -> None:
    for entry in CALLBACKS.values():
        made = getattr(callbacks, entry.name)
        taken = inspect.signature(made.__init__).parameters
        assert entry.watches == ("monitor" in taken), entry.name
        for named in filter(None, (entry.watches_when, entry.writes)):
            assert entry.param(named) is not None


def test_every_callback_says_itself() -> None:
    for entry in CALLBACKS.values():
        settings = entry.settings({"kind": entry.name, **entry.starts_with})
        said = [entry.summary(settings)] if entry.summary else []
        of_run = [words for words in (entry.sentence, entry.ending) if words]
        for waiting in (None, "2 checks (6 epochs)"):
            said += [
                words(settings, lambda _monitor, _times, told=waiting: told) for words in of_run
            ]
        assert said and all(said)
        assert (entry.ending is not None) == (entry.stops is not None)


def test_titles_tell_metrics_apart() -> None:
    for short in (False, True):
        titles = [measured_words(metric_name(name), short=short) for name in METRICS]
        assert len(set(titles)) == len(titles)
    three = ["accuracy", "val_binary_accuracy", "val_sparse_categorical_accuracy"]
    assert len({measured_words(name) for name in three}) == 3


def test_what_a_metric_is_called_in_the_logs_leads_back_to_its_title() -> None:
    for entry in METRICS.values():
        settings = {"kind": entry.name, **entry.starts_with} if entry.starts_with else entry.name
        made = metrics.get(settings, output_shape=(4, 3), target_shape=(4,))
        assert measured_words(f"val_{made.name}") == entry.title


def test_fit_has_the_declared_arguments_with_their_defaults() -> None:
    taken = inspect.signature(fitstudio.Model.fit).parameters
    for param in FIT:
        assert taken[param.name].default == param.default, param.name
    for param in SETTINGS:
        assert param.name in arguments.PARAMS or param.name == "class_weight"
