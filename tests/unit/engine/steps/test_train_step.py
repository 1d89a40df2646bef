"""A replayed step gives the plain step's bits; a step that can't be repeated is never replayed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fitstudio import metrics, optimizers
from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.models import finished
from fitstudio.engine import architectures
from fitstudio.engine.objective.objective import Objective
from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.engine.steps.replay import replays as replays_module
from fitstudio.engine.steps.replay.compiled import untouched
from fitstudio.engine.steps.train_step import TrainStep
from fitstudio.errors import ArgumentError

LOGITS = {"kind": "SparseCategoricalCrossentropy", "from_logits": True}
STEPS = 60


class Residual(nn.Module):
    """Two inputs, a skip connection, a frozen layer, a penalty and a buffer of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(6, 8), nn.Linear(6, 8)
        self.frozen, self.head = nn.Linear(8, 8), nn.Linear(8, 1)
        self.frozen.requires_grad_(False)
        self.register_buffer("scale", torch.tensor(0.5))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        hidden = torch.tanh(self.first(a) + self.second(b)) * self.scale
        return self.head(torch.cat([hidden + self.frozen(hidden), hidden], dim=-1)[:, :8])

    def regularization_loss(self) -> Tensor:
        return 0.01 * self.head.weight.square().sum()


class TwoOutputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.left, self.right = nn.Linear(6, 8), nn.Linear(8, 1), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        hidden = self.body(x).relu()
        return {"left": self.left(hidden), "right": self.right(hidden).softmax(-1)}


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru, self.head = nn.GRU(6, 5, batch_first=True), nn.Linear(5, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.gru(x)[0][:, -1])


def mlp() -> nn.Module:
    return nn.Sequential(
        nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3)
    )


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3)
    )


def branches() -> nn.Module:
    planner = Planner((6,))
    planner.dense(8, "relu")
    planner.dropout(0.3)
    planner.go_to("input")
    planner.dense(8, "tanh")
    planner.batch_norm()
    planner.add("dropout_1", "batch_norm_1")
    planner.concatenate("add_1", "input")
    planner.dense(3)
    return architectures.build(finished(planner))


def numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def classes(rows: int) -> Tensor:
    return torch.randint(0, 3, (rows, 1), generator=torch.Generator().manual_seed(rows))


def squared_difference(y_true: Tensor, y_pred: Tensor) -> Tensor:
    return (y_true - y_pred) ** 2


CASES: dict[str, dict[str, Any]] = {
    "batchnorm-dropout": {
        "module": mlp,
        "x": numbers(64, 6),
        "y": classes(64),
        "loss": LOGITS,
        "metrics": ["accuracy", {"kind": "SparseTopKCategoricalAccuracy", "k": 2}],
    },
    "branches": {"module": branches, "x": numbers(64, 6), "y": classes(64), "loss": LOGITS},
    "cnn": {"module": cnn, "x": numbers(64, 1, 8, 8), "y": classes(64), "loss": LOGITS},
    "gru": {"module": Recurrent, "x": numbers(64, 4, 6), "y": numbers(64, 1), "loss": "mse"},
    "penalty-frozen-weights": {
        "module": Residual,
        "x": (numbers(64, 6), numbers(6, 64).reshape(64, 6)),
        "y": numbers(64, 1),
        "weights": numbers(64).abs(),
        "loss": "mae",
        "metrics": ["mse", {"kind": "RootMeanSquaredError"}],
        "weighted_metrics": ["mse"],
    },
    "two-outputs": {
        "module": TwoOutputs,
        "x": numbers(64, 6),
        "y": (numbers(64, 1), classes(64)),
        "loss": {"left": "huber", "right": "sparse_categorical_crossentropy"},
        "metrics": {"left": ["mae"], "right": ["accuracy"]},
        "loss_weights": {"left": 0.3, "right": 2.0},
    },
    "binary-curves": {
        "module": lambda: nn.Sequential(nn.Linear(6, 1), nn.Sigmoid()),
        "x": numbers(64, 6),
        "y": (numbers(64, 1) > 0).float(),
        "loss": "binary_crossentropy",
        "metrics": [{"kind": "AUC", "num_thresholds": 20}, {"kind": "Precision"}, "accuracy"],
    },
    "own-functions": {
        "module": lambda: nn.Linear(6, 1),
        "x": numbers(64, 6),
        "y": numbers(64, 1),
        "loss": squared_difference,
        "metrics": [lambda y_true, y_pred: y_pred.abs().mean()],
    },
    "torch-loss": {
        "module": mlp,
        "x": numbers(64, 6),
        "y": classes(64),
        "loss": nn.CrossEntropyLoss,
    },
}


def tuple_of(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def make_step(
    case: dict[str, Any],
    *,
    replays: bool,
    optimizer: Any = "adam",
    precision: str = "float32",
) -> TrainStep:
    torch.manual_seed(3)
    module = case["module"]()
    module.train()
    inputs = tuple_of(case["x"])
    returned = module(*(each[:16] for each in inputs))
    built = optimizers.get(optimizer)
    built.build(module.named_parameters())
    names = ("loss", "metrics", "weighted_metrics", "loss_weights")
    objective = Objective(*(case.get(name) for name in names))
    form = OutputForm.of(returned)
    objective.bind_losses(form)
    targets = tuple(each[:16] for each in tuple_of(case["y"]))
    outputs = [each.detach() for each in form.flatten(returned)]
    objective.bind_metrics(outputs, targets, (None,) * len(targets))
    return TrainStep(module, objective, built, precision=precision, replays=replays)


def train(
    step: TrainStep, case: dict[str, Any], steps: int = STEPS, first: int = 0
) -> list[Tensor]:
    """The batch losses of some steps over four batches of 16 rows."""
    losses = []
    for number in range(first, first + steps):
        if number % 4 == 0:
            step.begin_epoch()
        rows = slice(number % 4 * 16, number % 4 * 16 + 16)
        parts = tuple(each[rows] for each in tuple_of(case["x"]))
        targets = tuple(each[rows] for each in tuple_of(case["y"]))
        weight = case["weights"][rows] if "weights" in case else None
        losses.append(step(parts, targets, (weight,) * len(targets), 16))
    return losses


def everything(step: TrainStep, losses: list[Tensor]) -> list[Any]:
    tensors = [*losses, *step.module.state_dict().values(), *step.objective.read().values()]
    tensors += [each for each in step.optimizer.state_dict().values() if isinstance(each, Tensor)]
    return [each.tolist() for each in tensors]


@pytest.mark.parametrize("name", CASES)
def test_replay_gives_the_plain_steps_bits(name: str) -> None:
    case = CASES[name]
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays)
        torch.manual_seed(7)
        found.append(everything(step, train(step, case)))
    assert step.replaying, step.reasons()
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "optimizer",
    [
        {"name": "sgd", "momentum": 0.9, "clipnorm": 0.5},
        "rmsprop",
        "nadam",
        lambda weights: torch.optim.AdamW(weights, lr=0.01),
    ],
    ids=["sgd", "rmsprop", "nadam", "torch"],
)
def test_every_kind_of_optimizer_follows_a_replay(optimizer: Any) -> None:
    case = CASES["batchnorm-dropout"]
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays, optimizer=optimizer)
        torch.manual_seed(7)
        found.append(everything(step, train(step, case)))
    assert step.replaying, step.reasons()
    assert found[0] == found[1]


def test_images_laid_out_channels_last_train_as_a_plain_loop_does() -> None:
    case = CASES["cnn"]
    step = make_step(case, replays=True, optimizer={"name": "sgd", "learning_rate": 0.1})
    torch.manual_seed(3)
    module = cnn()
    losses = []
    for number in range(STEPS):
        rows = slice(number % 4 * 16, number % 4 * 16 + 16)
        loss = nn.functional.cross_entropy(module(case["x"][rows]), case["y"][rows, 0])
        module.zero_grad()
        loss.backward()
        with torch.no_grad():
            for weight in module.parameters():
                weight -= 0.1 * weight.grad
        losses.append(float(loss.detach()))
    assert [float(each) for each in train(step, case)] == pytest.approx(losses, rel=1e-4)


class Counting(nn.Linear):
    """Anneals by a count that it keeps in Python."""

    calls = 0

    def forward(self, input: Tensor) -> Tensor:
        self.calls += 1
        return super().forward(input) / self.calls


class Listening(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        self.seen = input[:, 0].tolist()
        return super().forward(input)


class Branching(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        output = super().forward(input)
        return output if output.sum() > 0 else -output


class Dicing(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) * DICE[0]()


def dice() -> float:
    return random.random() + float(np.random.rand())


DICE = [dice]  # not seen by a look at the code


class Talking(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        self.tell(input)
        return super().forward(input)

    def tell(self, input: Tensor) -> None:
        write_down(input.shape)


def write_down(shape: Any) -> None:
    print(shape)  # noqa: T201


class Masking(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input[input[:, 0] > -9.0])


def hooked() -> nn.Module:
    module = nn.Linear(6, 1)
    module.register_forward_hook(lambda *_: None)
    return module


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (lambda: Counting(6, 1), "state of its own"),
        (lambda: Listening(6, 1), "tolist"),
        (lambda: Branching(6, 1), "read in Python"),
        (lambda: Dicing(6, 1), "state of its own"),
        (lambda: Talking(6, 1), "uses print"),
        (lambda: Masking(6, 1), "depends on values"),
        (hooked, "hooks"),
    ],
    ids=["counting", "listening", "branching", "dicing", "talking", "masking", "hooked"],
)
def test_what_cannot_be_repeated_stays_plain(module: Callable[[], nn.Module], reason: str) -> None:
    case = {"module": module, "x": numbers(64, 6), "y": numbers(64, 1), "loss": "mse"}
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays)
        random.seed(1)
        np.random.seed(1)
        found.append(everything(step, train(step, case)))
    assert not step.replaying
    assert any(reason in each for each in step.reasons())
    assert found[0] == found[1]


class Scaled(nn.Linear):
    scale = 1.0

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) * self.scale


def change_attribute(module: nn.Module) -> None:
    module.scale = 0.25


def freeze(module: nn.Module) -> None:
    module.bias.requires_grad_(False)


def replace_weight(module: nn.Module) -> None:
    module.weight = nn.Parameter(module.weight.detach().clone() * 2)


@pytest.mark.parametrize("change", [change_attribute, freeze, replace_weight])
def test_a_changed_model_is_noticed(change: Callable[[nn.Module], None]) -> None:
    case = {"module": lambda: Scaled(6, 1), "x": numbers(64, 6), "y": numbers(64, 1), "loss": "mse"}
    found = []
    for replays in (False, True):
        step = make_step(case, replays=replays, optimizer="sgd")
        losses = train(step, case)
        change(step.module)
        step.optimizer.build(step.module.named_parameters())
        losses += train(step, case, first=STEPS)
        found.append(everything(step, losses))
    assert step.replaying
    assert found[0] == found[1]


def test_a_changed_closure_is_noticed() -> None:
    factor = 1.0

    def loss(y_true: Tensor, y_pred: Tensor) -> Tensor:
        return factor * (y_true - y_pred) ** 2

    case = {
        "module": lambda: nn.Linear(6, 1),
        "x": numbers(64, 6),
        "y": numbers(64, 1),
        "loss": loss,
    }
    step = make_step(case, replays=True, optimizer={"name": "sgd", "learning_rate": 0.0})
    before = float(train(step, case)[-1])
    assert step.replaying
    factor = 3.0
    assert float(train(step, case)[-1]) == pytest.approx(3 * before)


def test_a_wrong_label_is_named_in_a_replay_too() -> None:
    case = dict(CASES["batchnorm-dropout"])
    step = make_step(case, replays=True)
    train(step, case)
    assert step.replaying
    labels = case["y"].clone()
    labels[5] = 3
    with pytest.raises(ArgumentError, match="0 to 2"):
        train(step, case | {"y": labels}, steps=1)
    train(step, case, steps=1)


class Odd:
    """A metric in torchmetrics' manner, which does as it likes in Python."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def update(self, preds: Tensor, target: Tensor) -> None:
        self.values.append(float((preds - target).abs().max()))

    def compute(self) -> float:
        return max(self.values)

    def reset(self) -> None:
        self.values.clear()


def test_foreign_metrics_run_beside_a_replay() -> None:
    case = CASES["own-functions"] | {"loss": "mse", "metrics": [Odd()]}
    step = make_step(case, replays=True)
    train(step, case)
    assert step.replaying
    assert isinstance(step.objective.metrics[0].metric, metrics.TorchMetric)
    assert len(step.objective.metrics[0].metric.metric.values) == STEPS


def test_bfloat16_is_replayed_and_close_to_float32() -> None:
    case = CASES["batchnorm-dropout"]
    losses = {}
    for precision in ("float32", "mixed_bfloat16"):
        for replays in (False, True):
            step = make_step(case, replays=replays, optimizer="sgd", precision=precision)
            torch.manual_seed(7)
            losses[precision, replays] = [float(each) for each in train(step, case)]
    assert losses["mixed_bfloat16", True] == losses["mixed_bfloat16", False]
    assert losses["mixed_bfloat16", True] == pytest.approx(losses["float32", True], abs=0.05)
    assert losses["mixed_bfloat16", True] != losses["float32", True]


class FakeCapture:
    """Stands in for a CUDA graph: runs the step again, as the graph's kernels would."""

    objective: Objective

    def __init__(self, step: Any, batch: list[Tensor], lasting: list[Tensor], *_: Any) -> None:
        self.step = step
        with untouched(lasting):
            step(batch)

    def __call__(self, *batch: Tensor) -> list[Tensor]:
        rows = self.objective.rows
        with torch.inference_mode(False), torch.enable_grad():
            results = self.step([each.clone() for each in batch])
        self.objective.rows = rows  # a graph runs no Python
        return results


@pytest.mark.parametrize("name", ["batchnorm-dropout", "penalty-frozen-weights", "two-outputs"])
def test_a_captured_step_is_fed_and_read_in_order(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays_module, "CapturedStep", FakeCapture)
    monkeypatch.setattr(replays_module.Replays, "_captures", lambda self: True)
    case = CASES[name]
    found = []
    for is_replayed in (False, True):
        step = make_step(case, replays=is_replayed)
        monkeypatch.setattr(FakeCapture, "objective", step.objective, raising=False)
        torch.manual_seed(7)
        found.append(everything(step, train(step, case)))
    assert step.replaying, step.reasons()
    assert found[0] == found[1]
