"""Losses and metrics of the user's own: aligned like ours, and blamed for what is theirs only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from fitstudio.engine import metrics
from fitstudio.engine.losses import Loss, SparseCategoricalCrossentropy
from fitstudio.engine.model import Model
from fitstudio.errors import ArgumentError

ROWS, BATCH = 11, 4


def own(y_true, y_pred):
    return (y_true - y_pred).square().mean(-1)


class OwnLoss(Loss):
    def call(self, y_true, y_pred):
        return own(y_true, y_pred)


class OwnMetric(metrics.Metric):
    """Written as the reference's guide says."""

    def __init__(self, name: str = "own_metric") -> None:
        super().__init__(name)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = own(y_true, y_pred)
        self.total.assign_add(values.sum())
        self.count.assign_add(values.numel())

    def result(self):
        return self.total / self.count


class Squeezed(nn.Module):
    """Gives outputs of the shape (rows,)."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(3, 1)

    def forward(self, x):
        return self.line(x).squeeze(-1)


#: Shapes of x and y, and of sample weights beside (rows,). BATCH is among the lengths: only then
#: does torch spread without a word.
SHAPES: dict[str, tuple[Any, tuple[int, ...], tuple[int, ...], tuple[int, ...] | None]] = {
    "flat targets": (None, (3,), (), None),
    "flat outputs": (Squeezed, (3,), (), None),
    "a column against flat outputs": (Squeezed, (3,), (1,), None),
    "columns": (None, (3,), (1,), (1,)),
    "time steps": (None, (BATCH, 3), (BATCH,), (BATCH,)),
    "time steps in a column": (None, (BATCH, 3), (BATCH, 1), (BATCH,)),
    "pictures": (None, (BATCH, BATCH, 3), (BATCH, BATCH), (BATCH, BATCH)),
}


def fitted(shapes: Any, loss: Any, metric: Any, weighting: str, **arguments: Any) -> dict[str, Any]:
    """History and evaluation of a training with validation and a short last batch."""
    module, inputs, targets, by_step = shapes
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, *inputs)).astype("f4")
    y = random.normal(size=(ROWS, *targets)).astype("f4")
    weights = None
    if weighting != "none":
        of = () if weighting == "rows" else by_step
        assert of is not None
        weights = random.uniform(0.5, 2.0, size=(ROWS, *of)).astype("f4")
    torch.manual_seed(0)
    model = Model(module() if module else nn.Linear(3, 1))
    model.compile("sgd", loss, metrics=[metric], weighted_metrics=[metric])
    fit = {"batch_size": BATCH, "epochs": 4, "verbose": 0, "shuffle": False, **arguments}
    found = model.fit(
        x, y, sample_weight=weights, validation_data=(x[:7], y[:7], *_some(weights)), **fit
    ).history
    measured = model.evaluate(x, y, sample_weight=weights, verbose=0, batch_size=BATCH)
    return {"evaluate": measured, **dict(enumerate(found.values()))}


def _some(weights: Any) -> tuple[Any, ...]:
    return () if weights is None else (weights[:7],)


WEIGHTINGS = [
    pytest.param(name, weighting, id=f"{name}-{weighting}")
    for name, (*_, by_step) in SHAPES.items()
    for weighting in ("none", "rows", "steps")
    if weighting != "steps" or by_step is not None
]


@pytest.mark.parametrize(("name", "weighting"), WEIGHTINGS)
@pytest.mark.parametrize("micro", [None, 3])
def test_own_ones_give_what_ours_give(name, weighting, micro) -> None:
    arguments = {} if micro is None else {"micro_batch_size": micro}
    ours = fitted(SHAPES[name], "mse", "mse", weighting, **arguments)
    for loss, metric in ((own, own), (OwnLoss(), own)):
        theirs = fitted(SHAPES[name], loss, metric, weighting, **arguments)
        assert theirs.keys() == ours.keys()
        for key, values in ours.items():
            np.testing.assert_allclose(theirs[key], values, rtol=1e-5, err_msg=str(key))


@pytest.mark.parametrize("name", SHAPES)
def test_a_replayed_step_aligns_too(name) -> None:
    module, inputs, targets, _ = SHAPES[name]
    torch.manual_seed(0)
    x, y = torch.randn(BATCH * 30, *inputs), torch.randn(BATCH * 30, *targets)
    numbers = []
    for loss in ("mse", own):
        torch.manual_seed(0)
        model = Model(module() if module else nn.Linear(3, 1))
        model.compile("sgd", loss, metrics=[loss])
        numbers.append(model.fit(x, y, batch_size=BATCH, verbose=0, seed=1).history["loss"])
        assert model._train_step is not None
        assert model._train_step.replaying, model._train_step.reasons()
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-5)


def test_a_function_gets_what_the_reference_would_give_it() -> None:
    """(n, t) and (n, t, 1) come as two of (n, t): a sum over the last axis is one over steps."""
    seen = []

    def summed(y_true, y_pred):
        seen.append((tuple(y_true.shape), tuple(y_pred.shape)))
        return (y_true - y_pred).square().sum(-1)

    x = torch.randn(6, 5, 3)
    model = Model(nn.Linear(3, 1))
    model.compile("sgd", summed)
    loss = model.evaluate(x, torch.zeros(6, 5), verbose=0)
    assert set(seen) == {((6, 5), (6, 5))}
    assert loss == pytest.approx(float(model.module(x).square().sum().detach() / 6), rel=1e-5)


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [((4, 3), ()), ((4, 3), (1,)), ((4, 3), (4, 1, 1, 1)), ((4, 4, 3), ()), ((4, 4, 3), (4,))],
    ids=str,
)
@pytest.mark.parametrize("part", ["loss", "metric", "built in"])
def test_another_rank_is_refused_before_the_first_step(inputs, targets, part) -> None:
    model = Model(nn.Linear(3, 1))
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    loss, watched = {"loss": (own, []), "metric": (own, [own]), "built in": ("mse", ["mae"])}[part]
    model.compile("sgd", loss, metrics=watched)
    x, y = np.zeros((8, *inputs), "f4"), np.ones((8, *targets), "f4")
    with pytest.raises(ArgumentError, match="output") as error:
        model.fit(x, y, batch_size=4, verbose=0)
    assert str((4, *targets)) in str(error.value)
    assert str((4, *inputs[:-1], 1)) in str(error.value)
    for name, value in model.module.state_dict().items():
        assert torch.equal(value, before[name])


def test_class_numbers_have_an_axis_less_for_own_functions_too() -> None:
    def crossentropy(y_true, y_pred):
        return nn.functional.cross_entropy(y_pred.transpose(1, 2), y_true, reduction="none")

    x, y = torch.randn(8, 4, 3), torch.randint(0, 5, (8, 4))
    numbers = []
    for loss in (crossentropy, SparseCategoricalCrossentropy(from_logits=True)):
        torch.manual_seed(0)
        model = Model(nn.Linear(3, 5))
        model.compile("sgd", loss)
        numbers.append(model.fit(x, y, verbose=0, shuffle=False).history["loss"])
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-5)


# -- metrics written as for the reference


class CountedByAttribute(metrics.Metric):
    def __init__(self) -> None:
        super().__init__("rows")
        self.seen = torch.tensor(0.0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.seen += len(y_true)

    def result(self):
        return self.seen

    def reset_states(self):
        self.seen = torch.tensor(0.0)


class MeanOfOwn(metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(own(y_true, y_pred), sample_weight=sample_weight)


class WithoutWeights(metrics.Metric):
    def __init__(self) -> None:
        super().__init__("kept")
        self.kept: list[torch.Tensor] = []

    def update_state(self, y_true, y_pred):
        self.kept.append(own(y_true, y_pred))

    def result(self):
        return float(torch.cat(self.kept).mean())

    def reset_states(self):
        self.kept.clear()


@pytest.mark.parametrize(
    "metric", [OwnMetric(), OwnMetric, MeanOfOwn("own_mean"), WithoutWeights()], ids=repr
)
def test_a_metric_written_for_the_reference_works(metric) -> None:
    numbers = fitted(SHAPES["columns"], "mse", metric, "none", epochs=3)
    history = list(numbers.values())[1:]
    np.testing.assert_allclose(history[1], history[0], rtol=1e-5)  # the metric is the loss
    assert len(history) == 6
    np.testing.assert_allclose(history[4], history[3], rtol=1e-5)
    assert numbers["evaluate"][1] == pytest.approx(numbers["evaluate"][0], rel=1e-5)


def test_validation_does_not_disturb_sums_in_attributes() -> None:
    model = Model(nn.Linear(3, 1))
    metric = CountedByAttribute()
    model.compile("sgd", "mse", metrics=[metric])
    x, y = torch.randn(ROWS, 3), torch.randn(ROWS, 1)
    history = model.fit(x, y, validation_data=(x[:5], y[:5]), epochs=3, verbose=0, batch_size=4)
    assert history.history["rows"] == [ROWS] * 3
    assert history.history["val_rows"] == [5] * 3
    assert float(metric.result()) == ROWS


def test_own_weights_count_in_a_mean() -> None:
    numbers = fitted(SHAPES["columns"], "mse", MeanOfOwn("m"), "rows", epochs=1)
    ours = fitted(SHAPES["columns"], "mse", metrics.MeanSquaredError("m"), "rows", epochs=1)
    for key, values in ours.items():
        np.testing.assert_allclose(numbers[key], values, rtol=1e-5)


def test_an_incomplete_metric_is_told_of_at_compile() -> None:
    class Nothing(metrics.Metric):
        pass

    class NoResult(metrics.Metric):
        def update_state(self, y_true, y_pred, sample_weight=None):
            pass

    class NotInitialised(OwnMetric):
        def __init__(self) -> None:
            pass

    for metric, words in (
        (Nothing(), r"does not implement update_state\(\)"),
        (NoResult(), r"does not implement result\(\)"),
        (NotInitialised(), r"super\(\).__init__"),
    ):
        with pytest.raises(ArgumentError, match=words):
            Model(nn.Linear(3, 1)).compile("sgd", "mse", metrics=[metric])


# -- whose error it is


def raises(error: Exception) -> Any:
    def part(y_true, y_pred):
        raise error

    return part


@pytest.mark.parametrize(
    "error", [RuntimeError("mine"), NotImplementedError("mine"), IndexError("mine"), KeyError("k")]
)
@pytest.mark.parametrize("place", ["loss", "metric"])
def test_an_error_of_own_code_passes_as_it_is(error, place) -> None:
    model = Model(nn.Linear(3, 1))
    part = raises(error)
    model.compile("sgd", part if place == "loss" else "mse", metrics=[part] * (place == "metric"))
    with pytest.raises(type(error)) as caught:
        model.fit(np.zeros((4, 3)), np.zeros((4, 1)), verbose=0)
    assert caught.value is error
    assert f"The {place} 'part'" in error.__notes__[-1]


def test_an_error_of_own_code_in_the_model_passes_too() -> None:
    class Broken(nn.Module):
        def forward(self, x):
            raise RuntimeError("mine")

    model = Model(Broken())
    model.compile("sgd", "mse")
    with pytest.raises(RuntimeError, match=r"^mine$"):
        model.fit(np.zeros((4, 3)), np.zeros((4, 1)), verbose=0)


def test_torch_speaking_of_shapes_is_told_with_the_part_and_its_shapes() -> None:
    def product(y_true, y_pred):
        return y_true @ y_pred

    model = Model(nn.Linear(3, 2))
    model.compile("sgd", "mse", metrics=[product])
    with pytest.raises(ArgumentError, match=r"output \(4, 2\), y \(4, 2\).*'product'"):
        model.fit(np.zeros((4, 3)), np.zeros((4, 2)), verbose=0)


def test_a_loss_that_is_no_tensor_is_told_of() -> None:
    model = Model(nn.Linear(3, 1))
    model.compile("sgd", lambda y_true, y_pred: 1.0)
    with pytest.raises(ArgumentError, match="should return a tensor"):
        model.fit(np.zeros((4, 3)), np.zeros((4, 1)), verbose=0)
