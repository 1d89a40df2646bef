"""Losses under the reference's names: classes, functions, and ``get`` for what compile() says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from torch import Tensor, nn

from fitstudio.engine.losses import crossentropy, margins, regression
from fitstudio.engine.losses.base import REGISTER, FunctionLoss, Loss, Reduction, TorchLoss
from fitstudio.engine.losses.crossentropy import *  # noqa: F403
from fitstudio.engine.losses.margins import *  # noqa: F403
from fitstudio.engine.losses.regression import *  # noqa: F403
from fitstudio.engine.naming import wrong_kind
from fitstudio.words import say

__all__ = ["FunctionLoss", "Loss", "Reduction", "TorchLoss", "deserialize", "get", "serialize"]
__all__ += crossentropy.__all__
__all__ += margins.__all__
__all__ += regression.__all__

#: The formulas by the names that Python has for them.
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    name: function
    for module in (crossentropy, margins, regression)
    for name in module.__all__
    if not isinstance(function := getattr(module, name), type)
}
_CLASS_NAMES = {FUNCTIONS[name]: name for name in REGISTER.classes}


def get(identifier: Any, settings: Mapping[str, Any] | None = None) -> Loss:
    """A loss from whatever compile() was given.

    Args:
        identifier: A name such as ``"mse"``, a dict such as ``{"kind": "huber", "delta": 2.0}``, a
            `Loss` object or class, a function ``f(y_true, y_pred)``, or a torch loss module (called
            ``module(input, target)``).
        settings: Arguments for a loss given by name, such as ``{"from_logits": True}``.

    Raises:
        ArgumentError: If there is no loss of that name, or it does not take a setting.

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
    named = REGISTER.named(identifier, settings)
    if named is not None:
        name, given = named
        # A loss is called as it was asked for: "mse" stays "mse".
        return REGISTER.make(name, {"name": name} | given)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return REGISTER.made(identifier, identifier.__name__, settings or {})
    REGISTER.refuse_settings(settings)
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, nn.Module):
        return TorchLoss(identifier())
    if isinstance(identifier, nn.Module):
        return TorchLoss(identifier)
    if callable(identifier):
        function = cast(Callable[..., Tensor], identifier)
        name = _CLASS_NAMES.get(function)
        return FunctionLoss(function) if name is None else REGISTER.make(name, {})
    raise wrong_kind(
        "loss",
        identifier,
        say("a name, a Loss, a function of (y_true, y_pred) or a torch loss module"),
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
