"""The engine's optimizers under the reference's names: ``from fitstudio.optimizers import …``."""

from __future__ import annotations

from fitstudio.engine.optimizers import *  # noqa: F403
from fitstudio.engine.optimizers import __all__  # noqa: F401
