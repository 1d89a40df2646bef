"""Metrics that are a mean of per-sample values, and the few that transform such a mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.losses.shapes import align
from fitstudio.engine.metrics.base import Mean, check_columns, metric, safe_ratio, weights_by_row
from fitstudio.errors import ArgumentError
from fitstudio.words import say

__all__ = [
    "MeanMetricWrapper",
    "MeanOfFunction",
    "MeanRelativeError",
    "R2Score",
    "RootMeanSquaredError",
]


class MeanOfFunction(Mean):
    """The mean of ``f(y_true, y_pred, **settings)`` over all samples since the last reset."""

    def __init__(
        self,
        function: Callable[..., Tensor],
        name: str | None = None,
        dtype: Any = None,
        **settings: Any,
    ) -> None:
        super().__init__(name or getattr(function, "__name__", None), dtype)
        self.function = function
        self.settings = settings

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds what the function gives for each sample."""
        super().update(self.function(y_true, y_pred, **self.settings), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """With the function's settings."""
        return super().get_config() | self.settings


# The reference's own name for it.
MeanMetricWrapper = MeanOfFunction


@metric("RootMeanSquaredError")
class RootMeanSquaredError(Mean):
    """Square root of the mean squared error over all samples (not a mean of batch roots)."""

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds squares: the root is taken once, at the end."""
        super().update((y_pred - align(y_true, y_pred)).square(), sample_weight)

    def result(self) -> Tensor:
        """The root of the mean square so far, in the target's unit."""
        return super().result().sqrt()


@metric("MeanRelativeError")
class MeanRelativeError(Mean):
    """Mean of |target - prediction| / normalizer, where the normalizer is not 0.

    Args:
        normalizer: One number per target column, or per target.
    """

    def __init__(self, normalizer: Any, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.normalizer = torch.as_tensor(normalizer)

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds errors over the normalizer; over 0 an error counts as 0."""
        errors = (y_pred - align(y_true, y_pred)).abs()
        normalizer = self.normalizer.to(device=errors.device, dtype=errors.dtype)
        if normalizer.ndim == errors.ndim - 1 and errors.shape[-1] == 1:
            normalizer = normalizer.unsqueeze(-1)
        super().update(safe_ratio(errors, normalizer.expand_as(errors)), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """With the normalizer as a list."""
        return super().get_config() | {"normalizer": self.normalizer.tolist()}


@metric("R2Score")
class R2Score(Mean):
    """Share of the targets' variance that the predictions explain.

    Args:
        class_aggregation: ``"uniform_average"`` over columns, ``"variance_weighted_average"``, or
            None for one value per column.
        num_regressors: Number of inputs, for the adjusted score; 0 for the plain one.
    """

    _AGGREGATIONS = ("uniform_average", "variance_weighted_average", None)
    # Rounding leaves a constant target's sum of squares with so much of itself.
    _ROUNDING = 1e-14

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        if class_aggregation not in self._AGGREGATIONS:
            raise ArgumentError(
                say(
                    "class_aggregation should be 'uniform_average', "
                    "'variance_weighted_average' or None; {class_aggregation} was given.",
                    class_aggregation=repr(class_aggregation),
                ),
                code="compile.metric-setting",
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.columns = 1

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """Sums of targets, of their squares and of squared errors by column, and the rows."""
        shape = (self.columns,)
        return {"squares": shape, "targets": shape, "errors": shape, "weights": (), "rows": ()}

    def learn_shapes(self, y_true: Tensor, y_pred: Tensor) -> None:
        """Takes the number of columns from the width of the predictions."""
        self.columns, self.state = y_pred.shape[-1], {}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds a batch in double precision: squares of large targets leave few digits."""
        y_true = align(y_true, y_pred).expand_as(y_pred).flatten(0, -2).double()
        weights = weights_by_row(sample_weight, y_pred)
        y_pred = y_pred.flatten(0, -2).double()
        if not self.state:
            self.learn_shapes(y_true, y_pred)
        check_columns(self.name, self.columns, y_pred)
        self.place(y_true.device)
        if weights is None:
            weights = torch.ones_like(y_true[:, :1])
        self.state["squares"] += (weights * y_true.square()).sum(0)
        self.state["targets"] += (weights * y_true).sum(0)
        self.state["errors"] += (weights * (y_true - y_pred).square()).sum(0)
        self.state["weights"] += weights.sum()
        self.state["rows"] += len(y_true)

    def result(self) -> Tensor:
        """1 for perfect predictions, 0 for no better than the mean, below 0 for worse."""
        if not self.state:
            return torch.tensor(0.0)
        squares, errors = self.state["squares"], self.state["errors"]
        mean = safe_ratio(self.state["targets"], self.state["weights"])
        spread = squares - self.state["targets"] * mean
        is_constant = spread <= self._ROUNDING * squares
        # Of a constant there is nothing to explain: 0, or 1 where every prediction is right.
        scores = torch.where(
            is_constant, (errors == 0).to(errors.dtype), 1.0 - safe_ratio(errors, spread)
        )
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation is not None:
            spread = spread.clamp_min(0.0)
            scores = safe_ratio((scores * spread).sum(), spread.sum())
        if not self.num_regressors:
            return scores
        rows = self.state["rows"]
        return 1.0 - (1.0 - scores) * (rows - 1.0) / (rows - self.num_regressors - 1.0)

    def get_config(self) -> dict[str, Any]:
        """With the aggregation over columns and the number of regressors."""
        return super().get_config() | {
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
