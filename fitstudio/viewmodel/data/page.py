"""What the Data page knows: the file in words, its columns with their roles, what to decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from fitstudio.actions import data as data_actions
from fitstudio.actions.first_settings import reference
from fitstudio.declared.checks.decisions import Decision, about_data, decisions, open_findings
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.parameters.sources import as_single, sources_of
from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    NUMBER,
    ColumnSummary,
    DatasetSummary,
    Guess,
    TreeNode,
)
from fitstudio.viewmodel.data.preparation import PreparationView, preparation_view
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count
from fitstudio.words.numbers import counted, format_bytes, format_count, format_value, listed

_MOST_BARS = 16
# Settings that say how a file is read; another file starts with guesses of its own.
_READING = ("data.sources",)
# Settings that name columns or go with them; with other columns they are suggested anew.
_ROLES = (
    "fit.x",
    "fit.y",
    "fit.sample_weight",
    "fit.validation_data",
    "fit.class_weight",
    "compile.loss",
    "data.columns",
    "data.row_order",
    "data.split",
    "data.split_column",
)


class Role(StrEnum):
    """What a column is for."""

    TARGET = "target"
    INPUT = "input"
    WEIGHT = "weight"
    LEFT_OUT = "left out"


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """One column as the table's head shows it.

    Args:
        name: The column's name.
        title: The name without the unit, which `kind` tells.
        kind: What it holds, in two or three words: "3 classes", "number · mm", "8 × 8".
        role: What it is for.
        bars: Its distribution, each bar from 0 to 1.
        classes: Whether a bar is a class; else the bars are a histogram.
        numeric: Whether its cells stand at the right.
        missing: How many cells are missing.
        type: "number", "category" and so on, as the summary has it.
        can_convert: Whether it can be taken for a number and for classes.
        tip: All that is known about it, in a few lines.
        preparation: How it is prepared; None where it is no input.
    """

    name: str
    title: str
    kind: str
    role: Role
    bars: tuple[float, ...]
    classes: bool
    numeric: bool
    missing: int
    type: str
    can_convert: bool
    tip: str
    preparation: PreparationView | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of what was found in the data.

    Args:
        look: error, warning, info or done.
        title: What was found.
        detail: What it means.
        button: What the button says; none if empty.
        values: What the button sets, by key.
        text: What undo calls that.
        where: The setting that it stands at.
        code: The finding's stable name, by which terminal and window show the same.
    """

    look: str
    title: str
    detail: str = ""
    button: str = ""
    values: Mapping[str, Any] | None = None
    text: str = ""
    where: str = "data.file"
    code: str = ""


@dataclass(frozen=True)
class DataView:
    """Everything that the page shows of a file that was read."""

    title: str
    facts: str
    guesses: tuple[Guess, ...]
    columns: tuple[ColumnView, ...]
    rows: int
    items: tuple[Item, ...]


def view(session: ProjectSession) -> DataView | None:
    """What the page shows; None while nothing is known about the data."""
    summary = session.summary
    if summary is None:
        return None
    format = find_format(summary.kind)
    names = [each.name for each in summary.sources]
    word, part = format.row, format.column
    facts = (
        counted(summary.rows, word),
        counted(len(summary.columns), part),
        format_bytes(summary.bytes),
    )
    return DataView(
        title=listed(names) if names else Path(summary.file).name,
        facts=" · ".join(facts),
        guesses=tuple(guess for guess in summary.guesses if guess.label),
        columns=_columns(session, summary),
        rows=summary.rows,
        items=tuple(_items(session, summary)),
    )


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


def set_options(session: ProjectSession, changed: Mapping[str, Any]) -> None:
    """Overrules how the file is read; None goes back to the guess."""
    options = dict(session.spec.get("data.options") or {})
    for name, value in changed.items():
        if value is None:
            options.pop(name, None)
        else:
            options[name] = value
    session.set_many({"data.options": options or None}, say("Change how the file is read"))


def take_file(session: ProjectSession, file: Path) -> Job:
    """Makes a file the project's data.

    Where it has the columns that are in use, everything else stays; else roles and model are
    suggested anew. One step of undo takes it all back.
    """
    name = reference(file, session.project.folder)

    def look(job: Job) -> dict[str, Any]:
        values: dict[str, Any] = dict.fromkeys(_READING)
        return values | _looked_at(session, {"file": name}, job)

    return session.in_background(
        look,
        lambda values: session.set_many(values, say("Use {file}", file=file.name)),
        replaces=f"take file {id(session)}",
    )


def take_targets(session: ProjectSession, file: Path) -> Job:
    """Takes the targets from a second file; roles that this changes are suggested anew."""
    name = reference(file, session.project.folder)
    (source,) = sources_of(session.spec.data).values()
    data = {**as_single(source), "y_file": name}

    def look(job: Job) -> dict[str, Any]:
        return {"data.y_file": name} | _looked_at(session, data, job)

    return session.in_background(
        look,
        lambda values: session.set_many(values, say("Choose targets")),
        replaces=f"take file {id(session)}",
    )


def _looked_at(session: ProjectSession, data: Mapping[str, Any], job: Job) -> dict[str, Any]:
    """What a file is, and roles where those in use are not in it."""
    summary = data_actions.inspect(data, session.project.folder, cancel=job.cancelled)
    values: dict[str, Any] = {"data.file": data["file"], "data.kind": summary.kind}
    values["data.fingerprint"] = dict(summary.fingerprint)
    used = {*(session.spec.get("fit.x") or ()), *(session.spec.get("fit.y") or ())}
    if not used or not used <= set(summary.names):
        values |= dict.fromkeys(_ROLES)
        values |= data_actions.suggest(summary)
    return values


def tree(session: ProjectSession, job: Job) -> list[TreeNode]:
    """The groups and arrays of the data file; for a background thread."""
    file = session.project.folder / str(session.spec.get("data.file"))
    return data_actions.tree(file, cancel=job.cancelled)


def _columns(session: ProjectSession, summary: DatasetSummary) -> tuple[ColumnView, ...]:
    # Spectra have a thousand columns: the roles are looked up once, not for each of them.
    roles: dict[str, Role] = dict.fromkeys(session.spec.get("fit.x") or (), Role.INPUT)
    weight = session.spec.get("fit.sample_weight")
    if weight is not None:
        roles[weight] = Role.WEIGHT
    roles |= dict.fromkeys(session.spec.get("fit.y") or (), Role.TARGET)
    return tuple(
        _column(session, column, roles.get(column.name, Role.LEFT_OUT))
        for column in summary.columns
    )


def _column(session: ProjectSession, column: ColumnSummary, role: Role) -> ColumnView:
    prepared = preparation_view(session.spec, column) if role is Role.INPUT else None
    tip = _tip(column)
    if prepared is not None and prepared.words:
        tip += "\n" + say("prepared: {words}", words=prepared.words)
    counts = [count for _, count in column.classes] if column.type == CATEGORY else []
    classes = bool(counts) and len(counts) <= _MOST_BARS
    bars = counts if classes else list(column.histogram)
    largest = max(bars, default=0)
    return ColumnView(
        name=column.name,
        title=_title(column),
        kind=_kind(column),
        role=role,
        bars=tuple(_share(count, largest) for count in bars),
        classes=classes,
        numeric=column.type == NUMBER,
        missing=column.missing,
        type=column.type,
        tip=tip,
        preparation=prepared,
        can_convert=not column.shape and (column.numeric or column.type in (NUMBER, CATEGORY)),
    )


def _title(column: ColumnSummary) -> str:
    if not column.unit or column.type != NUMBER:
        return column.name
    stem = column.name.removesuffix(column.unit).rstrip(" _([")
    return stem if stem and column.name.endswith(column.unit) else column.name


def _tip(column: ColumnSummary) -> str:
    lines = [column.title or column.name, _kind(column)]
    gaps = (
        say(", {missing} missing", missing=format_count(column.missing)) if column.missing else ""
    )
    lines.append(f"{say_count(column.count, '{number} value', '{number} values')}{gaps}")
    if column.minimum is not None and column.maximum is not None:
        lines.append(
            say(
                "from {minimum} to {maximum}",
                minimum=format_value(column.minimum),
                maximum=format_value(column.maximum),
            )
        )
    if column.mean is not None and column.std is not None and column.type != CATEGORY:
        mean, spread = format_value(column.mean), format_value(column.std)
        lines.append(say("mean {mean}, spread {spread}", mean=mean, spread=spread))
    if column.type == CATEGORY:
        classes = [f"{name} {format_count(count)}" for name, count in column.classes[:8]]
        lines.append(", ".join(classes) + (" …" if len(column.classes) > 8 else ""))
    return "\n".join(lines)


def _share(count: int, largest: int) -> float:
    # A bin with few rows must still be seen beside one with many.
    return 0.0 if not count or not largest else max(count / largest, 0.04)


def _kind(column: ColumnSummary) -> str:
    match column.type:
        case "category":
            return say_count(
                len(column.classes) or column.distinct or 0, "{number} class", "{number} classes"
            )
        case "number":
            return say("number · {unit}", unit=column.unit) if column.unit else say("number")
        case "id":
            return say("all different")
        case "constant":
            return say("always the same")
        case "array":
            return " × ".join(str(size) for size in column.shape) or "array"
    return column.type


def _items(session: ProjectSession, summary: DatasetSummary) -> list[Item]:
    items = [
        _of_finding(each) for each in open_findings(session.resolved, summary) if about_data(each)
    ]
    items += [_of_decision(each) for each in decisions(session.resolved, summary)]
    order = {"error": 0, "warning": 1, "info": 2, "done": 3}
    return sorted(items, key=lambda item: order[item.look])


def _of_finding(finding: Finding) -> Item:
    looks = {
        Severity.ERROR: "error",
        Severity.ADVICE: "warning",
        Severity.NO_EFFECT: "info",
        Severity.TOLD: "done",
    }
    title, _, detail = finding.sentence.partition(". ")
    fix = finding.fix
    return Item(
        look=looks[finding.severity],
        title=title if detail else title.rstrip("."),
        detail=detail,
        button=fix.sentence if fix else "",
        values=fix.set if fix else None,
        text=fix.sentence if fix else "",
        where=finding.where,
        code=finding.code,
    )


def _of_decision(decision: Decision) -> Item:
    return replace(_of_finding(decision.finding), title=decision.title, detail=decision.detail)


def _in_file_order(summary: DatasetSummary | None, names: Sequence[str]) -> list[str]:
    if summary is None:
        return list(dict.fromkeys(names))
    place = {name: number for number, name in enumerate(summary.names)}
    return sorted(dict.fromkeys(names), key=lambda name: place.get(name, math.inf))
