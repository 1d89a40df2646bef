"""Calls a run by what changed: "LR halved", "Units 64, 32", "Dropout 0.2 and 2 more"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fitstudio.declared.catalogue.models import MODELS
from fitstudio.declared.run_spec import Difference, RunSpec

_LONGEST = 60
_NAMED = 2
# What says nothing about the outcome, so nothing about how two runs differ.
_WITHOUT_EFFECT = {
    "run.name",
    "run.note",
    "run.parent",
    "run.keep_epochs",
    "fit.verbose",
    "data.fingerprint",
}
_SHORT = {
    "learning_rate": "LR",
    "x": "Inputs",
    "y": "Target",
    "file": "Data",
    "sources": "Data",
    "kind": "Model",
    "l1": "L1",
    "l2": "L2",
}
_FACTORS = {0.5: "halved", 2.0: "doubled", 0.1: "÷ 10", 10.0: "× 10"}


def telling(differences: Sequence[Difference]) -> list[Difference]:
    """The differences that can make a difference."""
    return [each for each in differences if each.key not in _WITHOUT_EFFECT]


def title_of(spec: RunSpec, differences: Sequence[Difference] | None) -> str:
    """A title for a run.

    Args:
        spec: What it is to do.
        differences: From the run before (`mine` is the new value); None for the first run.
    """
    if differences is None:
        kind = str(spec.get("model.kind"))
        return f"First {MODELS[kind].called if kind in MODELS else kind.upper()}"
    told = telling(differences)
    if not told:
        return "Again"
    words = ", ".join(_said(each) for each in told[:_NAMED])
    if len(told) > _NAMED:
        words += f" and {len(told) - _NAMED} more"
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def _said(difference: Difference) -> str:
    section, _, name = difference.key.partition(".")
    label = _SHORT.get(name, name.replace("_", " ").capitalize())
    if section == "data" and name == "kind":
        label = "Format"
    mine, theirs = difference.mine, difference.theirs
    if _is_number(mine) and _is_number(theirs) and theirs and name != "seed":
        factor = _FACTORS.get(round(mine / theirs, 9))
        if factor is not None:
            return f"{label} {factor}"
    return f"{label} {_value(mine)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _value(value: Any) -> str:
    if value is None:
        return "automatic"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return str(value.get("kind", "changed"))
    if isinstance(value, (list, tuple)):
        return ", ".join(_value(each) for each in value) if value else "none"
    return str(value).rpartition("/")[2]
