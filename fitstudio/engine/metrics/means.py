"""Metrics that are a mean of per-sample values, and the few that transform such a mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.losses import functions as losses
from fitstudio.engine.metrics import functions
from fitstudio.engine.metrics.base import Mean, check_columns, safe_ratio, weights_by_row
from fitstudio.errors import ArgumentError


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
        super().update(self.function(y_true, y_pred, **self.settings), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | self.settings


# The reference's own name for it.
MeanMetricWrapper = MeanOfFunction


class Accuracy(MeanOfFunction):
    """How often predictions equal targets exactly."""

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(functions.accuracy, name, dtype)


class BinaryAccuracy(MeanOfFunction):
    """How often a prediction is on the target's side of the threshold."""

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(functions.binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanOfFunction):
    """How often the largest prediction is the one-hot target's class."""

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(functions.categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanOfFunction):
    """How often the largest prediction is the target's class number."""

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(functions.sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanOfFunction):
    """How often the one-hot target's class is among the k largest predictions."""

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(functions.top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanOfFunction):
    """How often the target's class number is among the k largest predictions."""

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(functions.sparse_top_k_categorical_accuracy, name, dtype, k=k)


class MeanSquaredError(MeanOfFunction):
    """Mean of squared differences."""

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanOfFunction):
    """Mean of absolute differences: the typical error in the target's own unit."""

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanOfFunction):
    """Mean of absolute differences in per cent of the target."""

    def __init__(
        self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None
    ) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanOfFunction):
    """Mean of squared differences of logarithms."""

    def __init__(
        self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None
    ) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanOfFunction):
    """Mean of the logarithm of the hyperbolic cosine of the error."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


class CosineSimilarity(MeanOfFunction):
    """Mean cosine of the angle between target and prediction."""

    def __init__(
        self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(functions.cosine_similarity, name, dtype, axis=axis)


class Hinge(MeanOfFunction):
    """Mean hinge loss."""

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(losses.hinge, name, dtype)


class SquaredHinge(MeanOfFunction):
    """Mean squared hinge loss."""

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(losses.squared_hinge, name, dtype)


class CategoricalHinge(MeanOfFunction):
    """Mean categorical hinge loss."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)


class KLDivergence(MeanOfFunction):
    """Mean Kullback-Leibler divergence."""

    def __init__(self, name: str | None = "kullback_leibler_divergence", dtype: Any = None) -> None:
        super().__init__(losses.kl_divergence, name, dtype)


class Poisson(MeanOfFunction):
    """Mean Poisson loss."""

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(losses.poisson, name, dtype)


class BinaryCrossentropy(MeanOfFunction):
    """Mean crossentropy of yes/no targets."""

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            losses.binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class CategoricalCrossentropy(MeanOfFunction):
    """Mean crossentropy of one-hot targets."""

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            losses.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class SparseCategoricalCrossentropy(MeanOfFunction):
    """Mean crossentropy of class numbers."""

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        if axis != -1:
            raise NotImplementedError(
                "SparseCategoricalCrossentropy knows classes in the last axis."
            )
        super().__init__(
            losses.sparse_categorical_crossentropy, name, dtype, from_logits=from_logits
        )


class RootMeanSquaredError(Mean):
    """Square root of the mean squared error over all samples (not a mean of batch roots)."""

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        super().update((y_pred - losses.align(y_true, y_pred)).square(), sample_weight)

    def result(self) -> Tensor:
        return super().result().sqrt()


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
        errors = (y_pred - losses.align(y_true, y_pred)).abs()
        normalizer = self.normalizer.to(device=errors.device, dtype=errors.dtype)
        if normalizer.ndim == errors.ndim - 1 and errors.shape[-1] == 1:
            normalizer = normalizer.unsqueeze(-1)
        super().update(safe_ratio(errors, normalizer.expand_as(errors)), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"normalizer": self.normalizer.tolist()}


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
                "class_aggregation should be 'uniform_average', 'variance_weighted_average' or "
                f"None; {class_aggregation!r} was given.",
                code="compile.metric-setting",
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.columns = 1

    def state_shapes(self) -> dict[str, Sequence[int]]:
        shape = (self.columns,)
        return {"squares": shape, "targets": shape, "errors": shape, "weights": (), "rows": ()}

    def learn_shapes(self, y_true: Tensor, y_pred: Tensor) -> None:
        self.columns, self.state = y_pred.shape[-1], {}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        y_true = losses.align(y_true, y_pred).expand_as(y_pred).flatten(0, -2).double()
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
        return super().get_config() | {
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
