"""Per-sample metric formulas that are not losses too: the accuracies and the true cosine."""

from __future__ import annotations

from torch import Tensor

from fitstudio.engine.losses import functions as losses
from fitstudio.engine.losses.functions import align, class_numbers, formula


@formula
def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How often predictions equal targets, element by element."""
    return (align(y_true, y_pred) == y_pred).to(dtype=y_pred.dtype)


@formula
def binary_accuracy(y_true: Tensor, y_pred: Tensor, threshold: float = 0.5) -> Tensor:
    """How often a prediction is on the target's side of the threshold."""
    matches = align(y_true, y_pred) == (y_pred > threshold).to(dtype=y_pred.dtype)
    return matches.to(dtype=y_pred.dtype).mean(-1)


@formula
def categorical_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How often the largest prediction is that of the one-hot target's class."""
    return (align(y_true, y_pred).argmax(-1) == y_pred.argmax(-1)).to(dtype=y_pred.dtype)


@formula
def sparse_categorical_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How often the largest prediction is that of the target's class number."""
    labels = class_numbers(y_true, y_pred)
    # A target that is no whole number is no class: it is never predicted right.
    is_right = (labels == y_pred.argmax(-1)) & (labels == y_true.reshape(labels.shape))
    return is_right.to(dtype=y_pred.dtype)


def _in_top_k(labels: Tensor, y_pred: Tensor, k: int) -> Tensor:
    own = y_pred.gather(-1, labels.unsqueeze(-1))
    # Ties count in the label's favour and NaN against it, as in the reference.
    beaten_by = (y_pred > own).sum(-1)
    return ((beaten_by < k) & own.isfinite().squeeze(-1)).to(dtype=y_pred.dtype)


@formula
def top_k_categorical_accuracy(y_true: Tensor, y_pred: Tensor, k: int = 5) -> Tensor:
    """How often the one-hot target's class is among the k largest predictions."""
    return _in_top_k(align(y_true, y_pred).argmax(-1), y_pred, k)


@formula
def sparse_top_k_categorical_accuracy(y_true: Tensor, y_pred: Tensor, k: int = 5) -> Tensor:
    """How often the target's class number is among the k largest predictions."""
    return _in_top_k(class_numbers(y_true, y_pred), y_pred, k)


@formula
def cosine_similarity(y_true: Tensor, y_pred: Tensor, axis: int = -1) -> Tensor:
    """The cosine of the angle between target and prediction: as a metric, larger is better."""
    return -losses.cosine_similarity(y_true, y_pred, axis)
