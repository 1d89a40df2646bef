"""The examples in docstrings are run, so that they cannot go out of date."""

import doctest
import importlib
import importlib.util
import pkgutil
from pathlib import Path

import pytest
import torch

import fitstudio.engine
import fitstudio.words

_PACKAGES = (fitstudio.engine, fitstudio.words)

#: What must have an example: the names that a notebook begins with.
_MUST_HAVE_ONE = (
    "engine.callbacks.history.History",
    "engine.callbacks.saving.ModelCheckpoint",
    "engine.callbacks.stopping.EarlyStopping",
    "engine.compiled_model.CompiledModel.compile",
    "engine.losses.get",
    "engine.metrics.get",
    "engine.model.Model",
    "engine.model.Model.evaluate",
    "engine.model.Model.fit",
    "engine.model.Model.predict",
    "engine.optimizers.schedules.CosineDecay",
    "engine.optimizers.schedules.ExponentialDecay",
    "engine.optimizers.schedules.InverseTimeDecay",
    "engine.optimizers.schedules.LearningRateSchedule",
    "engine.optimizers.schedules.PiecewiseConstantDecay",
    "engine.optimizers.schedules.PolynomialDecay",
    "engine.sequence.Sequence",
)


def _with_examples() -> list[str]:
    """The modules whose text has an example."""
    names = [
        module.name
        for package in _PACKAGES
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    ]
    return [name for name in names if ">>> " in Path(_file_of(name)).read_text(encoding="utf-8")]


def _file_of(name: str) -> str:
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    return spec.origin


def _examples_of(name: str) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [each for each in finder.find(importlib.import_module(name)) if each.examples]


@pytest.mark.parametrize("name", _with_examples())
def test_examples_give_what_they_say(name):
    torch.manual_seed(0)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for example in _examples_of(name):
        example.globs = {}  # as in a new notebook: what it needs, it imports
        runner.run(example, out=said.append)

    assert not said, "".join(said)


def test_what_a_notebook_begins_with_has_an_example():
    found = {
        example.name.removeprefix("fitstudio.")
        for name in _with_examples()
        for example in _examples_of(name)
    }

    assert sorted(set(_MUST_HAVE_ONE) - found) == []
