"""FitStudio: train neural networks by pointing and clicking, or with Keras's ``fit()`` on torch.

Nothing slow is imported here: the window and the command line import this package and must start
without torch. The public names of the engine are resolved when they are first used, so that a
notebook can write ``fitstudio.Model(module)``. This is the one sanctioned lazy import.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitstudio import callbacks, losses, metrics, optimizers
    from fitstudio.engine.callbacks.history import History
    from fitstudio.engine.model import Model
    from fitstudio.engine.sequence import Sequence

__version__ = "0.1.0"

__all__ = [
    "History",
    "Model",
    "Sequence",
    "__version__",
    "callbacks",
    "losses",
    "metrics",
    "optimizers",
]

_HOMES = {
    "Model": "fitstudio.engine.model",
    "Sequence": "fitstudio.engine.sequence",
    "History": "fitstudio.engine.callbacks.history",
}
_MODULES = ("callbacks", "losses", "metrics", "optimizers")


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(f"fitstudio.{name}")
    else:
        raise AttributeError(f"module 'fitstudio' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
