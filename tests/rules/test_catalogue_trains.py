"""What the form offers trains: every loss, metric and optimizer on every target that it suits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import fitstudio
from fitstudio.declared.catalogue.entries import LOSSES, METRICS, OPTIMIZERS
from fitstudio.declared.catalogue.losses import (
    NUMBERS,
    SEVERAL_CLASSES,
    TWO_CLASSES,
    output_activation,
    target_encoding,
)
from fitstudio.engine import losses, metrics, optimizers

ROWS, STEPS, INPUTS, CLASSES = 22, 5, 3, 4
ACTIVATIONS = {
    "softmax": lambda: nn.Softmax(-1),
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "linear": nn.Identity,
}
#: Metrics of the library that no form can offer, and why.
ONLY_IN_PYTHON = {
    "Accuracy": "it asks for equal numbers, which no output of a network is",
    "MeanIoU": "its predictions are class numbers, not the outputs of a network",
    "MeanRelativeError": "its normalizer is an array",
}


def encoded(encoding: str, units: int, steps: tuple[int, ...]) -> np.ndarray:
    """Targets as fit() gets them, for rows or for the steps of rows."""
    random = np.random.default_rng(0)
    shape = (ROWS, *steps)
    if encoding == "number":
        return random.uniform(0.1, 2.0, size=(*shape, units)).astype("f4")
    labels = random.integers(0, max(units, 2), size=shape)
    labels.reshape(-1)[: max(units, 2)] = range(max(units, 2))
    if encoding == "index":
        return labels
    return labels.astype("f4") if encoding == "binary" else np.eye(units, dtype="f4")[labels]


def targets_of(encoding: str) -> Iterator[tuple[str, int, np.ndarray]]:
    """Every form of a target: its description, the units of the output, and the numbers."""
    units = {"number": (1, 2), "binary": (1,), "index": (2, CLASSES), "onehot": (2, CLASSES)}
    for each in units[encoding]:
        for steps in ((), (STEPS,)):
            y = encoded(encoding, each, steps)
            yield f"{each}-units{'-in-steps' if steps else ''}", each, y
            if encoding == "number" and each == 1:
                yield f"flat{'-in-steps' if steps else ''}", each, y[..., 0]


def train(loss: Any, activation: str, units: int, y: np.ndarray, **arguments: Any) -> None:
    """Fits and evaluates, with validation, weights and a short last batch; all must be finite."""
    torch.manual_seed(0)
    steps = (STEPS,) if y.shape[1:2] == (STEPS,) else ()
    x = np.random.default_rng(1).normal(size=(ROWS, *steps, INPUTS)).astype("f4")
    model = fitstudio.Model(nn.Sequential(nn.Linear(INPUTS, units), ACTIVATIONS[activation]()))
    model.compile(**{"optimizer": "adam", "loss": loss, **arguments})
    weights = np.linspace(0.5, 1.5, ROWS)
    history = model.fit(
        x, y, batch_size=5, epochs=2, verbose=0, validation_split=0.3, sample_weight=weights
    )
    numbers = [each for values in history.history.values() for each in values]
    numbers += list(model.evaluate(x, y, verbose=0, return_dict=True).values())
    assert np.isfinite(np.concatenate([np.ravel(each) for each in numbers])).all()


LOSS_CASES = [
    pytest.param(entry.name, target, units, y, id=f"{entry.name}-{target}-{what}")
    for entry in LOSSES.values()
    for target in sorted(entry.suits)
    for what, units, y in targets_of(target_encoding(entry.name, target))
    if (units == 2) <= (target != SEVERAL_CLASSES) and (units <= 2) >= (target == TWO_CLASSES)
]


@pytest.mark.parametrize(("loss", "target", "units", "y"), LOSS_CASES)
def test_every_loss_trains_on_what_it_suits(loss, target, units, y) -> None:
    train(loss, output_activation(loss, target), units, y)
    if LOSSES[loss].param("from_logits") is not None:
        train(losses.get(loss, {"from_logits": True}), "linear", units, y)


#: How a target is given, with the loss and the activation that go with it.
SETTINGS = {
    "number": [("mean_squared_error", "linear")],
    "binary": [("binary_crossentropy", "sigmoid")],
    "index": [("sparse_categorical_crossentropy", "softmax")],
    # Several columns of yes and no are labels of their own.
    "onehot": [("categorical_crossentropy", "softmax"), ("binary_crossentropy", "sigmoid")],
}
METRIC_CASES = [
    pytest.param(entry, loss, activation, units, y, id=f"{entry.name}-{loss}-{what}")
    for entry in METRICS.values()
    for encoding in sorted(entry.suits)
    for loss, activation in SETTINGS[encoding]
    for what, units, y in targets_of(encoding)
]


@pytest.mark.parametrize(("entry", "loss", "activation", "units", "y"), METRIC_CASES)
def test_every_metric_is_computed_on_what_it_suits(entry, loss, activation, units, y) -> None:
    item = {"kind": entry.name, **entry.starts_with} if entry.starts_with else entry.name
    if entry.name == "poisson":  # the logarithm of a prediction
        activation = "softplus"
    train(loss, activation, units, y, metrics=[item], weighted_metrics=[item])


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
def test_f1_has_a_value_for_each_class_or_one(average) -> None:
    metric = metrics.F1Score(average=average)
    _, units, y = list(targets_of("onehot"))[2]
    train("categorical_crossentropy", "softmax", units, y, metrics=[metric])
    assert metric.result().shape == ((units,) if average is None else ())


def test_a_curve_for_each_label() -> None:
    metric = metrics.AUC(multi_label=True)
    _, units, y = list(targets_of("onehot"))[2]
    train("binary_crossentropy", "sigmoid", units, y, metrics=[metric])
    assert metric.state["positives"].shape[0] == units


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("encoding", SETTINGS)
def test_every_optimizer_trains(name, encoding) -> None:
    for loss, activation in SETTINGS[encoding]:
        for _, units, y in targets_of(encoding):
            train(loss, activation, units, y, optimizer=name)


def test_whatever_the_library_has_the_form_offers() -> None:
    offered = {type(losses.get(name)) for name in LOSSES}
    assert offered == {type(losses.get(name)) for name in losses.FUNCTIONS}
    assert {type(optimizers.get(name)) for name in OPTIMIZERS} == {
        made
        for name in optimizers.__all__
        if isinstance(made := getattr(optimizers, name), type)
        and issubclass(made, optimizers.Optimizer)
        and made not in (optimizers.Optimizer, optimizers.TorchOptimizer)
    }


def test_whatever_metric_the_library_has_the_form_offers() -> None:
    # These are what others are made of, not metrics of an output.
    parts = {"Mean", "MeanMetricWrapper", "MeanOfFunction", "MeanTensor", "Metric", "Sum"}
    classes = {
        name
        for name in metrics.__all__
        if isinstance(made := getattr(metrics, name), type) and issubclass(made, metrics.Metric)
    }
    spelled = {name for entry in METRICS.values() for name in (entry.name, *entry.aliases)}
    known = {metrics.get(name).name for name in METRICS if "At" not in name}
    lacking = {
        name
        for name in classes - parts - set(ONLY_IN_PYTHON) - {"TorchMetric"}
        if name not in spelled and metrics.get(name).name not in known
    }
    assert lacking == set()
    assert NUMBERS in LOSSES["mean_squared_error"].suits


def test_no_exception_is_out_of_date() -> None:
    assert set(ONLY_IN_PYTHON) <= set(metrics.__all__)
    assert not set(ONLY_IN_PYTHON) & set(METRICS)
