"""Update rules against plain formulas, clipping, saved state, torch's own optimizers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from fitstudio import optimizers
from fitstudio.engine.optimizers import kernels, schedules
from fitstudio.errors import ArgumentError, CheckpointError

EVERY = [
    "sgd",
    {"name": "sgd", "momentum": 0.9},
    {"name": "sgd", "momentum": 0.9, "nesterov": True},
    "adam",
    {"name": "adam", "amsgrad": True},
    "adamw",
    "adamax",
    "nadam",
    "rmsprop",
    {"name": "rmsprop", "momentum": 0.5, "centered": True},
    "adagrad",
    "adadelta",
    "ftrl",
    torch.optim.Adam,
    lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9),
]


def trained(
    optimizer: optimizers.Optimizer, steps: int, module: nn.Module | None = None
) -> nn.Module:
    """A module after some updates on data that depend on the count of updates only."""
    if module is None:
        torch.manual_seed(1)
        module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        optimizer.build(module.named_parameters())
    for _ in range(steps):
        batch = torch.Generator().manual_seed(optimizer.iterations)
        x = torch.randn(8, 3, generator=batch)
        module.zero_grad()
        (module(x) - x.sum(1, keepdim=True)).square().mean().backward()
        optimizer.step()
    return module


def weights_of(module: nn.Module) -> list[list[float]]:
    return [weight.flatten().tolist() for weight in module.parameters()]


@pytest.mark.parametrize("identifier", EVERY, ids=lambda each: getattr(each, "__name__", str(each)))
def test_restored_state_goes_on_bit_for_bit(identifier: Any) -> None:
    through = trained(optimizers.get(identifier), 7)
    first = optimizers.get(identifier)
    module = trained(first, 4)
    saved = {
        key: value.clone() if isinstance(value, torch.Tensor) else value
        for key, value in first.state_dict().items()
    }
    plain = (torch.Tensor, int, float, bool, str, type(None))
    assert all(isinstance(value, plain) for value in saved.values())
    trained(first, 2, module)
    module = trained(optimizers.get(identifier), 4)
    second = optimizers.get(identifier)
    second.build(module.named_parameters())
    second.load_state_dict(saved)
    assert second.iterations == 4
    assert weights_of(trained(second, 3, module)) == weights_of(through)


def _adam(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["m"] = 0.9 * s.get("m", 0.0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0.0) + 0.001 * g * g
    rate = lr * math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return -rate * s["m"] / (math.sqrt(s["v"]) + 1e-7)


def _momentum(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["m"] = 0.9 * s.get("m", 0.0) - lr * g
    return s["m"]


def _rmsprop(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["v"] = 0.9 * s.get("v", 0.0) + 0.1 * g * g
    return -lr * g / (math.sqrt(s["v"]) + 1e-7)


def _rmsprop_with_momentum(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["v"] = 0.9 * s.get("v", 0.0) + 0.1 * g * g
    s["m"] = 0.5 * s.get("m", 0.0) + lr * g / math.sqrt(s["v"] + 1e-7)
    return -s["m"]


def _adagrad(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["a"] = s.get("a", 0.0) + g * g
    return -lr * g / (math.sqrt(s["a"]) + 1e-7)


def _adamax(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["m"] = 0.9 * s.get("m", 0.0) + 0.1 * g
    s["u"] = max(0.999 * s.get("u", 0.0), abs(g))
    return -lr / (1 - 0.9**t) * s["m"] / (s["u"] + 1e-7)


def _adadelta(g: float, t: int, s: dict[str, float], lr: float) -> float:
    s["g"] = 0.95 * s.get("g", 0.0) + 0.05 * g * g
    step = math.sqrt((s.get("d", 0.0) + 1e-7) / (s["g"] + 1e-7)) * g
    s["d"] = 0.95 * s.get("d", 0.0) + 0.05 * step * step
    return -lr * step


@pytest.mark.parametrize(
    ("identifier", "formula"),
    [
        ("adam", _adam),
        ({"name": "sgd", "momentum": 0.9}, _momentum),
        ("rmsprop", _rmsprop),
        ({"name": "rmsprop", "momentum": 0.5}, _rmsprop_with_momentum),
        ({"name": "adagrad", "initial_accumulator_value": 0.0}, _adagrad),
        ("adamax", _adamax),
        ("adadelta", _adadelta),
    ],
    ids=["adam", "momentum", "rmsprop", "rmsprop-momentum", "adagrad", "adamax", "adadelta"],
)
def test_update_rule(identifier: Any, formula: Callable[..., float]) -> None:
    weight = torch.zeros(1, dtype=torch.float64)
    optimizer = optimizers.get(identifier)
    optimizer.build([("w", weight)])
    expected, slots = 0.0, {}
    for t, (gradient, rate) in enumerate([(4e-6, 0.1), (-2e-6, 0.1), (1.0, 0.02), (0.3, 0.02)], 1):
        optimizer.learning_rate = rate
        expected += formula(gradient, t, slots, rate)
        optimizer.apply(["w"], [torch.tensor([gradient], dtype=torch.float64)])
    assert float(weight) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("settings", [{}, {"amsgrad": True}, {"weight_decay": 0.01}], ids=str)
def test_fused_adam_equals_the_plain_formula(settings: dict[str, Any]) -> None:
    name = "adamw" if "weight_decay" in settings else "adam"
    assert kernels.available("cpu")
    fused = trained(optimizers.get(name, {"learning_rate": 0.05} | settings), 50)
    plain_optimizer = optimizers.get(name, {"learning_rate": 0.05} | settings)
    plain_optimizer.update = plain_optimizer.update_plainly  # pyright: ignore
    plain = trained(plain_optimizer, 50)
    for ours, theirs in zip(weights_of(fused), weights_of(plain)):
        assert ours == pytest.approx(theirs, rel=2e-4, abs=2e-5)


def test_torch_adam_differs_by_epsilon_only() -> None:
    ours = optimizers.Adam(learning_rate=0.01, epsilon=0.0)
    theirs = optimizers.get(lambda weights: torch.optim.Adam(weights, lr=0.01, eps=0.0))
    for mine, other in zip(weights_of(trained(ours, 20)), weights_of(trained(theirs, 20))):
        assert mine == pytest.approx(other, rel=1e-4, abs=1e-5)


def test_clipping() -> None:
    def step(**settings: float) -> list[float]:
        weights = {"a": torch.zeros(2), "b": torch.zeros(1)}
        optimizer = optimizers.SGD(learning_rate=1.0, **settings)  # pyright: ignore
        optimizer.build(weights.items())
        optimizer.apply(["a", "b"], [torch.tensor([3.0, 4.0]), torch.tensor([12.0])])
        return torch.cat(list(weights.values())).tolist()

    assert step(clipnorm=1.0) == pytest.approx([-0.6, -0.8, -1.0])
    assert step(clipvalue=3.5) == pytest.approx([-3.0, -3.5, -3.5])
    assert step(global_clipnorm=1.3) == pytest.approx([-0.3, -0.4, -1.2])


def test_frozen_weights_stay_and_may_thaw() -> None:
    module = nn.Linear(2, 1)
    module.bias.requires_grad_(False)
    optimizer = optimizers.get("adam")
    optimizer.build(module.named_parameters())
    before = float(module.bias.detach())
    for thaw in (False, True):
        module.bias.requires_grad_(thaw)
        module.zero_grad()
        module(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        assert (float(module.bias.detach()) != before) is thaw


def test_gradients_may_be_laid_out_differently_from_weights() -> None:
    gradient = torch.arange(6.0).reshape(2, 3)
    found = []
    for given in (gradient, gradient.t().contiguous().t()):
        weight = torch.zeros(2, 3)
        optimizer = optimizers.get("adam")
        optimizer.build([("w", weight)])
        for _ in range(3):
            optimizer.apply(["w"], [given * (weight + 1.0)])
        found.append(weight.tolist())
    assert found[0] == found[1]


def test_decay_and_schedules() -> None:
    weight = torch.zeros(1)
    optimizer = optimizers.SGD(learning_rate=1.0, decay=0.5)
    optimizer.build([("w", weight)])
    for _ in range(3):
        optimizer.apply(["w"], [torch.ones(1)])
    assert float(weight) == pytest.approx(-(1.0 + 1 / 1.5 + 1 / 2.0))
    schedule = optimizers.schedules.ExponentialDecay(1.0, decay_steps=1, decay_rate=0.5)
    scheduled = optimizers.SGD(learning_rate=schedule)
    assert scheduled.learning_rate == 1.0
    scheduled.build([("w", weight)])
    scheduled.apply(["w"], [torch.ones(1)])
    assert scheduled.learning_rate == 0.5
    with pytest.raises(ArgumentError, match="schedule"):
        scheduled.learning_rate = 0.1


def test_torch_schedulers_step_by_epoch_or_batch() -> None:
    module = nn.Linear(3, 1)
    inner = torch.optim.SGD(module.parameters(), lr=1.0)
    optimizer = optimizers.get(torch.optim.lr_scheduler.StepLR(inner, 1, gamma=0.5))
    optimizer.build(module.named_parameters())
    trained(optimizer, 2, module)
    assert optimizer.learning_rate == 1.0
    optimizer.end_epoch({"loss": 1.0})
    assert optimizer.learning_rate == 0.5
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(inner, patience=0, factor=0.1)
    watching = optimizers.TorchOptimizer(inner, plateau)
    watching.end_epoch({"loss": 1.0})
    watching.end_epoch({"loss": 2.0})
    assert watching.learning_rate == pytest.approx(0.05)


def test_errors_name_the_way_out() -> None:
    with pytest.raises(ArgumentError, match="Adam"):
        optimizers.get("adm")
    with pytest.raises(ArgumentError, match="momentumm"):
        optimizers.get({"name": "sgd", "momentumm": 0.9})
    with pytest.raises(ArgumentError, match="clipnorm"):
        optimizers.SGD(clipnorm=-1.0)
    with pytest.raises(ArgumentError, match="other weights"):
        optimizers.get(torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)).build(
            nn.Linear(1, 1).named_parameters()
        )
    saved = optimizers.get("adam")
    trained(saved, 1)
    other = optimizers.get("sgd")
    other.build(nn.Linear(1, 1).named_parameters())
    with pytest.raises(CheckpointError, match="momentum"):
        other.load_state_dict(saved.state_dict())


def test_a_schedule_outlives_its_config() -> None:
    for schedule in (
        schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
        schedules.InverseTimeDecay(0.1, 10, 0.5),
        schedules.PiecewiseConstantDecay([2, 5], [1.0, 0.1, 0.01]),
        schedules.PolynomialDecay(0.1, 20, power=2.0, cycle=True),
        schedules.CosineDecay(0.1, 20, alpha=0.1),
    ):
        config = optimizers.Adam(schedule, clipnorm=1.0).get_config()
        made = optimizers.Adam.from_config(json.loads(json.dumps(config)))
        assert made.schedule is not None
        assert [made.schedule(step) for step in range(30)] == [schedule(s) for s in range(30)]
        assert made.get_config() == config
    own = optimizers.SGD(lambda step: 0.5)
    assert optimizers.SGD.from_config(own.get_config()).learning_rate == 0.5
    with pytest.raises(ArgumentError, match="no learning rate schedule called 'Wormhole'"):
        optimizers.Adam({"class_name": "Wormhole"})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", ["Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Adagrad"])
def test_no_epsilon_is_the_usual_one(name: str) -> None:
    assert optimizers.get({"name": name, "epsilon": None}).get_config()["epsilon"] == 1e-7


def test_serialized_optimizers_come_back() -> None:
    for optimizer in (optimizers.SGD(0.1, momentum=0.9), optimizers.Adam(beta_1=0.8)):
        made = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizer))))
        assert type(made) is type(optimizer)
        assert made.get_config() == optimizer.get_config()
