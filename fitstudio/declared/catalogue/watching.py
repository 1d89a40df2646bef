"""What callbacks watch: the mode that fits it, and which one says what the best epoch is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitstudio.declared.catalogue.callbacks import (
    CALLBACKS,
    EARLY_STOPPING,
    MODEL_CHECKPOINT,
    REDUCE_LR,
)
from fitstudio.declared.catalogue.measured_names import higher_is_better

# Whose watched value says which epoch is the best: the first of them in a run.
_JUDGES = (EARLY_STOPPING, MODEL_CHECKPOINT, REDUCE_LR)


def rises_on_auto(kind: str, monitor: str) -> bool:
    """Whether a callback on mode "auto" takes a higher value for better.

    The reference's own rules, which go by the name alone; `higher_is_better` knows the metrics.

    Args:
        kind: The callback.
        monitor: What it watches.
    """
    return CALLBACKS[kind].rises_on_auto(monitor)


def right_mode(kind: str, monitor: str) -> str:
    """The mode with which a callback takes for better what is better: "auto" where that does."""
    better = higher_is_better(monitor)
    if better is None or better == rises_on_auto(kind, monitor):
        return "auto"
    return "max" if better else "min"


def watching(kind: str, before: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """A callback's new settings, with the mode that fits when it came to watch something else.

    Args:
        kind: The callback.
        before: Its settings until now.
        settings: Its new ones; a mode that was chosen against the automatic one stays.
    """
    old, new = (str(each.get("monitor", "val_loss")) for each in (before, settings))
    mode = settings.get("mode", "auto")
    if old == new or mode != before.get("mode", "auto") or mode != right_mode(kind, old):
        return dict(settings)
    changed = {name: value for name, value in settings.items() if name != "mode"}
    fitting = right_mode(kind, new)
    return changed if fitting == "auto" else changed | {"mode": fitting}


def best_epoch_by(
    listed: Sequence[Mapping[str, Any]], *, validates: bool
) -> tuple[str, str | None]:
    """What says which epoch of a run is the best, whose model is kept: a value, and its mode.

    Args:
        listed: The run's callbacks.
        validates: Whether anything is held out.
    """
    for judge in _JUDGES:
        for settings in listed:
            if settings.get("kind") == judge.name:
                monitor = str(settings.get("monitor", "val_loss"))
                if validates or not monitor.startswith("val_"):
                    return monitor, settings.get("mode")
    return ("val_loss" if validates else "loss"), "min"
