"""Metrics over the whole table of true against predicted classes: MeanIoU and F1Score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.losses.shapes import align
from fitstudio.engine.metrics.base import (
    Metric,
    accumulator_dtype,
    check_columns,
    metric,
    safe_ratio,
    weights_by_row,
)
from fitstudio.errors import ArgumentError
from fitstudio.words import say

__all__ = [
    "F1Score",
    "MeanIoU",
]


@metric("MeanIoU")
class MeanIoU(Metric):
    """Mean over classes of intersection over union; targets and predictions are class numbers."""

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.num_classes = num_classes

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """A table of true against predicted classes."""
        return {"confusion": (self.num_classes, self.num_classes)}

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Adds class numbers, of any shape."""
        self.place(y_pred.device)
        true = y_true.reshape(-1).long()
        predicted = y_pred.reshape(-1).long()
        amounts = torch.ones_like(true, dtype=accumulator_dtype(true.device))
        if sample_weight is not None:
            spread = sample_weight.reshape(
                sample_weight.shape + (1,) * max(y_pred.ndim - sample_weight.ndim, 0)
            )
            amounts = amounts * spread.expand_as(y_pred).reshape(-1)
        cells = self.state["confusion"].view(-1)
        cells.scatter_add_(0, true * self.num_classes + predicted, amounts)

    def result(self) -> Tensor:
        """The mean over the classes that were seen at all."""
        if not self.state:
            return torch.tensor(0.0)
        table = self.state["confusion"]
        union = table.sum(0) + table.sum(1) - table.diagonal()
        seen = (union > 0).sum()
        return safe_ratio(safe_ratio(table.diagonal(), union).sum(), seen.to(table.dtype))

    def get_config(self) -> dict[str, Any]:
        """With the number of classes."""
        return super().get_config() | {"num_classes": self.num_classes}


@metric("F1Score")
class F1Score(Metric):
    """Harmonic mean of precision and recall per class; targets are one-hot or yes/no columns.

    Args:
        average: None for one value per class, else ``"micro"``, ``"macro"`` or ``"weighted"``.
        threshold: A prediction above it is "yes"; None takes the largest of each row.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        if average not in (None, "micro", "macro", "weighted"):
            raise ArgumentError(
                say(
                    "average should be None, 'micro', 'macro' or 'weighted'; {average} was given.",
                    average=repr(average),
                ),
                code="compile.metric-setting",
            )
        self.average = average
        self.threshold = threshold
        self.columns = 1

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """Hits, false alarms, misses and rows, for each column."""
        return dict.fromkeys(("tp", "fp", "fn", "rows"), (self.columns,))

    def learn_shapes(self, y_true: Tensor, y_pred: Tensor) -> None:
        """Takes the number of classes from the width of the predictions."""
        self.columns, self.state = y_pred.shape[-1], {}

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Adds one-hot or yes/no targets of shape (…, classes).

        Raises:
            ArgumentError: If the width differs from that of earlier batches.
        """
        y_true = align(y_true, y_pred)
        if not self.state:
            self.learn_shapes(y_true, y_pred)
        check_columns(self.name, self.columns, y_pred)
        self.place(y_pred.device)
        true = y_true.reshape(-1, self.columns) > 0
        scores = y_pred.reshape(-1, self.columns)
        if self.threshold is None:
            # As in the reference, a row of zeros says "yes" to nothing.
            said = (scores == scores.amax(-1, keepdim=True)) & (scores.abs() > 1e-9)
        else:
            said = scores > self.threshold
        weights = weights_by_row(sample_weight, y_pred)
        if weights is None:
            weights = torch.ones_like(scores[:, :1])
        self.state["tp"] += ((true & said) * weights).sum(0)
        self.state["fp"] += ((~true & said) * weights).sum(0)
        self.state["fn"] += ((true & ~said) * weights).sum(0)
        self.state["rows"] += (true * weights).sum(0)

    def result(self) -> Tensor:
        """One value, or one a class where nothing is averaged."""
        if not self.state:
            return torch.tensor(0.0)
        tp, fp, fn = self.state["tp"], self.state["fp"], self.state["fn"]
        if self.average == "micro":
            tp, fp, fn = tp.sum(), fp.sum(), fn.sum()
        scores = safe_ratio(2.0 * tp, 2.0 * tp + fp + fn)
        if self.average is None or self.average == "micro":
            return scores
        if self.average == "macro":
            return scores.mean()
        return safe_ratio((scores * self.state["rows"]).sum(), self.state["rows"].sum())

    def get_config(self) -> dict[str, Any]:
        """With the average and the threshold."""
        return super().get_config() | {"average": self.average, "threshold": self.threshold}
