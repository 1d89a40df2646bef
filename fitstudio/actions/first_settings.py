"""Settings to begin with for data files: what they are, and what is predicted from what."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fitstudio.actions import data as data_actions
from fitstudio.actions.folders import working_folder
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.parameters.sources import (
    joined_name,
    name_problem,
    simple_word,
)
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError
from fitstudio.storage.special_files import special_file
from fitstudio.words import say

# The files of a dataset: one; or several, by name or called as their files.
Files = Path | str | Sequence[Path | str] | Mapping[str, Path | str]

# Findings about what is in a data file and is no column.
_NOT_COLUMNS = ("data.other-groups", "data.other-lengths", "data.array-left-out")


def spec_for(
    data: Files,
    folder: Path,
    *,
    target: Sequence[str] = (),
    inputs: Sequence[str] = (),
    join: Mapping[str, str] | None = None,
    settings: Mapping[str, Any],
    cancel: threading.Event | None = None,
) -> RunSpec:
    """Settings to begin with for data files, under those that a person gives.

    Args:
        data: The file, or several.
        folder: The project's folder, from which files inside it are named.
        target: What is to be predicted, where a person has said so.
        inputs: What it is predicted from, likewise. Of several files a column may be named without
            its file where only one has it.
        join: For files whose rows are found by a column, that column by the file's name.
        settings: What a person has set.
        cancel: Ends the reading when set.

    Raises:
        DataError: If a file cannot be read, has no such column, or does not fit the others.
    """
    settings = dict(settings)
    named = _named(data)
    files = {name: _usable(Path(file)) for name, file in named.items()}
    if len(files) == 1:
        (file,) = files.values()
        if settings.get("data.y_file"):
            settings["data.y_file"] = _second_file(str(settings["data.y_file"]), file, folder)
        sources: dict[str, Any] = {"data.file": reference(file, folder)}
    else:
        sources = {"data.sources": _sources(files, folder, join or {})}
    if len(files) == 1 and join:
        raise DataError(
            say(
                "{join} is to belong to another file by a column, and there is only one file.",
                join=repr(next(iter(join))),
            ),
            code="data.join",
            remedy=say("Name the other file as well."),
        )
    given = RunSpec().with_values({**sources, **settings})
    # The columns are those that there are with what was said about the reading.
    summary = data_actions.inspect(given.to_json()["data"], folder, cancel=cancel)
    suggested = data_actions.suggest(
        summary,
        target=_columns(summary, target) or given.get("fit.y") or (),
        inputs=_columns(summary, inputs) or given.get("fit.x") or (),
        model=given.get("model.kind") if given.is_set("model.kind") else None,
    )
    columns = {**suggested.get("data.columns", {}), **(given.get("data.columns") or {})}
    if columns:
        settings["data.columns"] = columns
    known = looked_at(summary)
    return given.with_values(known | suggested | settings)


def looked_at(summary: DatasetSummary) -> dict[str, Any]:
    """The settings that say what files were found to be, by their keys."""
    if not summary.sources:
        return {"data.fingerprint": dict(summary.fingerprint), "data.kind": summary.kind}
    return {
        f"data.sources.{each.name}.{field}": value
        for each in summary.sources
        for field, value in (("format", each.kind), ("fingerprint", dict(each.fingerprint)))
    }


def reference(data: Path, folder: Path) -> str:
    """The file as a project names it: from its own folder on where it is inside, else whole."""
    try:
        return data.relative_to(folder).as_posix()
    except ValueError:
        return str(data)


def _named(data: Files) -> dict[str, Path | str]:
    if isinstance(data, Mapping):
        for name in data:
            problem = name_problem(name)
            if problem is not None:
                raise DataError(
                    say(
                        "{name} cannot be the name of a file among several: it {problem}.",
                        name=repr(name),
                        problem=problem,
                    ),
                    code="data.source-name",
                )
        return dict(data)
    named: dict[str, Path | str] = {}
    for file in [data] if isinstance(data, Path | str) else data:
        named[simple_word(str(file), named)] = file
    return named


def _usable(data: Path) -> Path:
    data = data.expanduser().absolute()
    special = special_file(data)
    if special:
        raise DataError(
            say("{data} is {special}, not a data file.", data=repr(str(data)), special=special),
            code="data.special-file",
            remedy=say("Write what comes out of it into a file first, then name that file."),
        )
    if not data.exists():
        raise DataError(
            say("There is no file {data}.", data=repr(str(data))),
            code="data.missing",
            remedy=say("Check the name; the path begins where the command was typed."),
        )
    return data


def _sources(
    files: Mapping[str, Path], folder: Path, join: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    first, *others = files
    for name in join:
        if name not in files:
            raise DataError(
                say(
                    "There is no file that is called {name}.{did_you_mean}",
                    name=repr(name),
                    did_you_mean=did_you_mean(name, files),
                ),
                code="data.join",
                remedy=say("There are {files}.", files=", ".join(map(repr, files))),
            )
    if join and not set(join) & set(others):
        raise DataError(
            say(
                "The rows of {first}, the first file, are those that others are found for.",
                first=repr(first),
            ),
            code="data.join",
            remedy=say(
                "Say by which column those of another file are found, such as {others}={join}.",
                others=others[0],
                join=join[first],
            ),
        )
    sources: dict[str, dict[str, Any]] = {}
    for name, file in files.items():
        sources[name] = {"path": reference(file, folder)}
        if name in others and name in join:
            sources[name] |= {"by": join[name], "to": join.get(first, join[name])}
    return sources


def _second_file(name: str, data: Path, folder: Path) -> str:
    """The file of targets: in the project, from where the command was typed, or beside the data."""
    for place in (folder, working_folder(), data.parent):
        file = place / Path(name).expanduser()
        if file.is_file():
            return reference(file, folder)
    return name


def _columns(summary: DatasetSummary, names: Sequence[str]) -> list[str]:
    return [_column(summary, name) for name in names]


def _column(summary: DatasetSummary, name: str) -> str:
    """A column as it is called; of several files it may be named without its file."""
    if name in summary.names:
        return name
    meant = [each for each in _meant(summary, name) if each in summary.names]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise DataError(
            say("{meant} files have a column {name}.", meant=len(meant), name=repr(name)),
            code="data.missing-column",
            remedy=say("Name it with its file: {meant}.", meant=" or ".join(map(repr, meant))),
        )
    shown = ", ".join(repr(each) for each in summary.names[:20])
    more = " …" if len(summary.names) > 20 else ""
    # It may be there, but not among the columns; then the finding says why, and the way out.
    told = [
        f" {found.sentence.replace('**', '')}"
        for found in summary.findings
        if found.code in _NOT_COLUMNS and name in found.sentence
    ]
    raise DataError(
        say("{file} has no column {name}.", file=repr(Path(summary.file).name), name=repr(name)),
        code="data.missing-column",
        remedy=say("It has: {shown}{more}.{told}", shown=shown, more=more, told="".join(told[:1])),
    )


def _meant(summary: DatasetSummary, name: str) -> Iterator[str]:
    for source in summary.sources:
        yield joined_name(source.name, name)
