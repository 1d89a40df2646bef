"""Every setting of losses, metrics, optimizers and schedules against the formula written out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from fitstudio import losses, metrics, optimizers
from fitstudio.engine.optimizers import kernels, schedules
from fitstudio.errors import ArgumentError

YES = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
ONE = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
LOGITS = torch.tensor([[0.3, -1.2], [2.0, 0.1], [-0.4, 0.9]])
P = LOGITS.sigmoid()
SHARES = LOGITS.softmax(-1)


def entropy(y: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
    return -(y * p.log() + (1 - y) * (1 - p).log())


def same(found: Any, expected: Any, within: float = 1e-5) -> None:
    assert float(found) == pytest.approx(float(expected), rel=within)


# -- losses


def test_smoothed_yes_and_no() -> None:
    smooth = 0.8 * YES + 0.1
    loss = losses.BinaryCrossentropy(label_smoothing=0.2)
    same(loss(YES, P), entropy(smooth, P).mean())
    focal = losses.BinaryFocalCrossentropy(gamma=0.0, label_smoothing=0.2)
    same(focal(YES, P), entropy(smooth, P).mean())


def test_scores_in_place_of_probabilities() -> None:
    scores = losses.BinaryCrossentropy(from_logits=True)
    same(scores(YES, LOGITS), entropy(YES, P).mean())
    column = YES[:, :1]
    same(scores(column, LOGITS), entropy(column.expand_as(P), P).mean())


def test_focal_crossentropy_weighs_hard_samples_and_classes() -> None:
    right = YES * P + (1 - YES) * (1 - P)
    weight = (1 - right) ** 3 * (YES * 0.7 + (1 - YES) * 0.3)
    expected = (weight * entropy(YES, P)).mean()
    settings = {"gamma": 3.0, "alpha": 0.7, "apply_class_balancing": True}
    same(losses.BinaryFocalCrossentropy(**settings)(YES, P), expected)
    same(losses.BinaryFocalCrossentropy(**settings, from_logits=True)(YES, LOGITS), expected)


def test_smoothed_classes() -> None:
    smooth = 0.9 * ONE + 0.05
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)
    same(loss(ONE, SHARES), -(smooth * SHARES.log()).sum(-1).mean())


def test_focal_crossentropy_of_classes_from_scores() -> None:
    loss = losses.CategoricalFocalCrossentropy(alpha=0.5, gamma=2.0, from_logits=True)
    expected = -(0.5 * ONE * (1 - SHARES) ** 2 * SHARES.log()).sum(-1).mean()
    same(loss(ONE, LOGITS), expected)


def test_class_numbers_may_stand_in_a_column() -> None:
    loss = losses.SparseCategoricalCrossentropy()
    numbers = torch.tensor([0, 1, 0])
    same(loss(numbers[:, None], SHARES), loss(numbers, SHARES))
    with pytest.raises(ArgumentError, match="shape"):
        loss(torch.zeros(3, 2, 2, dtype=torch.int64), SHARES)


def test_targets_with_an_axis_too_many_are_fitted() -> None:
    same(losses.get("mse")(YES[..., None], P), (YES - P).square().mean())
    with pytest.raises(ArgumentError, match="shape"):
        losses.get("mse")(torch.zeros(3, 2, 2, 2), P)


# -- metrics


@pytest.mark.parametrize(
    "metric",
    [
        metrics.Precision(),
        metrics.TruePositives(),
        metrics.AUC(),
        metrics.MeanIoU(2),
        metrics.F1Score(),
        metrics.R2Score(),
    ],
    ids=lambda each: each.name,
)
def test_without_any_batch_a_metric_is_nought(metric: Any) -> None:
    assert float(metric.result().sum()) == 0.0


@pytest.mark.parametrize(
    ("kind", "settings", "word"),
    [
        (metrics.AUC, {"summation_method": "exact"}, "summation_method"),
        (metrics.AUC, {"curve": "ROCK"}, "curve"),
        (metrics.AUC, {"num_thresholds": 1}, "num_thresholds"),
        (metrics.AUC, {"thresholds": [0.5, 2.0]}, "Thresholds should be"),
        (metrics.SensitivityAtSpecificity, {"specificity": 2.0}, "specificity"),
        (metrics.PrecisionAtRecall, {"recall": 0.5, "num_thresholds": 0}, "num_thresholds"),
        (metrics.F1Score, {"average": "mean"}, "average"),
        (metrics.R2Score, {"class_aggregation": "sum"}, "class_aggregation"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(kind: Any, settings: Any, word: str) -> None:
    with pytest.raises(ArgumentError, match=word):
        kind(**settings)


@pytest.mark.parametrize(
    ("metric", "settings"),
    [
        (metrics.Precision(thresholds=0.3, top_k=2), {"thresholds": 0.3, "top_k": 2}),
        (metrics.SensitivityAtSpecificity(0.5), {"specificity": 0.5}),
        (metrics.MeanIoU(3), {"num_classes": 3}),
        (metrics.MeanRelativeError([1.0, 2.0]), {"normalizer": [1.0, 2.0]}),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_a_metric_can_be_made_again_from_its_settings(metric: Any, settings: Any) -> None:
    config = metric.get_config()
    assert config | settings == config
    assert type(metric).from_config(config).get_config() == config


def test_areas_of_labels_count_by_their_weights() -> None:
    generator = torch.Generator().manual_seed(0)
    y = (torch.rand(50, 2, generator=generator) > 0.5).float()
    p = torch.rand(50, 2, generator=generator)
    areas = []
    for label in range(2):
        alone = metrics.AUC()
        alone.update_state(y[:, label], p[:, label])
        areas.append(float(alone.result()))
    both = metrics.AUC(multi_label=True, label_weights=[3.0, 1.0])
    both.update_state(y, p)
    same(both.result(), (3 * areas[0] + areas[1]) / 4)

    # Rows weigh in each label alike; a label of no weight is as if it were not there.
    rows = torch.rand(50, generator=generator)
    weighted, alone = metrics.AUC(multi_label=True, label_weights=[1.0, 0.0]), metrics.AUC()
    weighted.update_state(y, p, rows)
    alone.update_state(y[:, 0], p[:, 0], rows)
    same(weighted.result(), alone.result())
    flat = metrics.AUC(label_weights=[1.0, 0.0])
    flat.update_state(y, p, rows)
    same(flat.result(), alone.result())


def test_the_overlap_of_classes_counts_weights() -> None:
    true, said = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 1, 1])
    metric = metrics.MeanIoU(2)
    metric.update_state(true, said, torch.tensor([1.0, 2.0, 3.0, 4.0]))
    same(metric.result(), (1 / 3 + 7 / 9) / 2)


def test_f1_above_a_threshold() -> None:
    y, p = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.9, 0.4], [0.2, 0.8]])
    metric = metrics.F1Score(threshold=0.5)
    metric.update_state(y, p)
    assert metric.result().tolist() == pytest.approx([2 / 3, 1.0])


def test_r2_over_columns_and_for_several_regressors() -> None:
    y = torch.tensor([[1.0, 10.0], [2.0, 30.0], [4.0, 20.0], [3.0, 0.0]])
    p = torch.tensor([[1.5, 12.0], [2.0, 25.0], [3.0, 20.0], [3.0, 5.0]])
    errors, spread = (y - p).square().sum(0), (y - y.mean(0)).square().sum(0)
    each = 1 - errors / spread
    expected = {
        "uniform_average": each.mean(),
        "variance_weighted_average": (each * spread).sum() / spread.sum(),
    }
    for aggregation, value in expected.items():
        metric = metrics.R2Score(class_aggregation=aggregation)
        metric.update_state(y, p)
        same(metric.result(), value)
    adjusted = metrics.R2Score(num_regressors=1)
    adjusted.update_state(y, p)
    same(adjusted.result(), 1 - (1 - each.mean()) * 3 / 2)


def test_classes_along_another_axis_are_refused() -> None:
    with pytest.raises((NotImplementedError, ArgumentError), match="axis"):
        metrics.SparseCategoricalCrossentropy(axis=1)


# -- optimizers


def test_adam_of_weights_in_sixteen_bits_follows_the_formula() -> None:
    weight = nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.bfloat16))
    optimizer = optimizers.Adam(0.25)
    optimizer.build([("weight", weight)])
    optimizer.apply(["weight"], [torch.tensor([1.0, -4.0], dtype=torch.bfloat16)])
    # The first step of Adam is the learning rate, against the sign of the gradient.
    assert weight.tolist() == pytest.approx([0.75, -1.75], rel=0.02)
    assert not kernels.usable([weight])
    assert not kernels.available("meta")


def test_ftrl_without_a_rate_changes_nothing() -> None:
    weight = nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = optimizers.Ftrl(0.0)
    optimizer.build([("weight", weight)])
    optimizer.apply(["weight"], [torch.ones(2)])
    assert weight.tolist() == [1.0, -2.0]


@pytest.mark.parametrize("name", ["Adadelta", "Ftrl", "Adam", "SGD", "RMSprop", "Adagrad"])
def test_an_optimizer_can_be_made_again_from_its_settings(name: str) -> None:
    config = optimizers.get({"name": name, "learning_rate": 0.25}).get_config()
    again = type(optimizers.get(name)).from_config(config)
    assert again.get_config() == config
    assert float(again.learning_rate) == 0.25


# -- schedules


def test_schedules_in_stairs() -> None:
    falling = schedules.ExponentialDecay(1.0, 10, 0.5, staircase=True)
    assert [falling(step) for step in (0, 9, 10, 25)] == [1.0, 1.0, 0.5, 0.25]
    slower = schedules.InverseTimeDecay(1.0, 10, 1.0, staircase=True)
    assert [slower(step) for step in (0, 9, 10, 25)] == [1.0, 1.0, 0.5, 1 / 3]


def test_a_polynomial_that_rises_again() -> None:
    rate = schedules.PolynomialDecay(1.0, 10, 0.0, power=2.0, cycle=True)
    assert [rate(step) for step in (0, 5, 10)] == [1.0, 0.25, 0.0]
    assert rate(15) == pytest.approx((1 - 15 / 20) ** 2)


def test_half_a_cosine_ends_at_its_share() -> None:
    rate = schedules.CosineDecay(2.0, 10, alpha=0.1)
    assert rate(0) == 2.0
    assert rate(5) == pytest.approx(2.0 * (0.9 * 0.5 * (1 + math.cos(math.pi / 2)) + 0.1))
    assert rate(10) == rate(99) == pytest.approx(0.2)


def test_a_schedule_can_be_made_again_from_its_settings() -> None:
    rate = schedules.PiecewiseConstantDecay([5], [1.0, 0.5])
    again = schedules.PiecewiseConstantDecay.from_config(rate.get_config())
    assert [again(step) for step in (5, 6)] == [1.0, 0.5]
    with pytest.raises(ValueError, match="one more value"):
        schedules.PiecewiseConstantDecay([5], [1.0])
    with pytest.raises(ArgumentError, match="does not take"):
        schedules.deserialize({"class_name": "CosineDecay", "config": {"steps": 3}})
    with pytest.raises(NotImplementedError, match="__call__"):
        schedules.LearningRateSchedule()(0)


def test_numpy_numbers_are_numbers() -> None:
    assert float(optimizers.SGD(np.float32(0.5)).learning_rate) == 0.5  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "area"), [("minoring", 7 / 18), ("majoring", 23 / 36)])
def test_steps_below_and_above_the_curve_of_precision_and_recall(method: str, area: float) -> None:
    # Recall falls by a third at a time, from precision 3/4 over 2/3 and 1/2 to 0.
    metric = metrics.AUC(curve="PR", summation_method=method)
    metric.update_state(torch.tensor([0.0, 1.0, 1.0, 1.0]), torch.tensor([0.9, 0.8, 0.3, 0.6]))
    same(metric.result(), area)
