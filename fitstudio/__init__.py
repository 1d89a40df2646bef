"""FitStudio: train neural networks by pointing and clicking, or with Keras's ``fit()`` on torch.

Nothing slow is imported here: the window and the command line import this package and must start
without torch. The public names of the engine are resolved when they are first used, so that a
notebook can write ``fitstudio.Model(module)``. This is the one sanctioned lazy import.
"""

from __future__ import annotations

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


def __getattr__(name: str) -> Any:
    """The public name, with all of the engine behind it.

    Raises:
        AttributeError: If there is no such name.
    """
    if name not in __all__:
        raise AttributeError(f"module 'fitstudio' has no attribute {name!r}")
    # Each of them becomes an attribute of this module when it is imported.
    import fitstudio.callbacks
    import fitstudio.losses
    import fitstudio.metrics
    import fitstudio.optimizers  # noqa: F401
    from fitstudio.engine.callbacks.history import History
    from fitstudio.engine.model import Model
    from fitstudio.engine.sequence import Sequence

    globals().update(History=History, Model=Model, Sequence=Sequence)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
