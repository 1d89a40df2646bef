"""Checks what a callback is made with, by the declarations that the form goes by as well."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.errors import ArgumentError


def checked(kind: str, **settings: Any) -> dict[str, Any]:
    """The settings as plain Python values.

    Args:
        kind: The callback's name in the catalogue.
        settings: Its settings by name.

    Raises:
        ArgumentError: If one of them cannot be.
    """
    entry = CALLBACKS[kind]
    values: dict[str, Any] = {}
    for name, value in settings.items():
        param = entry.param(name)
        assert param is not None, f"{kind} declares {name}"
        if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
            value = value.item()
        # A whole number may be written 2.0, and any number without a point, as in run.json.
        value = None if value is None else param.kind.from_json(value)
        problem = param.check(value)
        if problem is not None:
            raise ArgumentError(f"{kind}: {problem}", code=f"callback.{name}")
        values[name] = value
    return values


def size_of(value: Any) -> Any:
    """A number without its sign, which the reference leaves out of account; else the value."""
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    return abs(value) if is_number else value
