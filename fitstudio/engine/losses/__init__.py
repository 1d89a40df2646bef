"""Losses under the reference's names: classes, functions, and ``get`` for what compile() says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from torch import Tensor, nn

from fitstudio.engine.losses.base import FunctionLoss, Loss, Reduction, TorchLoss
from fitstudio.engine.losses.classes import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from fitstudio.engine.losses.functions import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    cosine_similarity,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from fitstudio.engine.naming import unknown_name, wrong_kind
from fitstudio.errors import ArgumentError

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
huber_loss = huber
bce = BCE = binary_crossentropy
cosine_proximity = cosine_similarity

_CLASSES: dict[Callable[..., Tensor], type[FunctionLoss]] = {
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    huber: Huber,
    log_cosh: LogCosh,
    hinge: Hinge,
    squared_hinge: SquaredHinge,
    categorical_hinge: CategoricalHinge,
    binary_crossentropy: BinaryCrossentropy,
    binary_focal_crossentropy: BinaryFocalCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_focal_crossentropy: CategoricalFocalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    kl_divergence: KLDivergence,
    poisson: Poisson,
    cosine_similarity: CosineSimilarity,
}
# Made by calling them without arguments, which the general constructor would not allow.
_BY_FUNCTION = cast(dict[Callable[..., Tensor], Callable[[], Loss]], _CLASSES)
_ALIASES: dict[str, Callable[..., Tensor]] = {
    "mse": mse,
    "MSE": mse,
    "mae": mae,
    "MAE": mae,
    "mape": mape,
    "MAPE": mape,
    "msle": msle,
    "MSLE": msle,
    "kld": kld,
    "KLD": kld,
    "kullback_leibler_divergence": kl_divergence,
    "logcosh": log_cosh,
    "huber_loss": huber,
    "bce": bce,
    "BCE": bce,
    "cosine_proximity": cosine_similarity,
}
#: Every function by every name that a string may say, aliases included.
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    function.__name__: function for function in _CLASSES
} | _ALIASES
_BY_NAME: dict[str, type[FunctionLoss]] = {
    name: _CLASSES[function] for name, function in FUNCTIONS.items()
} | {cls.__name__: cls for cls in _CLASSES.values()}


def get(identifier: Any, settings: Mapping[str, Any] | None = None) -> Loss:
    """A loss from whatever compile() was given.

    Args:
        identifier: A name such as ``"mse"``, a `Loss` object or class, a function
            ``f(y_true, y_pred)``, or a torch loss module (called ``module(input, target)``).
        settings: Arguments for a loss given by name, such as ``{"from_logits": True}``.

    Raises:
        ArgumentError: If there is no loss of that name, or it does not know a setting.

    Example:
        >>> import torch
        >>> from fitstudio import losses
        >>> loss = losses.get("mse")
        >>> loss.name
        'mse'
        >>> float(loss(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [4.0]])))
        5.0
        >>> losses.get({"kind": "huber", "delta": 2.0}).name
        'huber'
    """
    settings = dict(settings or {})
    if isinstance(identifier, str):
        if identifier not in _BY_NAME:
            raise unknown_name("loss", identifier, _BY_NAME)
        return _make(_BY_NAME[identifier], identifier, {"name": identifier} | settings)
    if isinstance(identifier, Mapping):
        fields = dict(identifier)
        name = (
            fields.pop("kind", None) or fields.pop("name", None) or fields.pop("class_name", None)
        )
        nested = fields.pop("config", {})
        if not isinstance(name, str):
            raise wrong_kind("loss", identifier, 'a dict with the loss\'s name under "kind"')
        return get(name, fields | nested | settings)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return _make(identifier, identifier.__name__, settings)
    if settings:
        raise ArgumentError(
            "Settings can only be given for a loss that is named.",
            code="compile.loss-settings",
            remedy="Pass them to the loss object or function itself.",
        )
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, nn.Module):
        return TorchLoss(identifier())
    if isinstance(identifier, nn.Module):
        return TorchLoss(identifier)
    if callable(identifier):
        function = cast(Callable[..., Tensor], identifier)
        named = _BY_FUNCTION.get(function)
        return named() if named is not None else FunctionLoss(function)
    raise wrong_kind(
        "loss", identifier, "a name, a Loss, a function of (y_true, y_pred) or a torch loss module"
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """The loss's class and settings, as plain data."""
    return {"class_name": type(loss).__name__, "config": loss.get_config()}


def deserialize(config: Any) -> Loss:
    """The loss that `serialize` described.

    Raises:
        ArgumentError: As `get`.
    """
    return get(config)


def _make(cls: type[Loss], name: str, settings: dict[str, Any]) -> Loss:
    try:
        return cls(**settings)
    except TypeError as error:
        raise ArgumentError(
            f"The loss {name!r} does not take these settings: {error}.",
            code="compile.loss-settings",
        ) from error


__all__ = [
    "BCE",
    "KLD",
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "Reduction",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "TorchLoss",
    "bce",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "cosine_proximity",
    "cosine_similarity",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "huber_loss",
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
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]
