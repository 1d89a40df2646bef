"""Optimizers under the reference's names, and ``get`` for what compile() says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch
from torch.optim.lr_scheduler import LRScheduler

from fitstudio.engine.naming import wrong_kind
from fitstudio.engine.optimizers import adam, adaptive, gradient_descent, schedules
from fitstudio.engine.optimizers.adam import *  # noqa: F403
from fitstudio.engine.optimizers.adaptive import *  # noqa: F403
from fitstudio.engine.optimizers.base import REGISTER, Optimizer
from fitstudio.engine.optimizers.gradient_descent import *  # noqa: F403
from fitstudio.engine.optimizers.torch_optimizer import TorchOptimizer
from fitstudio.words import say

__all__ = ["Optimizer", "TorchOptimizer", "deserialize", "get", "schedules", "serialize"]
__all__ += adam.__all__
__all__ += adaptive.__all__
__all__ += gradient_descent.__all__


def get(identifier: Any, settings: Mapping[str, Any] | None = None) -> Optimizer:
    """An optimizer from whatever compile() was given.

    Args:
        identifier: A name such as ``"adam"`` (letter case does not matter), a dict such as
            ``{"name": "adam", "learning_rate": 0.01}``, an `Optimizer` object or class, a
            torch.optim object or class, a function from parameters to such an object, or a
            learning rate scheduler of torch (which knows its optimizer).
        settings: Arguments for an optimizer given by name.

    Raises:
        ArgumentError: If there is no optimizer of that name, or it does not know a setting.
    """
    named = REGISTER.named(identifier, settings)
    if named is not None:
        return REGISTER.make(*named)
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return REGISTER.made(identifier, identifier.__name__, settings or {})
    REGISTER.refuse_settings(settings)
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, LRScheduler):
        return TorchOptimizer(identifier.optimizer, identifier)
    if isinstance(identifier, torch.optim.Optimizer) or callable(identifier):
        return TorchOptimizer(cast(Any, identifier))
    raise wrong_kind(
        "optimizer",
        identifier,
        say("a name, an Optimizer, a torch.optim optimizer or its scheduler"),
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The optimizer's class and settings, as plain data."""
    return {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}


def deserialize(config: Mapping[str, Any]) -> Optimizer:
    """The optimizer that `serialize` described.

    Raises:
        ArgumentError: As `get`.
    """
    return get(config)
