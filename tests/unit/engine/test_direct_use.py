"""Losses and metrics called by hand, with arrays, lists and single numbers, as in the reference."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from fitstudio.engine import losses, metrics
from fitstudio.errors import ArgumentError

LABELS = np.array([1.0, 0.0, 1.0])
Y, P = np.eye(2)[[1, 0, 1]], np.array([[0.25, 0.75], [0.625, 0.375], [0.875, 0.125]])
WITHOUT_ARGUMENTS = [
    cls
    for cls in metrics.REGISTER.classes.values()
    if "At" not in cls.__name__ and cls.__name__ not in ("MeanIoU", "MeanRelativeError")
]


def value(metric: metrics.Metric, *batch, **keywords) -> float:
    metric.update_state(*batch, **keywords)
    return float(metric.result())


@pytest.mark.parametrize("cls", WITHOUT_ARGUMENTS, ids=lambda cls: cls.__name__)
def test_metrics_take_arrays_lists_and_numbers(cls) -> None:
    settings = {"average": "macro"} if cls is metrics.F1Score else {}
    y = LABELS if "Sparse" in cls.__name__ else Y
    weights = np.array([1.0, 2.0, 0.5])
    wanted = value(cls(**settings), torch.tensor(y), torch.tensor(P), torch.tensor(weights))
    assert value(cls(**settings), y, P, sample_weight=weights) == pytest.approx(wanted)
    assert value(cls(**settings), y.tolist(), P.tolist(), weights.tolist()) == pytest.approx(wanted)
    halved = cls(**settings)
    assert np.isfinite(value(halved, y, P, sample_weight=0.5))
    whole = cls(**settings)(y.tolist(), P.tolist())
    times = 0.5 if cls.__name__.endswith(("Positives", "Negatives")) else 1.0
    assert float(halved.result()) == pytest.approx(float(whole) * times)


@pytest.mark.parametrize("name", sorted(losses.FUNCTIONS))
def test_loss_functions_take_arrays_and_lists(name) -> None:
    y = LABELS if "sparse" in name else Y
    function = losses.FUNCTIONS[name]
    wanted = function(torch.tensor(y), torch.tensor(P))
    assert torch.equal(function(y, P), wanted)
    assert torch.allclose(function(y.tolist(), P.tolist()).double(), wanted)


def test_losses_show_their_settings() -> None:
    assert losses.Huber(delta=2.0).delta == 2.0
    assert losses.BinaryFocalCrossentropy(gamma=3.0).gamma == 3.0
    with pytest.raises(AttributeError, match="no attribute 'delta'"):
        _ = losses.MeanSquaredError().delta


def test_losses_and_metrics_become_plain_data_and_back() -> None:
    for kind, made in [
        *((losses, cls()) for cls in losses.REGISTER.classes.values()),
        *((metrics, cls()) for cls in WITHOUT_ARGUMENTS),
        (metrics, metrics.AUC(curve="PR", from_logits=True)),
        (metrics, metrics.R2Score(None, 2)),
    ]:
        again = kind.deserialize(json.loads(json.dumps(kind.serialize(made))))
        assert type(again) is type(made)
        assert again.get_config() == made.get_config()


def test_small_numbers_are_the_references() -> None:
    assert value(metrics.Sum(), torch.tensor(100), sample_weight=torch.tensor(0.5)) == 50.0
    at = metrics.PrecisionAtRecall(1.0, num_thresholds=10)
    assert value(at, [[1.0], [0.0], [0.0]], [[0.05], [0.05], [0.0]]) == 0.5  # a 0 is no "yes"
    assert value(metrics.F1Score("macro"), [[1.0]], [[0.0]]) == 0.0
    first = metrics.Precision(top_k=1)
    assert value(first, torch.eye(64)[:1], torch.full((1, 64), 0.5)) == 1.0


@pytest.mark.parametrize("constant", [1.0, 0.1, 1e6 + 0.1])
def test_of_a_constant_nothing_is_explained(constant) -> None:
    y = torch.full((7, 1), constant)
    assert value(metrics.R2Score(), y, y) == 1.0
    assert value(metrics.R2Score(), y, y + torch.arange(7.0)[:, None]) == 0.0


def test_sums_of_another_shape_are_refused() -> None:
    for metric, first, second in (
        (metrics.MeanTensor(), (torch.ones(4, 2),), (torch.ones(1, 2),)),
        (metrics.F1Score("macro"), (torch.eye(3), torch.eye(3)), (torch.eye(2), torch.eye(2))),
        (metrics.R2Score(), (torch.eye(3), torch.eye(3)), (torch.eye(2), torch.eye(2))),
        (metrics.AUC(multi_label=True), (torch.eye(3),) * 2, (torch.eye(2),) * 2),
    ):
        metric.update_state(*first)
        with pytest.raises(ArgumentError, match="was given"):
            metric.update_state(*second)


@pytest.mark.parametrize("scores", [[[-9.0], [-8.0], [-7.0]], [[0.5], [0.9], [1.5]]], ids=str)
def test_thresholds_are_for_probabilities(scores) -> None:
    made = [metrics.AUC(), metrics.Precision(), metrics.Recall(), metrics.TruePositives()]
    made += [metrics.SensitivityAtSpecificity(0.5), metrics.PrecisionAtRecall(0.5)]
    for metric in made:
        with pytest.raises(ArgumentError, match="predictions must be >= 0"):
            metric.update_state(LABELS[:, None], scores)
    assert 0.0 <= value(metrics.AUC(from_logits=True), LABELS[:, None], scores) <= 1.0


@pytest.mark.parametrize("thresholds", [[None], [0.5, 2.0], [], ["a"]], ids=str)
def test_wrong_thresholds(thresholds) -> None:
    with pytest.raises(ArgumentError, match="Thresholds should be"):
        metrics.TruePositives(thresholds=thresholds)
