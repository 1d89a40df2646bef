"""The engine's metrics under the reference's names: ``from fitstudio.metrics import …``."""

from __future__ import annotations

from fitstudio.engine.metrics import *  # noqa: F403
from fitstudio.engine.metrics import __all__  # noqa: F401
