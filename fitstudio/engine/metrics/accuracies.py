"""The accuracies: each its formula, one value per sample, and the class that has its settings."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from fitstudio.engine.losses.shapes import align, class_numbers, formula
from fitstudio.engine.metrics.base import metric
from fitstudio.engine.metrics.means import MeanOfFunction

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


@formula
def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How often predictions equal targets, element by element."""
    return (align(y_true, y_pred) == y_pred).to(dtype=y_pred.dtype)


@metric("Accuracy")
class Accuracy(MeanOfFunction):
    """How often predictions equal targets exactly."""

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


@formula
def binary_accuracy(y_true: Tensor, y_pred: Tensor, threshold: float = 0.5) -> Tensor:
    """How often a prediction is on the target's side of the threshold."""
    matches = align(y_true, y_pred) == (y_pred > threshold).to(dtype=y_pred.dtype)
    return matches.to(dtype=y_pred.dtype).mean(-1)


@metric("binary_accuracy")
class BinaryAccuracy(MeanOfFunction):
    """How often a prediction is on the target's side of the threshold."""

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


@formula
def categorical_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How often the largest prediction is that of the one-hot target's class."""
    return (align(y_true, y_pred).argmax(-1) == y_pred.argmax(-1)).to(dtype=y_pred.dtype)


@metric("categorical_accuracy")
class CategoricalAccuracy(MeanOfFunction):
    """How often the largest prediction is the one-hot target's class."""

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@formula
def sparse_categorical_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How often the largest prediction is that of the target's class number."""
    labels = class_numbers(y_true, y_pred)
    # A target that is no whole number is no class: it is never predicted right.
    is_right = (labels == y_pred.argmax(-1)) & (labels == y_true.reshape(labels.shape))
    return is_right.to(dtype=y_pred.dtype)


@metric("sparse_categorical_accuracy")
class SparseCategoricalAccuracy(MeanOfFunction):
    """How often the largest prediction is the target's class number."""

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


def _in_top_k(labels: Tensor, y_pred: Tensor, k: int) -> Tensor:
    own = y_pred.gather(-1, labels.unsqueeze(-1))
    # Ties count in the label's favour and NaN against it, as in the reference.
    beaten_by = (y_pred > own).sum(-1)
    return ((beaten_by < k) & own.isfinite().squeeze(-1)).to(dtype=y_pred.dtype)


@formula
def top_k_categorical_accuracy(y_true: Tensor, y_pred: Tensor, k: int = 5) -> Tensor:
    """How often the one-hot target's class is among the k largest predictions."""
    return _in_top_k(align(y_true, y_pred).argmax(-1), y_pred, k)


@metric("top_k_categorical_accuracy")
class TopKCategoricalAccuracy(MeanOfFunction):
    """How often the one-hot target's class is among the k largest predictions."""

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


@formula
def sparse_top_k_categorical_accuracy(y_true: Tensor, y_pred: Tensor, k: int = 5) -> Tensor:
    """How often the target's class number is among the k largest predictions."""
    return _in_top_k(class_numbers(y_true, y_pred), y_pred, k)


@metric("sparse_top_k_categorical_accuracy")
class SparseTopKCategoricalAccuracy(MeanOfFunction):
    """How often the target's class number is among the k largest predictions."""

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)
