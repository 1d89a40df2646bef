"""What is logged during training: how each name is said, and whether higher is better."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.losses import LOSSES, loss_named
from fitstudio.declared.catalogue.metric_entry import MetricEntry
from fitstudio.declared.catalogue.metrics import METRICS
from fitstudio.words import say


def metric_name(item: str | Mapping[str, Any]) -> str:
    """The name under which a metric of ``compile.metrics`` is reported and watched.

    A name stays as it was given ("mae" is "mae"); a class is called by its snake case.
    """
    if isinstance(item, Mapping):
        item = item.get("name") or item.get("kind") or ""
    name = str(item)
    if name == name.lower():
        return name
    spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def higher_is_better(measured: str) -> bool | None:
    """Whether a higher value of what is logged under this name is better.

    The one place that knows: None means a name that is nobody's here, such as a metric of a
    person's own.

    Args:
        measured: The name in the logs; ``val_`` in front and a number behind make no difference.
    """
    if measured.removeprefix("val_") == "loss":
        return False
    entry = _Logged.read(measured).entry
    return None if entry is None else entry.higher_is_better


def unit_power(measured: str, loss: str) -> int | None:
    """With which power of the target's unit a logged value grows.

    Args:
        measured: The name in the logs, as for `higher_is_better`.
        loss: The name of the loss, for what is logged as "loss".

    Returns:
        0 for what has no unit, None for what no factor converts.
    """
    name = measured.removeprefix("val_")
    if name == "loss":
        known = loss_named(loss)
        return None if known is None else known.unit_power
    if name in _RATES:
        return 0
    entry = _Logged.read(measured).entry
    return None if entry is None else entry.unit_power


def measured_words(measured: str, *, short: bool = False) -> str:
    """What is logged under a name, as it is called within a sentence.

    Args:
        measured: The name in the logs; a ``val_`` in front is not told.
        short: In the width of a table's column: "MAE" for "mean absolute error".
    """
    logged = _Logged.read(measured)
    if logged.entry is None:
        if logged.name == "loss":
            return say("loss")
        return _other_words(logged.name) or logged.name.replace("_", " ").strip() or measured
    words = (short and logged.entry.short) or logged.entry.title
    words = say("weighted {words}", words=words) if logged.is_weighted else words
    if not logged.number:
        return words
    return say("{words} {number}", words=words, number=logged.number)


def _other_words(name: str) -> str:
    """What is logged and is no metric; a loss is called by its own title."""
    if name == "lr":
        return say("learning rate")
    title = LOSSES[name].title if name in LOSSES else ""
    return f"{title[:1].lower()}{title[1:]}"


@dataclass(frozen=True)
class _Logged:
    """A name in the logs, taken apart.

    Attributes:
        name: All of it but ``val_``.
        entry: The metric; None for what the catalogue does not know.
        is_weighted: Whether it is the weighted one of two metrics of one name.
        number: Behind the name of a second metric of that name: 1 of "auc_1".
    """

    name: str
    entry: MetricEntry | None
    is_weighted: bool = False
    number: str = ""

    @classmethod
    def read(cls, measured: str) -> _Logged:
        name = measured.removeprefix("val_")
        if name in _REPORTED:
            return cls(name, _REPORTED[name])
        bare, _, number = name.rpartition("_")
        if not (bare and number.isdecimal()):
            bare, number = name, ""
        plain = bare.removeprefix("weighted_")
        return cls(name, _REPORTED.get(plain), plain != bare, number)


_RATES = ("lr", "learning_rate")
_REPORTED = {
    metric_name(spelling): entry
    for entry in METRICS.values()
    for spelling in (entry.name, *entry.aliases)
}
