"""The engine's losses under the reference's names: ``from fitstudio.losses import …``."""

from __future__ import annotations

from fitstudio.engine.losses import *  # noqa: F403
from fitstudio.engine.losses import __all__  # noqa: F401
