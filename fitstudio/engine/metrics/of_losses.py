"""Losses that are watched as metrics: the mean of each loss's formula over all samples."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from fitstudio.engine import losses
from fitstudio.engine.losses import (
    KLD,
    MAE,
    MAPE,
    MSE,
    MSLE,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    hinge,
    kl_divergence,
    kld,
    kullback_leibler_divergence,
    log_cosh,
    logcosh,
    mae,
    mape,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    mse,
    msle,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from fitstudio.engine.losses.shapes import formula
from fitstudio.engine.metrics.base import metric
from fitstudio.engine.metrics.means import MeanOfFunction

__all__ = [
    "KLD",
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_hinge",
    "cosine_proximity",
    "cosine_similarity",
    "hinge",
    "kl_divergence",
    "kld",
    "kullback_leibler_divergence",
    "log_cosh",
    "logcosh",
    "mae",
    "mape",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "msle",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]


@metric("mean_squared_error")
class MeanSquaredError(MeanOfFunction):
    """Mean of squared differences."""

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


@metric("mean_absolute_error")
class MeanAbsoluteError(MeanOfFunction):
    """Mean of absolute differences: the typical error in the target's own unit."""

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


@metric("mean_absolute_percentage_error")
class MeanAbsolutePercentageError(MeanOfFunction):
    """Mean of absolute differences in per cent of the target."""

    def __init__(
        self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


@metric("mean_squared_logarithmic_error")
class MeanSquaredLogarithmicError(MeanOfFunction):
    """Mean of squared differences of logarithms."""

    def __init__(
        self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


@metric("log_cosh")
class LogCoshError(MeanOfFunction):
    """Mean of the logarithm of the hyperbolic cosine of the error."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(log_cosh, name, dtype)


@formula
def cosine_similarity(y_true: Tensor, y_pred: Tensor, axis: int = -1) -> Tensor:
    """The cosine of the angle between target and prediction: as a metric, larger is better."""
    return -losses.cosine_similarity(y_true, y_pred, axis)


@metric("cosine_similarity")
class CosineSimilarity(MeanOfFunction):
    """Mean cosine of the angle between target and prediction."""

    def __init__(
        self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


cosine_proximity = cosine_similarity


@metric("hinge")
class Hinge(MeanOfFunction):
    """Mean hinge loss."""

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, name, dtype)


@metric("squared_hinge")
class SquaredHinge(MeanOfFunction):
    """Mean squared hinge loss."""

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, name, dtype)


@metric("categorical_hinge")
class CategoricalHinge(MeanOfFunction):
    """Mean categorical hinge loss."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(categorical_hinge, name, dtype)


@metric("kl_divergence")
class KLDivergence(MeanOfFunction):
    """Mean Kullback-Leibler divergence."""

    def __init__(self, name: str | None = "kullback_leibler_divergence", dtype: Any = None) -> None:
        super().__init__(kl_divergence, name, dtype)


@metric("poisson")
class Poisson(MeanOfFunction):
    """Mean Poisson loss."""

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, name, dtype)


@metric("binary_crossentropy")
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
            binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


@metric("categorical_crossentropy")
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
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


@metric("sparse_categorical_crossentropy")
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
        super().__init__(sparse_categorical_crossentropy, name, dtype, from_logits=from_logits)
