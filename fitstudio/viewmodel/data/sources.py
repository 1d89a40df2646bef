"""The data's files, where there are several: add one, remove, rename, say how rows belong together.

With one file columns go by their own names, with several by `name/column`: whoever changes which
files there are, or what they are called, takes the roles along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psygnal import Signal

from fitstudio.actions import data as data_actions
from fitstudio.actions.first_settings import looked_at, reference
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.parameters.sources import (
    as_single,
    joined_name,
    name_problem,
    parted_name,
    simple_word,
    sources_of,
)
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import (
    ColumnSummary,
    DatasetSummary,
    Guess,
    TreeNode,
)
from fitstudio.errors import DataError
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count
from fitstudio.words.numbers import counted

_MOST_OFFERED = 200


@dataclass(frozen=True, kw_only=True)
class SourceView:
    """One of several files, as the list shows it.

    Args:
        name: What it is called.
        file: Its file's name.
        facts: How much it holds; empty until that is known.
        first: Whether it gives the rows.
        columns: Columns that may say which row is which.
        by: The column that its rows are found by; None row by row.
        to: The column of the first file that says the same.
        told: How many rows found no partner; empty where all did.
        kind: The name of its format.
        guesses: How it is read.
    """

    name: str
    file: str
    facts: str
    first: bool
    columns: tuple[str, ...]
    by: str | None
    to: str | None
    told: str
    kind: str
    guesses: tuple[Guess, ...]


class SourcesModel:
    """The list of files of an open project.

    Args:
        session: The open project.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self._session = session
        # What each file is alone, for when they do not go together.
        self._alone: dict[str, DatasetSummary] = {}
        self._asked: object = None

    def views(self) -> tuple[SourceView, ...]:
        """The files in their order; none where there is only one."""
        sources = sources_of(self._session.spec.data)
        if len(sources) < 2:
            return ()
        summary = self._session.summary
        if summary is not None and [each.name for each in summary.sources] == list(sources):
            return tuple(self._view(*each, summary) for each in sources.items())
        if not self._session.busy_with_data:
            self._look_at_each(sources)
        return tuple(self._view(*each, None) for each in sources.items())

    def _view(
        self, name: str, source: Mapping[str, Any], summary: DatasetSummary | None
    ) -> SourceView:
        whole = None
        if summary is not None:
            whole = next(each for each in summary.sources if each.name == name)
        known = whole or self._alone.get(name)
        facts = ""
        if known is not None:
            format = find_format(known.kind)
            facts = say(
                "{rows}, {columns}",
                rows=counted(known.rows, format.row),
                columns=counted(len(known.columns), format.column),
            )
        told = ""
        if whole is not None and whole.unmatched:
            told = say_count(whole.unmatched, "{number} row finds none", "{number} rows find none")
        first = next(iter(sources_of(self._session.spec.data)))
        by = source.get("by")
        return SourceView(
            name=name,
            file=Path(str(source.get("path") or "")).name,
            facts=facts,
            first=name == first,
            columns=self._columns(name, summary),
            by=by,
            to=(source.get("to") or by) if by else None,
            told=told,
            kind=str(source.get("format") or (known.kind if known else "table")),
            guesses=known.guesses if known is not None else (),
        )

    def _columns(self, name: str, summary: DatasetSummary | None) -> tuple[str, ...]:
        if summary is not None:
            parted = ((*parted_name(each.name), each) for each in summary.columns)
            found = [(bare, each) for source, bare, each in parted if source == name]
        else:
            alone = self._alone.get(name)
            found = [(each.name, each) for each in alone.columns] if alone is not None else []
        return tuple(bare for bare, column in found if not column.shape)[:_MOST_OFFERED]

    def _look_at_each(self, sources: Mapping[str, Mapping[str, Any]]) -> None:
        asked = repr(sources)
        if asked == self._asked:
            return
        self._asked = asked
        folder = self._session.project.folder

        def look(job: Job) -> dict[str, DatasetSummary]:
            found: dict[str, DatasetSummary] = {}
            for name, source in sources.items():
                try:
                    found[name] = data_actions.inspect(
                        as_single(source), folder, cancel=job.cancelled
                    )
                except DataError:
                    continue  # the session tells what is wrong with it
            return found

        def take(found: dict[str, DatasetSummary]) -> None:
            self._alone = found
            self.changed.emit()

        self._session.in_background(look, take, replaces=f"each file {id(self)}")


def needed_sources(session: ProjectSession) -> tuple[str, ...]:
    """Of several files those that the inputs, the targets and the weight are in."""
    if session.summary is None:
        return ()
    weight = session.spec.get("fit.sample_weight")
    used = [*(session.spec.get("fit.x") or ()), *(session.spec.get("fit.y") or ())]
    return session.summary.sources_with([*used, *([weight] if weight else [])])


def add_file(session: ProjectSession, file: Path) -> Job:
    """Makes a file one more source of the data; one step of undo takes it back.

    Rows go together one by one; where there are not as many, by a column that both files have, if
    one names the rows of the new file.
    """
    spec = session.spec
    path = reference(file, session.project.folder)
    sources = _called_as_files(sources_of(spec.data))
    name = simple_word(path, sources)

    def look(job: Job) -> dict[str, Any]:
        folder = session.project.folder
        first = next(iter(sources))
        own = data_actions.inspect({"file": path}, folder, cancel=job.cancelled)
        there = data_actions.inspect(as_single(sources[first]), folder, cancel=job.cancelled)
        new = {"path": path, "format": own.kind, "fingerprint": dict(own.fingerprint)}
        if own.rows != there.rows:
            shared = [each.name for each in own.columns if _names_rows(each, own, there)]
            new |= {"by": shared[0]} if shared else {}
        values: dict[str, Any] = {"data.sources": {**sources, name: new}}
        if len(sources) == 1:
            values |= _renamed(spec, lambda column: joined_name(first, column))
        return values | _suggested(session, spec.with_values(values), job)

    return session.in_background(
        look,
        lambda values: session.set_many(values, str(say("Add {file}", file=file.name))),
        replaces=f"take file {id(session)}",
    )


def remove_source(session: ProjectSession, name: str) -> None:
    """Takes a file out of the data, and its columns out of their roles."""
    sources = sources_of(session.spec.data)
    first = next(iter(sources))
    kept = {each: source for each, source in sources.items() if each != name}
    if name == first:  # whose rows the others were found for
        kept = {
            each: {field: source[field] for field in source if field not in ("by", "to")}
            for each, source in kept.items()
        }
    alone = len(kept) == 1

    def change(column: str) -> str | None:
        source, bare = parted_name(column)
        return None if source == name else bare if alone else column

    values: dict[str, Any] = {"data.sources": kept} | _renamed(session.spec, change)
    session.set_many(values, str(say("Remove {file}", file=name)))


def rename_source(session: ProjectSession, name: str, new: str) -> str | None:
    """Calls a file otherwise; gives a sentence where it cannot be called so."""
    sources = sources_of(session.spec.data)
    problem = name_problem(new)
    if problem is not None:
        return str(say("A file's name {problem}.", problem=problem))
    if new == name:
        return None
    if new in sources:
        return str(say("Another file is called {name} already.", name=new))

    def change(column: str) -> str:
        source, bare = parted_name(column)
        return joined_name(new, bare) if source == name else column

    called = {new if each == name else each: source for each, source in sources.items()}
    values: dict[str, Any] = {"data.sources": called} | _renamed(session.spec, change)
    session.set_many(values, str(say("Call {name} {new}", name=name, new=new)))
    return None


def set_join(session: ProjectSession, name: str, by: str | None, to: str | None = None) -> None:
    """Says how a file's rows belong to the first one's: by a column, or None for row by row."""
    values = {f"data.sources.{name}.by": by, f"data.sources.{name}.to": to if by else None}
    session.set_many(values, str(say("Change how the rows of {name} are found", name=name)))


def set_options(session: ProjectSession, name: str, changed: Mapping[str, Any]) -> None:
    """Overrules how one of the files is read; None goes back to the guess."""
    key = f"data.sources.{name}.options"
    options = {**(session.spec.get(key) or {}), **changed}
    kept = {option: value for option, value in options.items() if value is not None}
    session.set_many({key: kept or None}, str(say("Change how {name} is read", name=name)))


def options_of(session: ProjectSession, name: str) -> dict[str, Any]:
    """What was overruled in how one of the files is read."""
    return dict(session.spec.get(f"data.sources.{name}.options") or {})


def tree_of(session: ProjectSession, name: str, job: Job) -> list[TreeNode]:
    """The groups and arrays of one of the files; for a background thread."""
    path = session.project.folder / str(session.spec.get(f"data.sources.{name}.path"))
    return data_actions.tree(path, cancel=job.cancelled)


def _called_as_files(sources: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The sources, of which one that was alone goes by the name of its file."""
    if len(sources) != 1:
        return dict(sources)
    (source,) = sources.values()
    return {simple_word(str(source.get("path") or "data")): source}


def _names_rows(column: ColumnSummary, own: DatasetSummary, there: DatasetSummary) -> bool:
    """Whether a column tells the new file's rows apart and stands in the first file too."""
    other = there.column(column.name)
    single = other is not None and not column.shape and not other.shape
    return single and not column.missing and column.distinct == own.rows


def _renamed(spec: RunSpec, change: Callable[[str], str | None]) -> dict[str, Any]:
    """The roles with other names of columns; those of columns that are gone are taken back."""
    values: dict[str, Any] = {}
    for key in ("fit.x", "fit.y"):
        names = spec.get(key)
        if names:
            values[key] = [new for name in names if (new := change(name)) is not None] or None
    weight, marked = spec.get("fit.sample_weight"), spec.get("fit.validation_data")
    if weight:
        values["fit.sample_weight"] = change(weight)
    if isinstance(marked, Mapping) and "column" in marked:
        column = change(str(marked["column"]))
        values["fit.validation_data"] = None if column is None else {**marked, "column": column}
    return values


def _suggested(session: ProjectSession, spec: RunSpec, job: Job) -> dict[str, Any]:
    """What the files together suggest where nothing is to be predicted yet."""
    if spec.get("fit.y"):
        return {}
    data = spec.to_json()["data"]
    try:
        summary = data_actions.inspect(data, session.project.folder, cancel=job.cancelled)
    except DataError as problem:
        if problem.code == "data.cancelled":
            raise
        return {}  # they do not go together yet: the list says so, and lets that be changed
    return {**data_actions.suggest(summary), **looked_at(summary)}
