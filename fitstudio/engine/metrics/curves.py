"""Metrics over many thresholds at once: AUC, and one rate at a given value of another."""

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
    check_probabilities,
    metric,
    safe_ratio,
    weights_by_row,
)
from fitstudio.errors import ArgumentError
from fitstudio.words import say

__all__ = [
    "AUC",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
]

_EDGE = 1e-7


def _inner_thresholds(number: int) -> list[float]:
    """Evenly spaced thresholds between 0 and 1, those two left out."""
    return [place / (number - 1) for place in range(1, number - 1)]


class ThresholdCurve(Metric):
    """Counts of positive and negative samples between neighbouring thresholds.

    Every prediction is put into one bucket, however many thresholds there are; the confusion
    counts at all thresholds are running sums over the buckets. Whole counts stay exact in double
    precision, so that the result does not depend on the order in which a GPU adds.
    """

    def __init__(
        self, thresholds: Sequence[float], name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name, dtype)
        self.thresholds = list(thresholds)
        self.columns = 1

    def state_shapes(self) -> dict[str, Sequence[int]]:
        shape = (self.columns, len(self.thresholds) + 1)
        return {"positives": shape, "negatives": shape}

    def place(self, device: torch.device) -> None:
        super().place(device)
        if not hasattr(self, "_edges") or self._edges.device != device:
            # In the predictions' precision: a prediction equal to a threshold is not above it.
            self._edges = torch.tensor(self.thresholds, dtype=torch.float32, device=device)

    def check(self, y_true: Tensor, y_pred: Tensor) -> None:
        check_probabilities(self.name, y_pred)

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        y_true = align(y_true, y_pred)
        self._count(y_true.reshape(-1, 1), y_pred.reshape(-1, 1), _flat(sample_weight, y_pred))

    def _count(self, y_true: Tensor, y_pred: Tensor, weights: Tensor | None) -> None:
        """Adds rows of shape (n, columns)."""
        self.place(y_pred.device)
        dtype = accumulator_dtype(y_pred.device)
        buckets = torch.searchsorted(self._edges, y_pred.float().contiguous())
        amounts = torch.ones_like(y_pred, dtype=dtype)
        if weights is not None:
            amounts = amounts * weights
        positive = y_true > 0
        nothing = torch.zeros_like(amounts)
        for name, chosen in (("positives", positive), ("negatives", ~positive)):
            kept = torch.where(chosen, amounts, nothing)
            self.state[name].scatter_add_(1, buckets.t().contiguous(), kept.t().contiguous())

    def _confusion(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """True positives, false positives, true negatives, false negatives at each threshold."""
        if not self.state:
            self.place(torch.device("cpu"))
        positives, negatives = self.state["positives"], self.state["negatives"]
        # Bucket i holds what lies above i thresholds, so threshold t is passed by buckets > t.
        below_positive = positives.cumsum(1)[:, :-1]
        below_negative = negatives.cumsum(1)[:, :-1]
        true_positives = positives.sum(1, keepdim=True) - below_positive
        false_positives = negatives.sum(1, keepdim=True) - below_negative
        return true_positives, false_positives, below_negative, below_positive


def _flat(sample_weight: Tensor | None, y_pred: Tensor) -> Tensor | None:
    if sample_weight is None:
        return None
    missing = y_pred.ndim - sample_weight.ndim
    weights = sample_weight.reshape(sample_weight.shape + (1,) * max(missing, 0))
    return weights.expand_as(y_pred).reshape(-1, 1)


@metric("AUC")
class AUC(ThresholdCurve):
    """Area under the ROC or the precision-recall curve.

    Args:
        num_thresholds: How many thresholds approximate the curve.
        curve: ``"ROC"`` or ``"PR"``.
        summation_method: ``"interpolation"``, ``"minoring"`` or ``"majoring"``.
        thresholds: The inner thresholds, in place of ``num_thresholds`` evenly spaced ones.
        multi_label: One curve per column, averaged, instead of one over all elements.
        num_labels: Number of columns, with ``multi_label``.
        label_weights: Weight of each column: in the mean with ``multi_label``, else of
            its elements.
        from_logits: Predictions are logits: a sigmoid is applied first.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        if curve not in ("ROC", "PR"):
            raise _choice_error("curve", curve, ("ROC", "PR"))
        methods = ("interpolation", "minoring", "majoring")
        if summation_method not in methods:
            raise _choice_error("summation_method", summation_method, methods)
        if thresholds is None:
            if num_thresholds < 2:
                raise ArgumentError(
                    say(
                        "num_thresholds should be 2 or more; {num_thresholds} was given.",
                        num_thresholds=repr(num_thresholds),
                    ),
                    code="compile.metric-thresholds",
                )
            edges = [0.0 - _EDGE, *_inner_thresholds(num_thresholds), 1.0 + _EDGE]
        else:
            if any(not 0.0 <= value <= 1.0 for value in thresholds):
                raise ArgumentError(
                    say(
                        "Thresholds should be numbers from 0 to 1; {thresholds} was given.",
                        thresholds=repr(thresholds),
                    ),
                    code="compile.metric-thresholds",
                )
            edges = [0.0 - _EDGE, *sorted(thresholds), 1.0 + _EDGE]
        super().__init__(edges, name, dtype)
        self.num_thresholds = len(edges)
        self.curve = curve
        self.summation_method = summation_method
        self.multi_label = multi_label
        self.columns = num_labels or 1
        self.label_weights = None if label_weights is None else torch.as_tensor(label_weights)
        self.from_logits = from_logits

    def check(self, y_true: Tensor, y_pred: Tensor) -> None:
        """Refuses predictions that are no probabilities, unless they are logits.

        Raises:
            ArgumentError: If one is outside of 0 to 1.
        """
        if not self.from_logits:
            check_probabilities(self.name, y_pred, say("or take AUC(from_logits=True)"))

    def learn_shapes(self, y_true: Tensor, y_pred: Tensor) -> None:
        """With `multi_label`, takes the number of labels from the width of the predictions."""
        if self.multi_label:
            self.columns, self.state = y_pred.shape[-1], {}

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Adds a batch to the counts at each threshold."""
        y_true = align(y_true, y_pred)
        if self.from_logits:
            y_pred = y_pred.sigmoid()
        if self.multi_label:
            if not self.state:
                self.learn_shapes(y_true, y_pred)
            check_columns(self.name, self.columns, y_pred)
            flat_pred = y_pred.reshape(-1, self.columns)
            weights = weights_by_row(sample_weight, y_pred)
            if weights is not None:
                weights = weights.expand_as(flat_pred)
            self._count(y_true.reshape(-1, self.columns), flat_pred, weights)
            return
        weights = _flat(sample_weight, y_pred)
        if self.label_weights is not None:
            by_label = self.label_weights.to(y_pred.device).expand_as(y_pred).reshape(-1, 1)
            weights = by_label if weights is None else weights * by_label
        self._count(y_true.reshape(-1, 1), y_pred.reshape(-1, 1), weights)

    def result(self) -> Tensor:
        """The area, from 0 to 1; with `multi_label` the mean over labels, by their weights."""
        tp, fp, tn, fn = self._confusion()
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated_pr_area(tp, fp, fn)
        else:
            recall = safe_ratio(tp, tp + fn)
            if self.curve == "ROC":
                x, y = safe_ratio(fp, fp + tn), recall
            else:
                x, y = recall, safe_ratio(tp, tp + fp)
            left, right = y[:, :-1], y[:, 1:]
            heights = {
                "interpolation": (left + right) / 2.0,
                "minoring": torch.minimum(left, right),
                "majoring": torch.maximum(left, right),
            }[self.summation_method]
            areas = ((x[:, :-1] - x[:, 1:]) * heights).sum(1)
        if self.multi_label and self.label_weights is not None:
            weights = self.label_weights.to(areas)
            return (areas * weights).sum() / weights.sum()
        return areas.mean()

    def get_config(self) -> dict[str, Any]:
        """With curve, thresholds, and how areas are summed."""
        return super().get_config() | {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "from_logits": self.from_logits,
        }


def _interpolated_pr_area(tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
    """Area under the precision-recall curve with true positives interpolated between thresholds.

    The formula is that of Davis and Goadrich (2006), which the reference uses too: precision is not
    linear in recall, so that trapezoids would flatter.
    """
    d_tp = tp[:, :-1] - tp[:, 1:]
    predicted = tp + fp
    d_predicted = predicted[:, :-1] - predicted[:, 1:]
    slope = safe_ratio(d_tp, d_predicted.clamp_min(0.0))
    intercept = tp[:, 1:] - slope * predicted[:, 1:]
    both_positive = (predicted[:, :-1] > 0) & (predicted[:, 1:] > 0)
    ratio = torch.where(
        both_positive,
        safe_ratio(predicted[:, :-1], predicted[:, 1:].clamp_min(0.0)),
        torch.ones_like(slope),
    )
    positives = (tp[:, 1:] + fn[:, 1:]).clamp_min(0.0)
    return safe_ratio(slope * (d_tp + intercept * ratio.log()), positives).sum(1)


def _choice_error(name: str, value: object, choices: Sequence[str]) -> ArgumentError:
    return ArgumentError(
        say(
            "{name} should be one of {choices}; {value} was given.",
            name=name,
            choices=", ".join(choices),
            value=repr(value),
        ),
        code="compile.metric-setting",
    )


class _RateAtRate(ThresholdCurve):
    """The best of one rate over the thresholds at which another reaches a given value."""

    def __init__(
        self, value: float, num_thresholds: int, name: str | None, dtype: Any, value_name: str
    ) -> None:
        if not 0.0 <= value <= 1.0:
            raise ArgumentError(
                say(
                    "{value_name} should be a number from 0 to 1; {value} was given.",
                    value_name=value_name,
                    value=repr(value),
                ),
                code="compile.metric-setting",
            )
        if num_thresholds < 1:
            raise ArgumentError(
                say(
                    "num_thresholds should be 1 or more; {num_thresholds} was given.",
                    num_thresholds=repr(num_thresholds),
                ),
                code="compile.metric-thresholds",
            )
        # Unlike AUC's, the lowest is 0 itself: a prediction of exactly 0 is never a "yes".
        inner = [0.5] if num_thresholds == 1 else [0.0, *_inner_thresholds(num_thresholds), 1.0]
        super().__init__(inner, name, dtype)
        self.value = value
        self.num_thresholds = num_thresholds
        self._value_name = value_name

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            self._value_name: self.value,
            "num_thresholds": self.num_thresholds,
        }

    def _best(self, wanted: Tensor, given: Tensor) -> Tensor:
        reached = given >= self.value
        return torch.where(reached, wanted, torch.zeros_like(wanted)).amax()


@metric("SensitivityAtSpecificity")
class SensitivityAtSpecificity(_RateAtRate):
    """The best sensitivity (recall) at a specificity of at least the given one."""

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, name, dtype, "specificity")

    def result(self) -> Tensor:
        """The best recall among the thresholds that reach the specificity; 0 where none does."""
        tp, fp, tn, fn = self._confusion()
        return self._best(safe_ratio(tp, tp + fn), safe_ratio(tn, tn + fp))


@metric("SpecificityAtSensitivity")
class SpecificityAtSensitivity(_RateAtRate):
    """The best specificity at a sensitivity (recall) of at least the given one."""

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, name, dtype, "sensitivity")

    def result(self) -> Tensor:
        """The best specificity among the thresholds that reach the recall; 0 where none does."""
        tp, fp, tn, fn = self._confusion()
        return self._best(safe_ratio(tn, tn + fp), safe_ratio(tp, tp + fn))


@metric("PrecisionAtRecall")
class PrecisionAtRecall(_RateAtRate):
    """The best precision at a recall of at least the given one."""

    def __init__(
        self, recall: float, num_thresholds: int = 200, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(recall, num_thresholds, name, dtype, "recall")

    def result(self) -> Tensor:
        """The best precision among the thresholds that reach the recall; 0 where none does."""
        tp, fp, _, fn = self._confusion()
        return self._best(safe_ratio(tp, tp + fp), safe_ratio(tp, tp + fn))


@metric("RecallAtPrecision")
class RecallAtPrecision(_RateAtRate):
    """The best recall at a precision of at least the given one."""

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, name, dtype, "precision")

    def result(self) -> Tensor:
        """The best recall among the thresholds that reach the precision; 0 where none does."""
        tp, fp, _, fn = self._confusion()
        return self._best(safe_ratio(tp, tp + fn), safe_ratio(tp, tp + fp))
