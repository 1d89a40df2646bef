"""Metrics that are a mean of per-sample values, and the few that transform such a mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.losses import functions as losses
from fitstudio.engine.metrics import functions
from fitstudio.engine.metrics.base import Mean, safe_ratio


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
    """Share of the targets' variance that the predictions explain, averaged over columns."""

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.columns = 1

    def state_shapes(self) -> dict[str, Sequence[int]]:
        shape = (self.columns,)
        return {"squares": shape, "targets": shape, "errors": shape, "count": ()}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        y_true = losses.align(y_true, y_pred).flatten(0, -2).double()
        y_pred = y_pred.flatten(0, -2).double()
        self.columns = y_true.shape[-1]
        self.place(y_true.device)
        weights = torch.ones_like(y_true[:, :1])
        if sample_weight is not None:
            weights = weights * sample_weight.reshape(-1, 1)
        self.state["squares"] += (weights * y_true.square()).sum(0)
        self.state["targets"] += (weights * y_true).sum(0)
        self.state["errors"] += (weights * (y_true - y_pred).square()).sum(0)
        self.state["count"] += weights.sum()

    def result(self) -> Tensor:
        if not self.state:
            return torch.tensor(0.0)
        state = self.state
        mean = state["targets"] / state["count"]
        total = state["squares"] - state["targets"] * mean
        return (1.0 - state["errors"] / total).mean()
