"""Checks of the callbacks: what they watch, when they can act, the names of their files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from fitstudio.declared.catalogue.callback_entry import CallbackEntry
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.catalogue.watching import right_mode
from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.checks.fit import HOLD_OUT
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.kinds.run_file_names import examples_of, fields_of, name_problem
from fitstudio.declared.kinds.spelling import closest
from fitstudio.declared.task.facts import Facts
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_count, listed, strong

_KEY = "fit.callbacks"


def check_callbacks(checked: Checked) -> Iterator[Finding]:
    """Everything about the list of callbacks."""
    items = checked.values[_KEY] or []
    for place, item in enumerate(items):
        entry = CALLBACKS[item["kind"]]
        settings = entry.settings(item)
        if checked.facts is not None:
            yield from _monitor(items, place, entry, settings, checked.facts)
            yield from _patience(items, place, entry, settings, checked.facts)
        yield from _direction(items, place, entry, settings)
        yield from _file_name(items, place, entry, settings, checked)
        if entry.name == "LearningRateScheduler" and settings["schedule"] == "table":
            yield from _table(items, place, settings, checked)
    yield from _same_file(items)
    names = {item["kind"] for item in items}
    rates = [entry.name for entry in CALLBACKS.values() if entry.sets_rate and entry.name in names]
    if len(rates) == 2:
        yield advice(
            "fit.callbacks-two-rates",
            _KEY,
            say(
                "{rates} both set the learning rate: the schedule wins before each epoch.",
                rates=listed([CALLBACKS[name].title for name in rates]),
            ),
            Fix(
                say("Keep the schedule"),
                {_KEY: [i for i in items if i["kind"] != rates[0]] or None},
            ),
        )


def _changed(items: list[Any], place: int, **settings: Any) -> dict[str, Any]:
    changed = [dict(item) for item in items]
    changed[place] |= settings
    return {_KEY: changed}


def _monitor(
    items: list[Any], place: int, entry: CallbackEntry, settings: Mapping[str, Any], facts: Facts
) -> Iterator[Finding]:
    monitor = settings.get("monitor")
    if not entry.is_watching(settings) or monitor in facts.monitors:
        return
    title = f"“{entry.title}”"
    if not facts.validates and str(monitor).startswith("val_"):
        fix = HOLD_OUT
        if facts.feed != "arrays":
            fix = Fix(say("Watch loss"), _changed(items, place, monitor="loss"))
        yield advice(
            "fit.callbacks-no-validation",
            _KEY,
            say(
                "{title} watches {monitor} and nothing is held out to check on: it will do "
                "nothing.",
                title=title,
                monitor=strong(monitor),
            ),
            fix,
        )
        return
    meant = closest(str(monitor), facts.monitors) or facts.monitors[0]
    yield advice(
        "fit.callbacks-unknown-monitor",
        _KEY,
        say(
            "{title} watches {monitor}, which is not measured. There are {monitors}.",
            title=title,
            monitor=strong(monitor),
            monitors=listed(facts.monitors),
        ),
        Fix(say("Watch {meant}", meant=meant), _changed(items, place, monitor=meant)),
    )


def _direction(
    items: list[Any], place: int, entry: CallbackEntry, settings: Mapping[str, Any]
) -> Iterator[Finding]:
    """The reference's "auto" goes by the name, and takes most metrics for something that falls."""
    if not entry.is_watching(settings) or settings["mode"] != "auto":
        return
    monitor = str(settings["monitor"])
    fitting = right_mode(entry.name, monitor)
    if fitting == "auto":
        return
    taken, true = ("lower", "higher") if fitting == "max" else ("higher", "lower")
    yield advice(
        "fit.callbacks-direction",
        _KEY,
        say(
            "“{entry}” on automatic takes a {taken} {monitor} for better, as in the "
            "reference; of this metric {true} is better.",
            entry=entry.title,
            taken=strong(taken),
            monitor=strong(monitor),
            true=true,
        ),
        Fix(say("{true} is better", true=true.capitalize()), _changed(items, place, mode=fitting)),
    )


def _patience(
    items: list[Any], place: int, entry: CallbackEntry, settings: Mapping[str, Any], facts: Facts
) -> Iterator[Finding]:
    if not entry.watches or "patience" not in settings or facts.epochs_to_run == 0:
        return
    patience = settings["patience"] + settings.get("start_from_epoch", 0)
    if patience < facts.epochs_to_run:
        return
    shorter = facts.epochs_to_run // 5
    settings_set = {"patience": shorter}
    if "start_from_epoch" in items[place]:
        settings_set["start_from_epoch"] = 0
    fix = Fix(
        say("Wait {shorter}", shorter=say_count(shorter, "{number} epoch", "{number} epochs")),
        _changed(items, place, **settings_set),
    )
    yield advice(
        "fit.callbacks-patience",
        _KEY,
        say(
            "“{entry}” waits {patience} and training takes {epochs_to_run}: it can never act.",
            entry=entry.title,
            patience=say_count(patience, "{number} epoch", "{number} epochs"),
            epochs_to_run=format_count(facts.epochs_to_run),
        ),
        fix if shorter else None,
    )


def _file_name(
    items: list[Any],
    place: int,
    entry: CallbackEntry,
    settings: Mapping[str, Any],
    checked: Checked,
) -> Iterator[Finding]:
    setting = entry.writes
    if not setting:
        return
    name = str(settings[setting])
    usual = Fix(say("Use the usual name"), _changed(items, place, **{setting: entry.usual_name()}))
    names = [name]
    if entry.fills_names:
        try:
            names = list(examples_of(name, checked.values["fit.epochs"]))
        except ValueError:
            yield error(
                "fit.callbacks-file-name",
                _KEY,
                say(
                    "The name {name} cannot be filled in: a field is written {{epoch}} or "
                    "{{val_loss:.4f}}.",
                    name=strong(name),
                ),
                usual,
            )
            return
        fields = fields_of(name)
        monitors = fields if checked.facts is None else checked.facts.monitors
        unknown = [field for field in fields if field not in {"epoch", "batch", *monitors}]
        if unknown:
            yield error(
                "fit.callbacks-file-name-field",
                _KEY,
                say(
                    "The name {name} asks for {unknown}, which is not measured.",
                    name=strong(name),
                    unknown=listed(unknown),
                ),
                usual,
            )
            return
    problem = next((each for each in map(name_problem, names) if each is not None), None)
    if problem is not None:
        yield error(
            f"fit.callbacks-file-name-{problem.kind}",
            _KEY,
            say(
                "The name {name} of “{entry}” {clause}.",
                name=strong(name),
                entry=entry.title,
                clause=problem.clause,
            ),
            usual if entry.usual_name() != name else None,
        )


def _same_file(items: list[Any]) -> Iterator[Finding]:
    """Two helpers that would write over each other."""
    seen: set[str] = set()
    for place, item in enumerate(items):
        entry = CALLBACKS[item["kind"]]
        setting = entry.writes
        if not setting:
            continue
        name = str(item.get(setting, entry.usual_name()))
        path = posixpath.normpath(name.replace("\\", "/")).casefold()
        # Two savers of the same epoch write the same model: that harms nobody.
        if path in seen and not entry.fills_names:
            stem, dot, ending = name.rpartition(".")
            other = f"{stem or ending}-{place + 1}{dot if stem else ''}{ending if stem else ''}"
            yield error(
                "fit.callbacks-same-file",
                _KEY,
                say(
                    "Two helpers write to {name}: each needs a name of its own.", name=strong(name)
                ),
                Fix(
                    say("Call it {other}", other=other), _changed(items, place, **{setting: other})
                ),
            )
        seen.add(path)


def _table(
    items: list[Any], place: int, settings: Mapping[str, Any], checked: Checked
) -> Iterator[Finding]:
    table = settings["table"]
    if not table:
        yield error(
            "fit.callbacks-no-table",
            _KEY,
            say("“Learning rate by schedule” has an empty table."),
            Fix(say("Go in steps"), _changed(items, place, schedule="step")),
        )
    elif len(table) < checked.values["fit.epochs"]:
        yield advice(
            "fit.callbacks-short-table",
            _KEY,
            say(
                "The table of learning rates has {table} of {values} epochs: the last rate stays.",
                table=format_count(len(table)),
                values=format_count(checked.values["fit.epochs"]),
            ),
        )
