"""The engine's callbacks under the reference's names: ``from fitstudio.callbacks import …``."""

from __future__ import annotations

from fitstudio.engine.callbacks import *  # noqa: F403
from fitstudio.engine.callbacks import __all__  # noqa: F401
