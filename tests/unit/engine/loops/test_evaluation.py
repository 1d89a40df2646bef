"""Validation takes large batches where that changes nothing, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fitstudio import Model, callbacks, losses

RANDOM = np.random.default_rng(0)
X = RANDOM.standard_normal((200, 3)).astype(np.float32)
Y = X.sum(1, keepdims=True)
W = RANDOM.random(200).astype(np.float32)


class Sizes(nn.Linear):
    """Notes the sizes of the batches that it evaluates."""

    def __init__(self) -> None:
        super().__init__(3, 1)
        self.sizes: list[int] = []

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            self.sizes.append(len(input))
        return super().forward(input)


class Centred(Sizes):
    """Looks at the batch as a whole."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input - input.mean(0))


class Watching(callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches.append(batch)


def batch_mean(y_true: Tensor, y_pred: Tensor) -> Tensor:
    return (y_true - y_pred).abs().max()


def validated(
    module: Sizes, *, loss: Any = "mse", metrics: Any = ("mae",), **arguments: Any
) -> tuple[dict[str, Any], list[int]]:
    """The history of one epoch, and the sizes of the batches that were evaluated in it."""
    torch.manual_seed(0)
    nn.Linear.reset_parameters(module)
    model = Model(module)
    model.compile("sgd", loss, metrics=list(metrics), weighted_metrics=["mse"])
    data = (X, Y, W) if arguments.pop("weighted", False) else (X, Y)
    history = model.fit(X, Y, 10, verbose=0, shuffle=False, validation_data=data, **arguments)
    after_trials = module.sizes[module.sizes.index(200) :] if 200 in module.sizes else module.sizes
    return history.history, after_trials


def by_batch(**arguments: Any) -> dict[str, Any]:
    return validated(Sizes(), callbacks=[Watching()], **arguments)[0]


@pytest.mark.parametrize("weighted", [False, True])
def test_large_batches_give_the_same_means(weighted: bool) -> None:
    large, sizes = validated(Sizes(), weighted=weighted)
    assert 200 in sizes
    expected = by_batch(weighted=weighted)
    assert list(large) == list(expected)
    for name, values in expected.items():
        assert large[name] == pytest.approx(values, rel=1e-5)


def test_validation_steps_count_the_batches_that_were_asked_for() -> None:
    large, sizes = validated(Sizes(), validation_steps=7)
    assert sizes[-1] == 70
    expected = by_batch(validation_steps=7)
    assert large["val_loss"] == pytest.approx(expected["val_loss"], rel=1e-5)
    with pytest.warns(UserWarning, match="ran out of data"):
        validated(Sizes(), validation_steps=21)


@pytest.mark.parametrize(
    ("module", "settings"),
    [
        (Centred, {}),
        (Sizes, {"loss": losses.MeanSquaredError(reduction="sum")}),
        (Sizes, {"metrics": [batch_mean]}),
        (Sizes, {"loss": nn.MSELoss()}),
    ],
)
def test_what_looks_at_the_batch_gets_the_batches_asked_for(
    module: type[Sizes], settings: dict[str, Any]
) -> None:
    _, sizes = validated(module(), **settings)
    assert sizes[-20:] == [10] * 20


def test_who_watches_hears_of_every_batch() -> None:
    watching = Watching()
    validated(Sizes(), callbacks=[watching])
    assert watching.batches == list(range(20))


def test_who_says_so_hears_of_many_at_once() -> None:
    watching = Watching()
    watching.takes_large_test_batches = True
    validated(Sizes(), callbacks=[watching])
    assert watching.batches == [19]
