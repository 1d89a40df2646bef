"""Lets an object with update, compute and reset, as torchmetrics has them, serve as a metric."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.losses.shapes import align
from fitstudio.engine.metrics.base import Metric
from fitstudio.engine.naming import snake_case


def is_torch_metric(value: object) -> bool:
    """Whether the object has torchmetrics' three methods."""
    methods = ("update", "compute", "reset")
    return all(callable(getattr(value, method, None)) for method in methods)


class TorchMetric(Metric):
    """Calls ``update(predictions, targets)``, ``compute()`` and ``reset()`` of the object it wraps.

    Sample weights are passed on only if its ``update`` has a parameter ``sample_weight``.
    """

    def __init__(self, metric: Any, name: str | None = None) -> None:
        super().__init__(name or getattr(metric, "name", None) or snake_case(type(metric).__name__))
        self.metric = metric
        self._takes_weights = "sample_weight" in inspect.signature(metric.update).parameters

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """None of ours: the object keeps its own sums."""
        return {}

    def place(self, device: torch.device) -> None:
        """Moves the object where the outputs are, if it can be moved."""
        if hasattr(self.metric, "to"):
            self.metric = self.metric.to(device)

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Calls the object in its order, predictions first; a column of class numbers goes flat."""
        self.place(y_pred.device)
        same_rank = y_true.ndim == y_pred.ndim
        if same_rank and y_true.shape[-1] == 1 and y_pred.shape[-1] != 1:
            y_true = y_true.squeeze(-1)
        elif y_pred.ndim == y_true.ndim + 1 and y_pred.shape[-1] == 1:
            y_true = align(y_true, y_pred)
        if self._takes_weights:
            self.metric.update(y_pred, y_true, sample_weight=sample_weight)
        else:
            self.metric.update(y_pred, y_true)

    def result(self) -> Tensor:
        """What the object computes, as a tensor."""
        return torch.as_tensor(self.metric.compute())

    def reset(self) -> None:
        """Has the object forget all batches."""
        self.metric.reset()
