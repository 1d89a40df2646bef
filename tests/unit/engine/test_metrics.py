"""Metrics against scikit-learn and closed forms, over several batches, weighted and not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics as oracle

from fitstudio import metrics
from fitstudio.errors import ArgumentError

_RANDOM = np.random.default_rng(0)
SCORES = _RANDOM.random(300).round(2)
LABELS = (SCORES + 0.4 * _RANDOM.standard_normal(300) > 0.5).astype(np.float32)
WEIGHTS = _RANDOM.random(300).astype(np.float32)
CLASS_SCORES = _RANDOM.random((300, 4)).astype(np.float32)
CLASSES = _RANDOM.integers(0, 4, 300)


def fed(metric: metrics.Metric, y: np.ndarray, p: np.ndarray, w: np.ndarray | None = None) -> float:
    """The metric's value after batches of uneven size."""
    for start, stop in ((0, 128), (128, 250), (250, 300)):
        part = slice(start, stop)
        batch = [torch.from_numpy(a[part]) for a in (y, p)]
        weights = None if w is None else torch.from_numpy(w[part])
        metric.update(batch[0], batch[1], weights)
    return float(metric.result())


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_binary_metrics_match_scikit_learn(weights: np.ndarray | None) -> None:
    p = SCORES.astype(np.float32)[:, None]
    y = LABELS[:, None]
    said = SCORES > 0.5
    expected = {
        "accuracy": oracle.accuracy_score(LABELS, said, sample_weight=weights),
        "precision": oracle.precision_score(LABELS, said, sample_weight=weights),
        "recall": oracle.recall_score(LABELS, said, sample_weight=weights),
    }
    for name, value in expected.items():
        metric = metrics.get(name, output_shape=(128, 1), target_shape=(128, 1))
        assert fed(metric, y, p, weights) == pytest.approx(value, abs=1e-6), name


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_auc_with_a_threshold_between_all_scores_is_exact(weights: np.ndarray | None) -> None:
    thresholds = [(step + 0.5) / 100 for step in range(100)]
    roc = fed(metrics.AUC(thresholds=thresholds), LABELS, SCORES.astype(np.float32), weights)
    expected = oracle.roc_auc_score(LABELS, SCORES, sample_weight=weights)
    assert roc == pytest.approx(float(expected), abs=1e-6)
    pr = fed(metrics.AUC(thresholds=thresholds, curve="PR"), LABELS, SCORES.astype(np.float32))
    assert pr == pytest.approx(float(oracle.average_precision_score(LABELS, SCORES)), abs=0.01)


def test_auc_over_columns_is_the_mean_of_theirs() -> None:
    one_hot = np.eye(4, dtype=np.float32)[CLASSES]
    columns = [fed(metrics.AUC(), one_hot[:, k], CLASS_SCORES[:, k]) for k in range(4)]
    together = fed(metrics.AUC(multi_label=True), one_hot, CLASS_SCORES)
    assert together == pytest.approx(float(np.mean(columns)), abs=1e-9)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 1.0])
def test_confusion_counts(threshold: float) -> None:
    p = SCORES.astype(np.float32)
    said = p > threshold
    tn, fp, fn, tp = oracle.confusion_matrix(LABELS, said, labels=[0, 1]).ravel()
    names = {"TrueNegatives": tn, "FalsePositives": fp, "FalseNegatives": fn, "TruePositives": tp}
    for name, expected in names.items():
        assert fed(getattr(metrics, name)(thresholds=threshold), LABELS, p) == expected


def test_rates_at_rates_agree_with_the_curve() -> None:
    p = SCORES.astype(np.float32)
    fpr, tpr, _ = oracle.roc_curve(LABELS, SCORES, drop_intermediate=False)
    precision, recall, _ = oracle.precision_recall_curve(LABELS, SCORES)
    fine = {"num_thresholds": 1001}
    expected = {
        metrics.SensitivityAtSpecificity(0.8, **fine): tpr[1 - fpr >= 0.8].max(),
        metrics.SpecificityAtSensitivity(0.8, **fine): (1 - fpr)[tpr >= 0.8].max(),
        metrics.RecallAtPrecision(0.8, **fine): recall[:-1][precision[:-1] >= 0.8].max(),
        metrics.PrecisionAtRecall(0.5, **fine): precision[recall >= 0.5].max(),
    }
    for metric, value in expected.items():
        assert fed(metric, LABELS, p) == pytest.approx(float(value), abs=1e-6), metric


def test_class_metrics_match_scikit_learn() -> None:
    one_hot = np.eye(4, dtype=np.float32)[CLASSES]
    said = CLASS_SCORES.argmax(1)
    assert fed(metrics.SparseCategoricalAccuracy(), CLASSES, CLASS_SCORES) == pytest.approx(
        oracle.accuracy_score(CLASSES, said)
    )
    for k in (1, 2, 3):
        expected = oracle.top_k_accuracy_score(CLASSES, CLASS_SCORES, k=k)
        assert fed(metrics.TopKCategoricalAccuracy(k=k), one_hot, CLASS_SCORES) == pytest.approx(
            expected
        )
        sparse = metrics.SparseTopKCategoricalAccuracy(k=k)
        assert fed(sparse, CLASSES, CLASS_SCORES) == pytest.approx(expected)
    iou = oracle.jaccard_score(CLASSES, said, average="macro")
    assert fed(metrics.MeanIoU(4), CLASSES, said) == pytest.approx(iou)
    for average in ("micro", "macro", "weighted"):
        f1 = oracle.f1_score(CLASSES, said, average=average)
        assert fed(metrics.F1Score(average=average), one_hot, CLASS_SCORES) == pytest.approx(f1)


def test_regression_metrics() -> None:
    y, p = CLASS_SCORES[:, :1], CLASS_SCORES[:, 1:2]
    squared = oracle.mean_squared_error(y, p, sample_weight=WEIGHTS)
    assert fed(metrics.get("mse"), y, p, WEIGHTS) == pytest.approx(squared, rel=1e-5)
    root = fed(metrics.RootMeanSquaredError(), y, p, WEIGHTS)
    assert root == pytest.approx(squared**0.5, rel=1e-5)
    r2 = oracle.r2_score(y, p, sample_weight=WEIGHTS)
    assert fed(metrics.R2Score(), y, p, WEIGHTS) == pytest.approx(r2, rel=1e-5)
    relative = metrics.MeanRelativeError(normalizer=[2.0])
    mean_error = oracle.mean_absolute_error(y, p)
    assert fed(relative, y, p) == pytest.approx(mean_error / 2.0, rel=1e-5)
    positive = fed(metrics.get("cosine_similarity"), CLASS_SCORES, CLASS_SCORES)
    assert positive == pytest.approx(1.0)


def test_precision_of_the_top_k_and_of_one_class() -> None:
    one_hot = np.eye(4, dtype=np.float32)[CLASSES]
    said = CLASS_SCORES.argmax(1)
    top = fed(metrics.Precision(top_k=1), one_hot, CLASS_SCORES)
    assert top == pytest.approx(oracle.accuracy_score(CLASSES, said))
    of_class = fed(metrics.Recall(top_k=1, class_id=2), one_hot, CLASS_SCORES)
    assert of_class == pytest.approx(oracle.recall_score(CLASSES == 2, said == 2))


@pytest.mark.parametrize(
    ("output", "target", "kind"),
    [((9, 1), (9, 1), "binary"), ((9, 3), (9, 3), "categorical"), ((9, 3), (9, 1), "sparse")],
)
def test_accuracy_is_chosen_by_shape_and_keeps_the_name(
    output: tuple[int, ...], target: tuple[int, ...], kind: str
) -> None:
    metric = metrics.get("acc", output_shape=output, target_shape=target)
    assert metric.name == "acc"
    assert isinstance(metric, metrics.MeanOfFunction)
    assert metric.function.__name__.startswith(kind)


def test_reset_forgets_in_place_and_empty_is_zero() -> None:
    metric = metrics.Mean()
    assert float(metric.result()) == 0.0
    metric.update(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 3.0]))
    total = metric.state["total"]
    assert float(metric.result()) == pytest.approx(2.5)
    metric.reset()
    assert metric.state["total"] is total
    assert float(metric.result()) == 0.0


def test_mean_tensor_and_sum() -> None:
    mean = metrics.MeanTensor()
    mean.update_state([1.0, 2.0])
    mean.update_state([3.0, 6.0])
    assert mean.result().tolist() == [2.0, 4.0]
    total = metrics.Sum()
    total.update_state([1.0, 2.0], [1.0, 2.0])
    assert float(total.result()) == 5.0


class CountsLikeTorchmetrics:
    def __init__(self) -> None:
        self.seen = 0

    def update(self, preds: torch.Tensor, target: torch.Tensor) -> None:
        self.seen += int((preds.argmax(-1) == target).sum())

    def compute(self) -> float:
        return self.seen

    def reset(self) -> None:
        self.seen = 0


def test_torchmetrics_like_objects_are_called_predictions_first() -> None:
    metric = metrics.get(CountsLikeTorchmetrics())
    assert metric.name == "counts_like_torchmetrics"
    assert fed(metric, CLASSES[:, None], CLASS_SCORES) == (CLASS_SCORES.argmax(1) == CLASSES).sum()


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("acuracy", "accuracy"),
        ({"kind": "AUC", "curve": "ROCK"}, "ROC or PR"),
        ({"kind": "Precision", "thresholds": 2.0}, "0 or more and at most 1"),
        ({"kind": "AUC", "thresholdz": 2.0}, "thresholdz"),
        (3, "int"),
    ],
)
def test_errors_name_the_way_out(identifier: object, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        metrics.get(identifier)
