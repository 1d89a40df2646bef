"""The settings of runs in words: all of one run's, and those in which several differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitstudio.actions.runs import RunRecord
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.parameters.registry import find_param
from fitstudio.viewmodel.runs.run_words import value_words
from fitstudio.words import numbers, say, say_marked

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting in which compared runs differ: its name and each run's value, in words."""

    key: str
    title: str
    values: tuple[str, ...]
    odd: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """A part of a run's settings: rows of title, real name, value, and where it came from."""

    title: str
    rows: tuple[tuple[str, str, str, str], ...]


def settings_of(record: RunRecord) -> list[SettingsGroup]:
    """Every setting that was made or matters, in the order of the form."""
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    values: Mapping[str, Any] = record.resolved.values if record.resolved else {}
    kind = record.spec.get("model.kind")
    for key in dict.fromkeys([*record.spec.set_keys(), *values]):
        param = find_param(key, kind)
        if param is None or key in OF_ONE_RUN:
            continue
        resolved = values.get(key)
        given = record.spec.is_set(key)
        value = record.spec.get(key) if given or resolved is None else resolved.value
        origin = say("set by you") if given else str(resolved.origin.value) if resolved else ""
        groups.setdefault(param.group, []).append((param.title, key, param.show(value), origin))
    return [SettingsGroup(say_marked(title), tuple(rows)) for title, rows in groups.items()]


OF_ONE_RUN = frozenset({"run.name", "run.note", "run.parent", "data.fingerprint"})


def difference(key: str, title: str, values: Sequence[str]) -> Difference:
    """Marks as odd the values that only one run has."""
    """Marks as odd the values that only one run has."""
    counts = {value: values.count(value) for value in values}
    odd = tuple(counts[value] == 1 and len(counts) < len(values) for value in values)
    return Difference(key, title, tuple(values), odd)


def setting_words(record: RunRecord, key: str) -> str:
    """A setting of a run in words; a dash where its model has no such setting."""
    param = find_param(key, record.spec.get("model.kind"))
    if param is None:
        return "–"
    value = record.spec.get(key)
    if key == "fit.callbacks" and value:
        return "; ".join(_helper(item) for item in value)
    return numbers.format_count(value) if type(value) is int else param.show(value)


def same_setting(one: RunRecord, other: RunRecord, key: str) -> bool:
    """Whether two runs have the same value, of the same type, in a setting."""
    values = []
    for record in (one, other):
        known = find_param(key, record.spec.get("model.kind")) is not None
        values.append(record.spec.get(key) if known else None)
    return type(values[0]) is type(values[1]) and values[0] == values[1]


def _helper(item: Mapping[str, Any]) -> str:
    """A helper with the settings that were made: "EarlyStopping, patience 10"."""
    kind = str(item.get("kind"))
    defaults = CALLBACKS[kind].defaults() if kind in CALLBACKS else {}
    made = [
        f"{name.replace('_', ' ')} {value_words(value)}"
        for name, value in item.items()
        if name != "kind" and value != defaults.get(name)
    ]
    return ", ".join([kind, *made])


def title_of(key: str, records: Sequence[RunRecord]) -> str:
    """The title of a setting, from the first run whose model has it; else its key."""
    for record in records:
        param = find_param(key, record.spec.get("model.kind"))
        if param is not None:
            return param.title
    return key


def parameters_words(record: RunRecord) -> str:
    """How many parameters the run's model has; a dash where that is not known."""
    plan = record.resolved.model_plan if record.resolved else None
    if plan is None:
        return "–"
    return numbers.format_count(plan.parameters)
