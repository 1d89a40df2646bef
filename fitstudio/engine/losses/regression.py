"""The losses of numbers: each its formula, and the class that has its settings.

Every formula takes ``(y_true, y_pred)`` tensors, averages or sums over the last axis and leaves
the others alone, so that outputs with timesteps give one value per timestep. The formulas are the
reference's, down to where a probability is clipped: its loss values agree to five digits.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from fitstudio.engine.losses.base import FunctionLoss, Reduction, loss
from fitstudio.engine.losses.shapes import EPSILON, align, formula

__all__ = [
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "CosineSimilarity",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "cosine_proximity",
    "cosine_similarity",
    "huber",
    "huber_loss",
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
]


@formula
def mean_squared_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the squared differences over the last axis."""
    return (y_pred - align(y_true, y_pred)).square().mean(-1)


@loss("mean_squared_error")
class MeanSquaredError(FunctionLoss):
    """Mean of squared differences. The usual loss for predicting numbers."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_squared_error"
    ) -> None:
        super().__init__(mean_squared_error, reduction, name)


mse = MSE = mean_squared_error


@formula
def mean_absolute_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the absolute differences over the last axis."""
    return (y_pred - align(y_true, y_pred)).abs().mean(-1)


@loss("mean_absolute_error")
class MeanAbsoluteError(FunctionLoss):
    """Mean of absolute differences: outliers count less than with squares."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_absolute_error"
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name)


mae = MAE = mean_absolute_error


@formula
def mean_absolute_percentage_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the absolute differences in per cent of the target's size."""
    y_true = align(y_true, y_pred)
    return 100.0 * ((y_true - y_pred) / y_true.abs().clamp_min(EPSILON)).abs().mean(-1)


@loss("mean_absolute_percentage_error")
class MeanAbsolutePercentageError(FunctionLoss):
    """Mean of absolute differences in per cent of the target."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_absolute_percentage_error"
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name)


mape = MAPE = mean_absolute_percentage_error


@formula
def mean_squared_logarithmic_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the squared differences of log(1 + value)."""
    y_true = align(y_true, y_pred)
    difference = (y_pred.clamp_min(EPSILON) + 1.0).log() - (y_true.clamp_min(EPSILON) + 1.0).log()
    return difference.square().mean(-1)


@loss("mean_squared_logarithmic_error")
class MeanSquaredLogarithmicError(FunctionLoss):
    """Mean of squared differences of logarithms: ratios count, not distances."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "mean_squared_logarithmic_error"
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name)


msle = MSLE = mean_squared_logarithmic_error


@formula
def huber(y_true: Tensor, y_pred: Tensor, delta: float = 1.0) -> Tensor:
    """Quadratic up to ``delta``, linear beyond: outliers pull less than with a squared error."""
    error = (y_pred - align(y_true, y_pred)).abs()
    return torch.where(error <= delta, 0.5 * error * error, delta * error - 0.5 * delta**2).mean(-1)


@loss("huber")
class Huber(FunctionLoss):
    """Squared for small errors, absolute beyond ``delta``."""

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "huber_loss",
    ) -> None:
        super().__init__(huber, reduction, name, delta=delta)


huber_loss = huber


@formula
def log_cosh(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of log(cosh(difference)): smooth everywhere, linear for large errors."""
    difference = y_pred - align(y_true, y_pred)
    return (difference + F.softplus(-2.0 * difference) - 0.6931471805599453).mean(-1)


@loss("log_cosh")
class LogCosh(FunctionLoss):
    """Logarithm of the hyperbolic cosine of the error: a smooth Huber."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "log_cosh") -> None:
        super().__init__(log_cosh, reduction, name)


logcosh = log_cosh


@formula
def poisson(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Negative log-likelihood of counts, up to a constant."""
    y_true = align(y_true, y_pred)
    return (y_pred - y_true * (y_pred + EPSILON).log()).mean(-1)


@loss("poisson")
class Poisson(FunctionLoss):
    """Loss for counts."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "poisson") -> None:
        super().__init__(poisson, reduction, name)


def _unit_length(vectors: Tensor, axis: int) -> Tensor:
    return vectors * vectors.square().sum(axis, keepdim=True).clamp_min(1e-12).rsqrt()


@formula
def cosine_similarity(y_true: Tensor, y_pred: Tensor, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between target and prediction, so that smaller is better."""
    y_true = align(y_true, y_pred)
    return -(_unit_length(y_true, axis) * _unit_length(y_pred, axis)).sum(axis)


@loss("cosine_similarity")
class CosineSimilarity(FunctionLoss):
    """Minus the cosine of the angle between target and prediction."""

    def __init__(
        self,
        axis: int = -1,
        reduction: str = Reduction.AUTO,
        name: str | None = "cosine_similarity",
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, axis=axis)


cosine_proximity = cosine_similarity
