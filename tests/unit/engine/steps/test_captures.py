"""Steps that are captured as on a GPU: the same bits, nothing frozen in, and no harm in a failure.

The graphs are those of `tests.support.cuda_stand_in`.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch._subclasses import FakeTensorMode

from fitstudio.engine import device_memory
from fitstudio.engine.device_memory import Usage
from fitstudio.engine.steps.replay import replays as replays_module
from fitstudio.engine.steps.replay.capture_watch import CaptureWatch
from fitstudio.engine.steps.replay.proof import within_rounding
from fitstudio.engine.steps.train_step import TrainStep
from tests.support.cuda_stand_in import StandIn, stand_in_for_cuda
from tests.unit.engine.steps.test_train_step import (
    CASES,
    everything,
    make_step,
    numbers,
    train,
)

GIB = 2**30


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return stand_in_for_cuda(monkeypatch)


def case_of(module: Any) -> dict[str, Any]:
    return {"module": module, "x": numbers(64, 6), "y": numbers(64, 1), "loss": "mse"}


def both(case: dict[str, Any], **settings: Any) -> tuple[TrainStep, list[Any], list[Any]]:
    """The captured step after its training; everything it ended with, and the plain step."""
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays, **settings)
        torch.manual_seed(7)
        random.seed(7)
        np.random.seed(7)
        found.append(everything(step, train(step, case)))
    return step, found[1], found[0]


@pytest.mark.parametrize("name", CASES)
def test_a_captured_step_gives_the_plain_steps_bits(name: str, cuda: StandIn) -> None:
    step, captured, plain = both(CASES[name])
    assert step.replaying, step.reasons()
    assert captured == plain
    assert set(cuda.modes) == {"thread_local"}


def test_shapes_share_one_pool(cuda: StandIn) -> None:
    case = CASES["batchnorm-dropout"]
    step = make_step(case, replays=True)
    train(step, case, steps=30)
    for _ in range(10):
        step((case["x"][:7],), (case["y"][:7],), (None,), 7)
    assert cuda.captures == 2 and len(set(cuda.pools)) == 1


def test_graphs_that_were_let_go_are_made_again(cuda: StandIn) -> None:
    case = CASES["batchnorm-dropout"]
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays)
        torch.manual_seed(7)
        losses = train(step, case)
        step.let_go()
        assert not step.replaying
        losses += train(step, case, steps=8)
        found.append(everything(step, losses))
    assert step.replaying and cuda.captures == 2
    assert len(set(cuda.pools)) == 2, "the first pool is given back"
    assert found[0] == found[1]


# -- what is never captured


class Linear(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(6, 1)


class CoinOnTheProcessor(Linear):
    """Stochastic depth by torch's generator on the CPU."""

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) if torch.rand(()) < 0.5 else self.layer(x * 0.5)


class NoiseOnTheProcessor(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x + torch.rand(6).mul(0.01))


class ReadsAValue(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) * x.abs().max().item()


class ChoosesRows(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) + self.layer(x[x[:, 0] > 0]).mean()


class Counter(Linear):
    """Keeps a number of its own, which decides what it does."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return self.layer(x) * (1.0 + 0.1 * (self.calls % 3))


class FromNowhere(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) * NOWHERE[0]


NOWHERE = [torch.tensor(0.7)]


class PythonCoin(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x * (2.0 if flip() else 1.0))


# Not by a word that is known to have an effect: what is drawn is noticed as well.
flip = getattr(__import__("random"), "getrandbits").__self__.random  # noqa: B009


@pytest.mark.parametrize(
    "module",
    [
        CoinOnTheProcessor,
        NoiseOnTheProcessor,
        ReadsAValue,
        ChoosesRows,
        Counter,
        FromNowhere,
        PythonCoin,
    ],
)
def test_what_a_graph_would_freeze_is_not_even_captured(
    module: type[Linear], cuda: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a GPU dropout draws there: all that is drawn on the processor is the model's own doing.
    randomness = replays_module.guards.Randomness
    monkeypatch.setattr(
        replays_module.guards, "Randomness", lambda of_torch: randomness(of_torch=True)
    )
    step, captured, plain = both(case_of(module))
    assert not step.replaying and step.reasons()
    assert cuda.captures == 0, "the model's Python code would have run once more"
    assert captured == plain


def watched(known: Any, taken: Any, made: Any, function: Any = None) -> str | None:
    """What a watch on a GPU says of one operation with these tensors."""
    watch = CaptureWatch(known, torch.device("cuda"))
    watch.note(function or torch.ops.aten.add.Tensor, (taken, {}), made)
    return watch.refusal


def test_where_tensors_are_decides_what_is_captured() -> None:
    with FakeTensorMode():
        weight, made = torch.zeros(4, device="cuda"), torch.zeros(4, device="cuda")
        here, number = torch.zeros(4), torch.zeros(())
        assert watched([weight], [weight, 2.0], made) is None
        assert watched([weight], [weight], [made, number]) is None, "attention's seed"
        assert watched([weight], [weight.view(2, 2)], made) is None, "the weight's own memory"
        assert "processor" in str(watched([weight], [], here))
        assert "not on the GPU" in str(watched([weight, here], [weight, here], made))
        assert "neither" in str(watched([weight], [weight, made], made))
        copy = torch.ops.aten._to_copy.default
        assert "fetched" in str(watched([weight], [weight], here, copy))


def test_dropout_inside_cudnn_is_not_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    from fitstudio.engine.steps.replay import guards

    layers = nn.GRU(6, 5, num_layers=2, dropout=0.1)
    assert guards.objection(layers, []) is None
    monkeypatch.setattr(nn.Parameter, "is_cuda", True)
    assert "cuDNN" in str(guards.objection(layers, []))
    assert guards.objection(nn.GRU(6, 5, num_layers=2), []) is None


# -- a failure leaves no trace


class FailsInCapture(Linear):
    """Waits for the GPU where no watch sees it, as a library's code may."""

    def forward(self, x: Tensor) -> Tensor:
        if CAPTURING[0].generator.is_capturing:
            torch.ops.aten._local_scalar_dense(x[0, 0])
        return torch.dropout(self.layer(x), 0.3, self.training)


CAPTURING: list[StandIn] = []


def test_a_capture_that_fails_leaves_everything_as_it_was(cuda: StandIn) -> None:
    CAPTURING[:] = [cuda]
    step, captured, plain = both(case_of(FailsInCapture))
    assert cuda.captures == 1 and not step.replaying
    assert captured == plain
    assert cuda.stream == "default"
    assert not cuda.generator.is_capturing
    assert not cuda.recording
    (reason,) = step.reasons()
    assert "captured" in reason and "\n" not in reason


def test_graphs_made_before_a_capture_that_fails_are_made_anew(cuda: StandIn) -> None:
    case = CASES["batchnorm-dropout"]
    cuda.out_of_memory_in = 2
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays)
        torch.manual_seed(7)
        losses = train(step, case, steps=32)
        for _ in range(10):
            losses.append(step((case["x"][:7],), (case["y"][:7],), (None,), 7))
        losses += train(step, case, steps=8)
        found.append(everything(step, losses))
    assert cuda.captures == 3 and step.replaying and len(step.reasons()) == 1
    assert found[0] == found[1]


def test_no_memory_for_a_capture_keeps_the_step_plain(cuda: StandIn) -> None:
    cuda.out_of_memory_in = 1
    step, captured, plain = both(CASES["batchnorm-dropout"])
    assert captured == plain and not step.replaying
    assert (cuda.stream, cuda.generator.is_capturing, cuda.recording) == ("default", False, set())


@pytest.mark.parametrize("free", [1, 30])
def test_memory_is_looked_at_before_a_capture(
    free: int, cuda: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        device_memory, "usage", lambda device: Usage(80 * GIB, free * GIB, 4 * GIB, 3 * GIB)
    )
    monkeypatch.setattr(device_memory, "step_bytes", lambda device: 10 * GIB)
    step, captured, plain = both(CASES["batchnorm-dropout"])
    assert captured == plain
    assert step.replaying == (free == 30) == bool(cuda.captures)


class FullWhileProving(Linear):
    """Runs out of memory in the plain step beside the graph, after a buffer was written."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(6)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        if next(STEPS) == FULL_AT[0]:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return torch.dropout(self.layer(x), 0.3, self.training)


STEPS = itertools.count()
FULL_AT = [-1]


def test_no_memory_for_the_proof_keeps_the_step_plain(cuda: StandIn) -> None:
    global STEPS
    found = []
    for replays in (False, True):
        STEPS, FULL_AT[0] = itertools.count(), -1
        step = make_step(case_of(FullWhileProving), replays=replays)
        if replays:
            # The first look at the outputs, 24 plain steps, one watched, one captured; then proof.
            FULL_AT[0] = 27
        torch.manual_seed(7)
        found.append(everything(step, train(step, case_of(FullWhileProving))))
    assert cuda.captures == 1 and not step.replaying
    assert "memory" in step.reasons()[0]
    assert found[0] == found[1], "what the failed step had written was put back"


# -- kernels that never add up in the same order


class Unsteady(Linear):
    """Its numbers differ from call to call in the last bits, as atomic additions do."""

    def __init__(self, size: float, in_graph: float = 0.0) -> None:
        super().__init__()
        self.size, self.in_graph = size, in_graph

    def forward(self, x: Tensor) -> Tensor:
        noise = self.size * next(TURNS)
        if CAPTURING[0].generator.is_capturing:
            noise += self.in_graph
        return self.layer(x) * (1.0 + noise)


TURNS = itertools.cycle([0.0, 1.0, -1.0])


@pytest.mark.parametrize(
    ("size", "in_graph", "is_replayed"), [(1e-5, 0.0, True), (0.0, 1e-3, False), (1e-5, 0.1, False)]
)
def test_rounding_is_accepted_where_the_plain_step_differs_too(
    size: float, in_graph: float, is_replayed: bool, cuda: StandIn
) -> None:
    CAPTURING[:] = [cuda]
    case = case_of(lambda: Unsteady(size, in_graph))
    step = make_step(case, replays=True)
    train(step, case)
    assert step.replaying == is_replayed, step.reasons()


def test_what_counts_as_rounding() -> None:
    plain = [torch.tensor([1.0, 2.0])]
    near, far = [torch.tensor([1.0, 2.00001])], [torch.tensor([1.0, 2.1])]
    assert within_rounding(near, plain, near, 1e-7)
    assert not within_rounding(far, plain, near, 1e-7)
    assert not within_rounding(near, plain, plain, 1e-7), "the plain step gave the same bits"
    assert not within_rounding([torch.tensor([1.0, float("nan")])], plain, near, 1e-7)
    assert not within_rounding([torch.tensor([1, 3])], [torch.tensor([1, 2])], near, 1.0)
