"""Checks of the callbacks: what they watch, when they can act, the names of their files."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Any

from fitstudio.spec.catalogue import CALLBACKS
from fitstudio.spec.check import Checked, advice, error
from fitstudio.spec.checks_fit import HOLD_OUT
from fitstudio.spec.facts import Facts
from fitstudio.spec.param import Entry, Finding, Fix
from fitstudio.spec.spelling import closest
from fitstudio.spec.wording import counted, listed, strong

_KEY = "fit.callbacks"
_WATCHING = ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint")
_SETS_RATE = ("ReduceLROnPlateau", "LearningRateScheduler")


def check_callbacks(checked: Checked) -> Iterator[Finding]:
    """Everything about the list of callbacks."""
    items = checked.values[_KEY] or []
    for place, item in enumerate(items):
        entry = CALLBACKS[item["kind"]]
        settings = entry.defaults() | {name: item[name] for name in item if name != "kind"}
        if checked.facts is not None:
            yield from _monitor(items, place, entry, settings, checked.facts)
            yield from _patience(items, place, entry, settings, checked.facts)
        yield from _file_name(items, place, entry, settings, checked.facts)
        if entry.name == "LearningRateScheduler" and settings["schedule"] == "table":
            yield from _table(items, place, settings, checked)
    names = [item["kind"] for item in items]
    rates = [name for name in _SETS_RATE if name in names]
    if len(rates) == 2:
        yield advice(
            "fit.callbacks-two-rates",
            _KEY,
            f"{listed([CALLBACKS[name].title for name in rates])} both set the learning rate: the "
            "schedule wins before each epoch.",
            Fix("Keep the schedule", {_KEY: [i for i in items if i["kind"] != rates[0]] or None}),
        )


def _changed(items: list[Any], place: int, **settings: Any) -> dict[str, Any]:
    changed = [dict(item) for item in items]
    changed[place] |= settings
    return {_KEY: changed}


def _monitor(
    items: list[Any], place: int, entry: Entry, settings: Mapping[str, Any], facts: Facts
) -> Iterator[Finding]:
    watches = entry.name in _WATCHING
    watches = watches and (entry.name != "ModelCheckpoint" or settings["save_best_only"])
    monitor = settings.get("monitor")
    if not watches or monitor in facts.monitors:
        return
    title = f"“{entry.title}”"
    if not facts.validates and str(monitor).startswith("val_"):
        fix = HOLD_OUT
        if facts.feed != "arrays":
            fix = Fix("Watch loss", _changed(items, place, monitor="loss"))
        yield advice(
            "fit.callbacks-no-validation",
            _KEY,
            f"{title} watches {strong(monitor)} and nothing is held out to check on: it will do "
            "nothing.",
            fix,
        )
        return
    meant = closest(str(monitor), facts.monitors) or facts.monitors[0]
    yield advice(
        "fit.callbacks-unknown-monitor",
        _KEY,
        f"{title} watches {strong(monitor)}, which is not measured. There are "
        f"{listed(facts.monitors)}.",
        Fix(f"Watch {meant}", _changed(items, place, monitor=meant)),
    )


def _patience(
    items: list[Any], place: int, entry: Entry, settings: Mapping[str, Any], facts: Facts
) -> Iterator[Finding]:
    if entry.name not in ("EarlyStopping", "ReduceLROnPlateau") or facts.epochs_to_run == 0:
        return
    patience = settings["patience"] + settings.get("start_from_epoch", 0)
    if patience < facts.epochs_to_run:
        return
    shorter = facts.epochs_to_run // 5
    settings_set = {"patience": shorter}
    if "start_from_epoch" in items[place]:
        settings_set["start_from_epoch"] = 0
    fix = Fix(f"Wait {counted(shorter, 'epoch')}", _changed(items, place, **settings_set))
    yield advice(
        "fit.callbacks-patience",
        _KEY,
        f"“{entry.title}” waits {counted(patience, 'epoch')} and training takes "
        f"{facts.epochs_to_run:,}: it can never act.",
        fix if shorter else None,
    )


def _file_name(
    items: list[Any], place: int, entry: Entry, settings: Mapping[str, Any], facts: Facts | None
) -> Iterator[Finding]:
    if entry.name != "ModelCheckpoint":
        return
    name = settings["filepath"]
    default = Fix("Use the usual name", _changed(items, place, filepath=_usual_name(entry)))
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(name) if field is not None]
        name.format_map(_AnyNumber())
    except (ValueError, IndexError, AttributeError, KeyError, TypeError):
        yield error(
            "fit.callbacks-file-name",
            _KEY,
            f"The name {strong(name)} is not complete: a field is written {{epoch}} or "
            "{val_loss:.4f}.",
            default,
        )
        return
    known = {"epoch", "batch", *(facts.monitors if facts is not None else fields)}
    unknown = [field for field in fields if field not in known]
    if unknown:
        yield error(
            "fit.callbacks-file-name-field",
            _KEY,
            f"The name {strong(name)} asks for {listed(unknown)}, which is not measured.",
            default,
        )


def _usual_name(entry: Entry) -> str:
    return str(entry.defaults()["filepath"])


class _AnyNumber(dict[str, float]):
    """Stands in for all logs, to try a file name out."""

    def __missing__(self, name: str) -> float:
        return 1 if name in ("epoch", "batch") else 0.5


def _table(
    items: list[Any], place: int, settings: Mapping[str, Any], checked: Checked
) -> Iterator[Finding]:
    table = settings["table"]
    if not table:
        yield error(
            "fit.callbacks-no-table",
            _KEY,
            "“Learning rate by schedule” has an empty table.",
            Fix("Go in steps", _changed(items, place, schedule="step")),
        )
    elif len(table) < checked.values["fit.epochs"]:
        yield advice(
            "fit.callbacks-short-table",
            _KEY,
            f"The table of learning rates has {len(table):,} of {checked.values['fit.epochs']:,} "
            "epochs: the last rate stays.",
        )
