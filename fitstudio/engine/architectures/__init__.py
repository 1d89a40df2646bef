"""The models of the gallery as torch modules, built from the plans of `fitstudio.declared`."""

from __future__ import annotations

from fitstudio.engine.architectures.build import build, count_parameters

__all__ = ["build", "count_parameters"]
