"""On a GPU too a replay gives the plain step's bits, and a resume changes none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fitstudio import Model, callbacks
from tests.unit.engine.steps.test_train_step import (
    CASES,
    Recurrent,
    everything,
    make_step,
    numbers,
    train,
    tuple_of,
)

# cuDNN's own embedding and recurrent kernels, and what only a GPU captures.
MORE: dict[str, dict[str, Any]] = {
    "lstm": {
        "module": lambda: _Lstm(),
        "x": numbers(64, 4, 6),
        "y": numbers(64, 1),
        "loss": "mse",
    },
}


class _Lstm(Recurrent):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.LSTM(6, 5, batch_first=True)  # type: ignore[assignment]


def on_gpu(case: dict[str, Any]) -> dict[str, Any]:
    """The same case with module and data on the GPU."""
    module = case["module"]

    def moved(value: Any) -> tuple[Tensor, ...]:
        return tuple(each.cuda() for each in tuple_of(value))

    placed: dict[str, Any] = {name: moved(case[name]) for name in ("x", "y")}
    if "weights" in case:
        placed["weights"] = case["weights"].cuda()
    return case | placed | {"module": lambda: module().cuda()}


@pytest.mark.parametrize("optimizer", ["adam", {"name": "sgd", "momentum": 0.9}, "rmsprop"])
@pytest.mark.parametrize("name", [*CASES, *MORE])
def test_a_graph_gives_the_plain_steps_bits(name: str, optimizer: Any) -> None:
    case = on_gpu((CASES | MORE)[name])
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays, optimizer=optimizer)
        torch.manual_seed(7)
        found.append(everything(step, train(step, case)))
    assert step.replaying, step.reasons()
    assert step.mode.name == "graph"
    assert found[0] == found[1]


def test_bfloat16_is_captured_too() -> None:
    case = on_gpu(CASES["batchnorm-dropout"])
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays, precision="mixed_bfloat16")
        torch.manual_seed(7)
        found.append(everything(step, train(step, case)))
    assert step.replaying, step.reasons()
    assert found[0] == found[1]


def test_kernels_that_differ_from_call_to_call_are_captured_all_the_same() -> None:
    """Without repeatable algorithms a convolution's gradient is never the same twice."""
    torch.use_deterministic_algorithms(False)
    step = make_step(on_gpu(CASES["cnn"]), replays=True)
    train(step, on_gpu(CASES["cnn"]))
    assert step.replaying, step.reasons()


def test_dropout_draws_anew_in_each_replay() -> None:
    case = on_gpu(CASES["batchnorm-dropout"])
    step = make_step(case, replays=True, optimizer={"name": "sgd", "learning_rate": 0.0})
    train(step, case)
    assert step.replaying, step.reasons()
    one_batch = case | {"x": case["x"][0][:16].repeat(4, 1), "y": case["y"][0][:16].repeat(4, 1)}
    losses = [float(each) for each in train(step, one_batch, steps=40)]
    assert len(set(losses)) == 40


def test_a_learning_rate_that_changes_is_used_at_once() -> None:
    case = on_gpu(CASES["batchnorm-dropout"])
    step = make_step(case, replays=True)
    train(step, case)
    step.optimizer.learning_rate = 0.0
    before = [each.clone() for each in step.module.parameters()]
    train(step, case, steps=3)
    assert all(map(torch.equal, before, step.module.parameters()))
    step.optimizer.learning_rate = 0.1
    train(step, case, steps=1)
    assert not all(map(torch.equal, before, step.module.parameters()))


def test_a_gpu_agrees_with_the_cpu() -> None:
    case = CASES["batchnorm-dropout"] | {"module": lambda: nn.Linear(6, 3)}
    on_cpu = [float(each) for each in train(make_step(case, replays=True), case)]
    there = on_gpu(case)
    losses = [float(each) for each in train(make_step(there, replays=True), there)]
    assert losses == pytest.approx(on_cpu, rel=1e-4, abs=1e-5)


class KeepsState(callbacks.Callback):
    """Keeps the state in the middle of the third epoch."""

    def __init__(self, batch: int) -> None:
        super().__init__()
        self.batch, self.epoch = batch, 0
        self.state: Any = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == (2, self.batch):
            self.state = _copied(self.model.training_state())


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.cpu().clone()
    if isinstance(value, dict):
        return {name: _copied(each) for name, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def test_a_resumed_training_ends_with_the_same_bits() -> None:
    x = np.random.default_rng(0).standard_normal((300, 6)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64) + (x[:, 1] > 1)

    def compiled() -> Model:
        torch.manual_seed(1)
        layers = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))
        model = Model(layers.cuda())
        model.compile("adam", nn.CrossEntropyLoss(), ["accuracy"])
        return model

    keeps = KeepsState(4)
    whole = compiled()
    history = whole.fit(x, y, 16, 5, verbose=0, seed=3, callbacks=[keeps])
    again = compiled()
    resumed = again.fit(x, y, 16, 5, verbose=0, seed=3, start_state=keeps.state)
    assert resumed.history == history.history
    assert all(map(np.array_equal, whole.get_weights(), again.get_weights()))
