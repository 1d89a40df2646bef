"""What the columns of the data are for, and how each is taken and prepared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from fitstudio.declared.task.dataset_summary import (
    DatasetSummary,
)
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


class Role(StrEnum):
    """What a column is for."""

    TARGET = "target"
    INPUT = "input"
    WEIGHT = "weight"
    LEFT_OUT = "left out"


def role_of(session: ProjectSession, name: str) -> Role:
    """What a column is for."""
    if name in (session.spec.get("fit.y") or ()):
        return Role.TARGET
    if name in (session.spec.get("fit.x") or ()):
        return Role.INPUT
    if name == session.spec.get("fit.sample_weight"):
        return Role.WEIGHT
    return Role.LEFT_OUT


def set_role(session: ProjectSession, name: str, role: Role, *, also: bool = False) -> None:
    """Gives a column another role, as one step of undo.

    A new target takes the place of the old one, and the old one that of the new: what was an input
    becomes the target, what was the target becomes an input.

    Args:
        session: The open project.
        name: The column.
        role: What it is to be.
        also: For a target: the targets that there are stay.
    """
    before = role_of(session, name)
    if before is role and not also:
        return
    inputs = [each for each in session.spec.get("fit.x") or () if each != name]
    targets = [each for each in session.spec.get("fit.y") or () if each != name]
    weight = session.spec.get("fit.sample_weight")
    weight = None if weight == name else weight
    if role is Role.TARGET:
        if not also:
            if before is Role.INPUT:
                inputs += targets
            targets = []
        targets.append(name)
    elif role is Role.INPUT:
        inputs.append(name)
    elif role is Role.WEIGHT:
        weight = name
    inputs = _in_file_order(session.summary, inputs)
    words = {
        Role.TARGET: say("Predict {name}", name=name),
        Role.INPUT: say("Use {name} as input", name=name),
        Role.WEIGHT: say("Weigh rows by {name}", name=name),
        Role.LEFT_OUT: say("Leave {name} out", name=name),
    }
    session.set_many(
        {"fit.x": inputs or None, "fit.y": targets or None, "fit.sample_weight": weight},
        words[role],
    )


def set_type(session: ProjectSession, name: str, kind: str) -> None:
    """Takes a column for a "number" or a "category"."""
    columns = dict(session.spec.get("data.columns") or {})
    columns[name] = {**columns.get(name, {}), "type": kind}
    session.set_many(
        {"data.columns": columns}, say("Take {name} for a {kind}", name=name, kind=kind)
    )


def set_preparation(session: ProjectSession, name: str, setting: str, value: str) -> None:
    """Prepares a column in a way of its own.

    Args:
        session: The open project.
        name: The column.
        setting: "prepare" or "missing".
        value: The way's name.
    """
    session.set_many({f"data.columns.{name}.{setting}": value}, say("Prepare {name}", name=name))


def _in_file_order(summary: DatasetSummary | None, names: Sequence[str]) -> list[str]:
    if summary is None:
        return list(dict.fromkeys(names))
    place = {name: number for number, name in enumerate(summary.names)}
    return sorted(dict.fromkeys(names), key=lambda name: place.get(name, math.inf))
