"""What goes wrong on a GPU goes wrong once, in words, and everything after it works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fitstudio import Model, Sequence
from fitstudio.errors import ArgumentError
from tests.gpu.test_exact import on_gpu
from tests.unit.engine.steps import test_captures
from tests.unit.engine.steps.test_train_step import CASES, everything, make_step, numbers, train


class ReadsInBackward(torch.autograd.Function):
    """Waits for the GPU where no watch of Python code sees it."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        torch.cuda.current_stream().synchronize()
        return gradients[0]


class Uncapturable(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.dropout(ReadsInBackward.apply(self.layer(x)), 0.3, self.training)


class DropsOutInside(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 5, num_layers=2, dropout=0.3, batch_first=True)
        self.head = nn.Linear(5, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.lstm(x[:, None])[0][:, -1])


UNREPEATABLE = [
    Uncapturable,
    DropsOutInside,
    test_captures.CoinOnTheProcessor,
    test_captures.ReadsAValue,
    test_captures.ChoosesRows,
    test_captures.Counter,
]


@pytest.mark.parametrize("module", UNREPEATABLE)
def test_what_cannot_be_captured_trains_plainly_and_harms_nothing(module: type[nn.Module]) -> None:
    case = on_gpu({"module": module, "x": numbers(64, 6), "y": numbers(64, 1), "loss": "mse"})
    stream = torch.cuda.current_stream()
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays)
        torch.manual_seed(7)
        found.append(everything(step, train(step, case)))
    assert not step.replaying and step.reasons()
    assert found[0] == found[1]
    assert torch.cuda.current_stream() == stream
    torch.nn.functional.dropout(torch.ones(8, device="cuda"))
    other = on_gpu(CASES["batchnorm-dropout"])
    after = make_step(other, replays=True)
    train(after, other)
    assert after.replaying, "another model is captured as ever"


class ReadsWithTheGpu(Sequence):
    """A source whose thread computes on the GPU while the training captures."""

    def __len__(self) -> int:
        return 60

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        x = torch.full((16, 6), float(number), device="cuda")
        torch.cuda.current_stream().synchronize()
        return x.cpu() / 60, x[:, :1].cpu() / 30


def test_threads_that_use_the_gpu_may_go_on_during_a_capture() -> None:
    model = Model(nn.Linear(6, 1).cuda())
    model.compile("sgd", "mse")
    history = model.fit(ReadsWithTheGpu(), epochs=3, shuffle=False, workers=2, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_a_label_out_of_range_is_named_and_the_gpu_goes_on() -> None:
    x = np.random.default_rng(0).standard_normal((200, 6)).astype(np.float32)
    y = np.arange(200) % 3
    model = Model(nn.Linear(6, 3).cuda())
    model.compile("sgd", "sparse_categorical_crossentropy")
    wrong = y.copy()
    wrong[150] = 3
    with pytest.raises(ArgumentError, match="y holds 3 in row 150"):
        model.fit(x, wrong, verbose=0)
    model.fit(x, y, verbose=0)


def test_a_token_out_of_range_is_named_and_the_gpu_goes_on() -> None:
    class Words(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.head = nn.Embedding(10, 4), nn.Linear(4, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.embed(x).mean(1))

    tokens = np.arange(200 * 3).reshape(200, 3) % 10
    model = Model(Words().cuda())
    model.compile("sgd", "mse")
    wrong = tokens.copy()
    wrong[120, 1] = 10
    with pytest.raises(ArgumentError, match="x holds 10 in row 120"):
        model.fit(wrong, np.zeros(200, np.float32), verbose=0)
    model.fit(tokens, np.zeros(200, np.float32), verbose=0)


@pytest.mark.parametrize("optimizer", ["adam", torch.optim.Adam])
def test_a_model_that_was_moved_trains_on(optimizer: Any) -> None:
    x, y = numbers(64, 6).numpy(), numbers(64, 1).numpy()
    model = Model(nn.Linear(6, 1))
    model.compile(optimizer, "mse", ["mae"])
    for place in ("cpu", "cuda", "cpu"):
        model.module.to(place)
        model.fit(x, y, verbose=0)
        model.test_on_batch(x, y)


def test_class_weights_and_sample_weights_together() -> None:
    x, y = numbers(64, 6).numpy(), np.arange(64) % 3
    found = []
    for place in ("cpu", "cuda"):
        torch.manual_seed(0)
        model = Model(nn.Linear(6, 3).to(place))
        model.compile("sgd", nn.CrossEntropyLoss())
        weights = {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}, "sample_weight": np.linspace(0, 1, 64)}
        found.append(model.fit(x, y, verbose=0, seed=1, **weights).history["loss"])
    assert found[0] == pytest.approx(found[1], rel=1e-5)
