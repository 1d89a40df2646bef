"""Metrics made of counts of right and wrong yes/no decisions: precision, recall, AUC and kin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fitstudio.engine.losses.shapes import align
from fitstudio.engine.metrics.base import Metric, check_probabilities, metric, safe_ratio
from fitstudio.errors import ArgumentError
from fitstudio.words import say

__all__ = [
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
]

_Thresholds = float | Sequence[float] | None


def _checked_thresholds(thresholds: _Thresholds, default: float) -> list[float]:
    given = default if thresholds is None else thresholds
    several = given if isinstance(given, (Sequence, np.ndarray)) else [given]
    try:
        values = [float(value) for value in several]
    except (TypeError, ValueError):
        values = []
    if not values or any(not 0.0 <= value <= 1.0 for value in values):
        raise ArgumentError(
            say(
                "Thresholds should be numbers from 0 to 1; {thresholds} was given.",
                thresholds=repr(thresholds),
            ),
            code="compile.metric-thresholds",
        )
    return values


class ConfusionCounts(Metric):
    """True and false positives and negatives at given thresholds.

    Args:
        thresholds: From this prediction upwards (exclusive) the answer is "yes"; one or several.
        top_k: Only the k largest predictions of a row may be "yes".
        class_id: Only this column counts.
    """

    #: Which of the four counts the subclass needs.
    needs: tuple[str, ...] = ("tp", "fp", "tn", "fn")

    def __init__(
        self,
        thresholds: _Thresholds = None,
        name: str | None = None,
        dtype: Any = None,
        *,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.given_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        # With top_k every prediction that is left counts as "yes", as in the reference.
        self.thresholds = _checked_thresholds(thresholds, 0.5 if top_k is None else 0.0)
        if top_k is not None and thresholds is None:
            self.thresholds = [-math.inf]

    def state_shapes(self) -> dict[str, Sequence[int]]:
        return {count: (len(self.thresholds),) for count in self.needs}

    def check(self, y_true: Tensor, y_pred: Tensor) -> None:
        if self.top_k is None or self.given_thresholds is not None:
            check_probabilities(self.name, y_pred)

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        self.place(y_pred.device)
        y_true = align(y_true, y_pred)
        if self.top_k is not None:
            # In a stable order, so that of equal predictions the first columns win everywhere.
            ordered = y_pred.sort(dim=-1, descending=True, stable=True)
            values, places = (each[..., : self.top_k] for each in ordered)
            y_pred = torch.full_like(y_pred, -math.inf).scatter(-1, places, values)
        weights = _row_weights(sample_weight, y_pred)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weights = None if weights is None else weights[..., self.class_id]
        positive = y_true.reshape(-1) > 0
        scores = y_pred.reshape(-1)
        flat_weights = None if weights is None else weights.reshape(-1)
        for place, threshold in enumerate(self.thresholds):
            said_yes = scores > threshold
            for count in self.needs:
                right = positive if count in ("tp", "fn") else ~positive
                answer = said_yes if count in ("tp", "fp") else ~said_yes
                hits = right & answer
                amount = hits.sum() if flat_weights is None else (hits * flat_weights).sum()
                self.state[count][place] += amount

    def _counts(self, *names: str) -> list[Tensor]:
        if not self.state:
            self.place(torch.device("cpu"))
        return [self.state[name] for name in names]

    def _shaped(self, values: Tensor) -> Tensor:
        return values[0] if len(self.thresholds) == 1 else values.clone()

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"thresholds": self.given_thresholds}
        if self.top_k is not None or self.class_id is not None:
            config |= {"top_k": self.top_k, "class_id": self.class_id}
        return config


def _row_weights(sample_weight: Tensor | None, y_pred: Tensor) -> Tensor | None:
    """Weights spread over all elements of the predictions."""
    if sample_weight is None:
        return None
    weights = sample_weight
    if weights.ndim < y_pred.ndim:
        weights = weights.reshape(weights.shape + (1,) * (y_pred.ndim - weights.ndim))
    return weights.expand_as(y_pred)


class _SingleCount(ConfusionCounts):
    def __init__(
        self, thresholds: _Thresholds = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(thresholds, name, dtype)

    def result(self) -> Tensor:
        return self._shaped(self._counts(*self.needs)[0].clone())


@metric("TruePositives")
class TruePositives(_SingleCount):
    """How many "yes" targets were predicted "yes"."""

    needs = ("tp",)


@metric("FalsePositives")
class FalsePositives(_SingleCount):
    """How many "no" targets were predicted "yes"."""

    needs = ("fp",)


@metric("TrueNegatives")
class TrueNegatives(_SingleCount):
    """How many "no" targets were predicted "no"."""

    needs = ("tn",)


@metric("FalseNegatives")
class FalseNegatives(_SingleCount):
    """How many "yes" targets were predicted "no"."""

    needs = ("fn",)


@metric("Precision")
class Precision(ConfusionCounts):
    """Of what was predicted "yes", the share that is."""

    needs = ("tp", "fp")

    def __init__(
        self,
        thresholds: _Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, top_k=top_k, class_id=class_id)

    def result(self) -> Tensor:
        """The share so far, for each threshold; 0 where nothing was called "yes"."""
        tp, fp = self._counts("tp", "fp")
        return self._shaped(safe_ratio(tp, tp + fp))


@metric("Recall")
class Recall(ConfusionCounts):
    """Of what is "yes", the share that was found."""

    needs = ("tp", "fn")

    def __init__(
        self,
        thresholds: _Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, top_k=top_k, class_id=class_id)

    def result(self) -> Tensor:
        """The share so far, for each threshold; 0 where nothing is "yes"."""
        tp, fn = self._counts("tp", "fn")
        return self._shaped(safe_ratio(tp, tp + fn))
