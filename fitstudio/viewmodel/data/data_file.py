"""Which file is the project's data, where its targets are, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.actions import data as data_actions
from fitstudio.actions.first_settings import reference
from fitstudio.declared.parameters.sources import as_single, sources_of
from fitstudio.declared.task.dataset_summary import (
    TreeNode,
)
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say

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
