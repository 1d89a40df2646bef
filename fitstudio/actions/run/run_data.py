"""What is known about the data of a run that is to be: read once, kept, made anew when stale."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.actions import data as data_actions
from fitstudio.actions.reading.data_moved import moved_to
from fitstudio.data.fingerprint import quick_look, untouched
from fitstudio.declared.parameters.sources import are_several, sources_of
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.parts_report import parts_key
from fitstudio.errors import DataError
from fitstudio.project import Project
from fitstudio.words import say

_summaries: dict[tuple[Any, ...], DatasetSummary] = {}

_summaries_lock = threading.Lock()


def dataset_summary(
    project: Project,
    spec: RunSpec | None = None,
    *,
    cancel: threading.Event | None = None,
) -> DatasetSummary | None:
    """What is known about the data of a specification; None while no file is chosen.

    Starts a reader process unless the same file was looked at before: call it off the GUI thread.

    Args:
        project: The project.
        spec: Whose data; the project's settings by default.
        cancel: Ends the reading when set.

    Raises:
        DataError: If the file cannot be read.
    """
    spec = spec or project.settings
    data = spec.to_json().get("data", {})
    if not spec.get("data.file"):
        return None
    key = (*_data_key(project.folder, data), parts_key(spec.get))
    with _summaries_lock:
        known = _summaries.get(key)
    if known is None:
        try:
            asked = spec.to_json()
            known = data_actions.inspect(data, project.folder, spec=asked, cancel=cancel)
        except DataError as problem:
            _say_where_it_is(problem, project.folder, data)
            raise
        with _summaries_lock:
            _summaries[key] = known
    return known


def second_summary(
    project: Project, spec: RunSpec, *, cancel: threading.Event | None = None
) -> DatasetSummary | None:
    """What is known about the second file that the model is checked on; None if there is none.

    It is read as the training file is, as far as somebody said how that is read.

    Args:
        project: The project.
        spec: Whose second file.
        cancel: Ends the reading when set.

    Raises:
        DataError: If the file cannot be read.
    """
    given = spec.get("fit.validation_data")
    if not isinstance(given, Mapping) or not isinstance(given.get("file"), str):
        return None
    if are_several(spec.data):
        return None  # one file cannot stand for several; preparing says what is missing
    same = {name: spec.get(f"data.{name}") for name in ("columns", "options")}
    data = {**{name: value for name, value in same.items() if value}, **given}
    key = _data_key(project.folder, data)
    with _summaries_lock:
        known = _summaries.get(key)
    if known is None:
        try:
            known = data_actions.inspect(data, project.folder, cancel=cancel)
        except DataError:
            if "options" in given or "options" not in data:
                raise
            # What was said of the training file need not hold for a file of another kind.
            del data["options"]
            known = data_actions.inspect(data, project.folder, cancel=cancel)
        with _summaries_lock:
            _summaries[key] = known
    return known


def up_to_date(
    project: Project, spec: RunSpec, summary: DatasetSummary | None
) -> DatasetSummary | None:
    """The summary, made anew where the file was written to since it was made.

    Args:
        project: The project.
        spec: Whose data.
        summary: What was known about the data; None if nothing was.

    Raises:
        DataError: If the file cannot be read any more.
    """
    if summary is None:
        return dataset_summary(project, spec)
    known = {each.name: each.fingerprint for each in summary.sources}
    try:
        same = all(
            _is_untouched(project.folder, source, known.get(name, summary.fingerprint))
            for name, source in sources_of(spec.data).items()
        )
    except OSError:
        same = False
    return summary if same else dataset_summary(project, spec)


def _is_untouched(folder: Path, source: Mapping[str, Any], fingerprint: Mapping[str, Any]) -> bool:
    if not fingerprint:
        return True  # whoever made the summary did not look
    targets = source.get("targets") if fingerprint.get("targets") else None
    path = folder / str(source.get("path"))
    return untouched(fingerprint, path, folder / targets if targets else None)


def _say_where_it_is(problem: DataError, folder: Path, data: Mapping[str, Any]) -> None:
    """Adds to the error of a file that is gone the place at which it is found again."""
    if problem.code != "data.file-missing":
        return
    sources = sources_of(data)
    for name, source in sources.items():
        path = source.get("path")
        if not path or (folder / path).exists():
            continue
        found = moved_to(folder, str(path), source.get("fingerprint"))
        key = "data.file" if len(sources) == 1 else f"data.sources.{name}.path"
        if found is not None:
            problem.remedy = say(
                "The same file is at {place}: choose it there (--set {setting}).",
                place=repr(found),
                setting=shlex.quote(f"{key}={found}"),
            )
        return


def _data_key(folder: Path, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a summary depends on: the files as they are now, and how they are read."""
    files = []
    sources = sources_of(data)
    for name in ("path", "targets"):
        for source in sources.values():
            if source.get(name):
                path = folder / source[name]
                try:
                    files.append((str(path), *quick_look(path)))
                except OSError:
                    files.append((str(path), None, None))
    reading = {
        name: {field: source[field] for field in source if field != "fingerprint"}
        for name, source in sources.items()
    }
    return (*files, repr(reading))
