"""Optimizers under the reference's names, and ``get`` for what compile() says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch
from torch.optim.lr_scheduler import LRScheduler

from fitstudio.engine.naming import unknown_name, wrong_kind
from fitstudio.engine.optimizers import schedules
from fitstudio.engine.optimizers.adam import Adam, Adamax, AdamW, Nadam
from fitstudio.engine.optimizers.adaptive import Adadelta, Adagrad, Ftrl, RMSprop
from fitstudio.engine.optimizers.base import Optimizer
from fitstudio.engine.optimizers.gradient_descent import SGD
from fitstudio.engine.optimizers.torch_optimizer import TorchOptimizer
from fitstudio.errors import ArgumentError

_CLASSES: dict[str, type[Optimizer]] = {
    cls.__name__.lower(): cls
    for cls in (SGD, Adam, AdamW, Adamax, Nadam, RMSprop, Adagrad, Adadelta, Ftrl)
}


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
    settings = dict(settings or {})
    if isinstance(identifier, str):
        if identifier.lower() not in _CLASSES:
            names = sorted(cls.__name__ for cls in _CLASSES.values())
            raise unknown_name("optimizer", identifier, names)
        return _make(_CLASSES[identifier.lower()], settings)
    if isinstance(identifier, Mapping):
        fields = dict(identifier)
        named_by = next((key for key in ("kind", "class_name", "name") if key in fields), "name")
        name = fields.pop(named_by, None)
        nested = fields.pop("config", {})
        if not isinstance(name, str):
            raise wrong_kind("optimizer", identifier, 'a dict with the optimizer\'s "name"')
        return get(name, fields | nested | settings)
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return _make(identifier, settings)
    if settings:
        raise ArgumentError(
            "Settings can only be given for an optimizer that is named.",
            code="compile.optimizer-setting",
            remedy="Pass them to the optimizer object itself.",
        )
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, LRScheduler):
        return TorchOptimizer(identifier.optimizer, identifier)
    if isinstance(identifier, torch.optim.Optimizer) or callable(identifier):
        return TorchOptimizer(cast(Any, identifier))
    raise wrong_kind(
        "optimizer", identifier, "a name, an Optimizer, a torch.optim optimizer or its scheduler"
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


def _make(cls: type[Optimizer], settings: dict[str, Any]) -> Optimizer:
    try:
        return cls(**settings)
    except TypeError as error:
        raise ArgumentError(
            f"The optimizer {cls.__name__} does not take these settings: {error}.",
            code="compile.optimizer-setting",
            remedy="Leave the setting out, or check its spelling.",
        ) from error


__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "TorchOptimizer",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
