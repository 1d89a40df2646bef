"""Each loss that is watched as a metric, and each accuracy, against its formula in numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from fitstudio import metrics

_RANDOM = np.random.default_rng(3)
ROWS = 50
NUMBERS = _RANDOM.uniform(0.2, 3.0, (ROWS, 2))
GUESSES = NUMBERS + _RANDOM.normal(0.0, 0.3, (ROWS, 2)).clip(-0.15, 0.9)
CLASSES = _RANDOM.integers(0, 4, ROWS)
ONE_HOT = np.eye(4)[CLASSES]
SCORES = _RANDOM.normal(0.0, 2.0, (ROWS, 4))
CHANCES = np.exp(SCORES) / np.exp(SCORES).sum(1, keepdims=True)
YES = _RANDOM.integers(0, 2, (ROWS, 1)).astype(float)
CERTAINTY = _RANDOM.uniform(0.05, 0.95, (ROWS, 1))
WEIGHTS = _RANDOM.uniform(0.0, 2.0, ROWS)
SIGNS = 2 * YES - 1
Made = Callable[[], metrics.Metric]


def binary(truth: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Cross-entropy of yes or no, of each row."""
    return -(truth * np.log(chance) + (1 - truth) * np.log(1 - chance)).mean(1)


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def sides(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """How far the best wrong class comes up to the right one, with a margin of 1."""
    right = (truth * scores).sum(1)
    wrong = np.where(truth == 1, -np.inf, scores).max(1)
    return np.maximum(0.0, np.maximum(0.0, wrong) - right + 1)


OFF = NUMBERS - GUESSES
SAID = (CERTAINTY > 0.5).astype(float)
LOGITS = np.log(CERTAINTY / (1 - CERTAINTY))
MARGINS = np.maximum(0.0, 1 - SIGNS * LOGITS)
SMOOTH = ONE_HOT * 0.8 + 0.2 / 4
RIGHT = CHANCES[np.arange(ROWS), CLASSES]
RANK = (RIGHT[:, None] < CHANCES).sum(1)
# A metric, its targets, its predictions, and what each row has to count.
CASES: dict[str, tuple[Made, np.ndarray, np.ndarray, np.ndarray]] = {
    "mean squared": (metrics.MeanSquaredError, NUMBERS, GUESSES, (OFF**2).mean(1)),
    "mean absolute": (metrics.MeanAbsoluteError, NUMBERS, GUESSES, np.abs(OFF).mean(1)),
    "per cent": (
        metrics.MeanAbsolutePercentageError, NUMBERS, GUESSES,
        100 * np.abs((NUMBERS - GUESSES) / NUMBERS).mean(1),
    ),
    "logarithmic": (
        metrics.MeanSquaredLogarithmicError, NUMBERS, GUESSES,
        ((np.log1p(NUMBERS) - np.log1p(GUESSES)) ** 2).mean(1),
    ),
    "log-cosh": (
        metrics.LogCoshError, NUMBERS, GUESSES, np.log(np.cosh(GUESSES - NUMBERS)).mean(1)
    ),
    "cosine": (
        metrics.CosineSimilarity, NUMBERS, GUESSES, (unit(NUMBERS) * unit(GUESSES)).sum(1)
    ),
    "poisson": (
        metrics.Poisson, NUMBERS, GUESSES, (GUESSES - NUMBERS * np.log(GUESSES)).mean(1)
    ),
    "hinge": (metrics.Hinge, SIGNS, LOGITS, MARGINS.mean(1)),
    "hinge of 0 and 1": (metrics.Hinge, YES, LOGITS, MARGINS.mean(1)),
    "squared hinge": (metrics.SquaredHinge, SIGNS, LOGITS, (MARGINS**2).mean(1)),
    "categorical hinge": (metrics.CategoricalHinge, ONE_HOT, SCORES, sides(ONE_HOT, SCORES)),
    "divergence": (
        metrics.KLDivergence, SMOOTH, CHANCES, (SMOOTH * np.log(SMOOTH / CHANCES)).sum(1)
    ),
    "binary": (metrics.BinaryCrossentropy, YES, CERTAINTY, binary(YES, CERTAINTY)),
    "binary of scores": (
        lambda: metrics.BinaryCrossentropy(from_logits=True), YES, LOGITS, binary(YES, CERTAINTY)
    ),
    "binary, smoothed": (
        lambda: metrics.BinaryCrossentropy(label_smoothing=0.2), YES, CERTAINTY,
        binary(0.8 * YES + 0.1, CERTAINTY),
    ),
    "categorical": (metrics.CategoricalCrossentropy, ONE_HOT, CHANCES, -np.log(RIGHT)),
    "categorical, smoothed, of scores": (
        lambda: metrics.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2), ONE_HOT,
        SCORES, -(SMOOTH * np.log(CHANCES)).sum(1),
    ),
    "sparse": (metrics.SparseCategoricalCrossentropy, CLASSES, CHANCES, -np.log(RIGHT)),
    "sparse of scores": (
        lambda: metrics.SparseCategoricalCrossentropy(from_logits=True), CLASSES, SCORES,
        -np.log(RIGHT),
    ),
    "equal": (metrics.Accuracy, YES, SAID, (SAID == YES)[:, 0]),
    "binary accuracy": (metrics.BinaryAccuracy, YES, CERTAINTY, (SAID == YES)[:, 0]),
    "binary accuracy at 0.8": (
        lambda: metrics.BinaryAccuracy(threshold=0.8), YES, CERTAINTY,
        ((CERTAINTY > 0.8) == YES)[:, 0],
    ),
    "categorical accuracy": (metrics.CategoricalAccuracy, ONE_HOT, CHANCES, RANK == 0),
    "sparse accuracy": (metrics.SparseCategoricalAccuracy, CLASSES, CHANCES, RANK == 0),
    "the two largest": (
        lambda: metrics.TopKCategoricalAccuracy(k=2), ONE_HOT, CHANCES, RANK < 2
    ),
    "the three largest, sparse": (
        lambda: metrics.SparseTopKCategoricalAccuracy(k=3), CLASSES, CHANCES, RANK < 3
    ),
}  # fmt: skip


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("name", CASES)
def test_a_metric_is_the_mean_of_its_formula_over_all_rows(name: str, weighted: bool) -> None:
    make, truth, answers, each = CASES[name]
    metric = make()
    for rows in (slice(0, 7), slice(7, ROWS)):
        weights = torch.tensor(WEIGHTS[rows]) if weighted else None
        metric.update(torch.tensor(truth[rows]), torch.tensor(answers[rows]), weights)
    expected = np.average(each.astype(float), weights=WEIGHTS if weighted else None)
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_one_answer_is_never_among_the_largest_where_it_is_no_number() -> None:
    answers = torch.tensor([[0.1, float("nan")], [0.1, 0.9]])
    metric = metrics.SparseTopKCategoricalAccuracy(k=2)
    metric.update(torch.tensor([1, 1]), answers)
    assert float(metric.result()) == 0.5


def test_a_target_that_is_no_whole_number_is_never_right() -> None:
    metric = metrics.SparseCategoricalAccuracy()
    metric.update(torch.tensor([1.0, 1.4]), torch.tensor([[0.1, 0.9], [0.1, 0.9]]))
    assert float(metric.result()) == 0.5


def test_classes_stand_in_the_last_axis_only() -> None:
    with pytest.raises(NotImplementedError, match="last axis"):
        metrics.SparseCategoricalCrossentropy(axis=1)


def test_the_name_of_a_metric_is_its_own_to_choose() -> None:
    assert metrics.TopKCategoricalAccuracy(name="among_five").name == "among_five"
    assert metrics.LogCoshError().name == "logcosh"
    assert metrics.KLDivergence().name == "kullback_leibler_divergence"
