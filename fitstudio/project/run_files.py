"""Reads and writes the small JSON files of a run: `run.json`, `about.json`, `request.json`."""

# No `from __future__ import annotations` here: a TypedDict does not see `Required` inside of text.
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Required, TypedDict

from msgspec import Meta

from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import RunError, SpecError, StorageError
from fitstudio.project import migrations
from fitstudio.project.paths import RunPaths
from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Moment
from fitstudio.words import say


def write_spec(path: Path, spec: RunSpec) -> None:
    """Writes `run.json`: what was set, and nothing else.

    Raises:
        StorageError: If it cannot be written.
    """
    atomic.write_json(path, {"format": migrations.FORMAT} | spec.to_json())


def read_spec(path: Path) -> RunSpec:
    """Reads `run.json`, whose values all fit, since the run was begun with them.

    Raises:
        StorageError: If it is missing or not JSON.
        ProjectError: If it has another format than this version knows.
        SpecError: If it holds what no specification holds; with every finding.
    """
    spec, problems = read_spec_as_far_as_possible(path)
    if problems:
        raise SpecError(
            say(
                "{file} cannot be read: {sentence}",
                file=repr(str(path)),
                sentence=problems[0].sentence,
            ),
            problems,
            code=problems[0].code,
            remedy=say("Put back a copy from a backup, or start a new run."),
            safe=say("Its journal and its checkpoints are as they were."),
        )
    return spec


def read_spec_as_far_as_possible(path: Path) -> tuple[RunSpec, tuple[Finding, ...]]:
    """The values of `run.json` that fit, and what is wrong with the others; raises as `read_spec`.

    For showing a run: a setting that cannot be takes none of the others with it.
    """
    content = migrations.migrated(atomic.read_json(path, limit_bytes=8_000_000), what=str(path))
    content.pop("format")
    spec = RunSpec.from_json(content)
    problems = spec.problems()
    return spec.with_values({each.where: None for each in problems}), problems


class Fingerprint(TypedDict, total=False):
    """By what a changed data file is noticed."""

    size: Required[int]
    mtime_ns: Required[int]
    sha256: Required[str]
    sampled: bool


class Recorded(TypedDict, total=False):
    """What `resolved.json` holds besides what a specification came to: the run's surroundings."""

    seed: Annotated[int, Meta(ge=0)] | None
    spec_sha256: str | None
    data_fingerprint: Fingerprint | None
    data_fingerprints: Mapping[str, Fingerprint] | None
    validation_fingerprints: Mapping[str, Fingerprint] | None
    environment: Mapping[str, str | None] | None
    host: str | None
    machine: Mapping[str, Any]


def read_recorded(path: Path) -> dict[str, Any]:
    """All of `resolved.json`; what is declared in `Recorded` is of the declared types.

    Raises:
        StorageError: If it is missing, not JSON, or holds something else.
    """
    content = atomic.read_json(path)
    try:
        checked.convert(content, Recorded)
    except checked.MisfitError as problem:
        raise atomic.damaged(path, str(problem)) from problem
    return content


@dataclass(frozen=True)
class Request:
    """What `request.json` asks of a run's worker.

    Args:
        id: Its number; each is larger than the one before.
        kind: What is asked.
        time: When (wall clock).
    """

    id: Annotated[int, Meta(ge=0)]
    kind: str
    time: float = 0.0

    @classmethod
    def read(cls, path: Path) -> "Request":
        """Reads `request.json`.

        Raises:
            StorageError: If there is none, or it is none.
        """
        return checked.read(path, cls, limit_bytes=100_000)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a person says about a run, and where it comes from.

    Args:
        title: What it is called on screen; the folder's name never changes.
        note: Free text.
        starred: Whether it is marked as one of the good ones.
        parent: The folder name of the run that it was made from, if any.
        created: When it was made (wall clock).
        changes: What differs from the parent, or else the run before: `key`, `mine`, `theirs`.
        compared: The folder name of that run; empty where there was none, None where that was not
            noted.
        series: Its place in the order of plot colours, once it was compared with others.
        extra: Fields of a later version, carried along unchanged.
    """

    title: str
    note: str = ""
    starred: bool = False
    parent: str | None = None
    created: Moment = 0.0
    changes: tuple[Mapping[str, Any], ...] = ()
    series: Annotated[int, Meta(ge=0, lt=10**6)] | None = None
    compared: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Writes `about.json`.

        Raises:
            StorageError: If it cannot be written.
        """
        known = checked.plain(self)
        extra = known.pop("extra")
        atomic.write_json(path, extra | {"format": migrations.FORMAT} | known)

    @classmethod
    def read(cls, paths: RunPaths) -> "About":
        """Reads `about.json`; a run without a readable one is called by its folder's name."""
        try:
            content = atomic.read_json(paths.about, limit_bytes=8_000_000)
        except StorageError:
            content = None
        if not isinstance(content, dict):
            content = {}
        own = {each.name for each in fields(cls)} - {"extra"}
        extra = {name: content[name] for name in content if name not in own | {"format"}}
        title = paths.name.partition("-")[2].replace("-", " ").capitalize() or paths.name
        known = {name: content[name] for name in content if name in own}
        told: dict[str, Any] = {"title": title, **checked.fitting(known, cls), "extra": extra}
        return cls(**told)

    def changed(self, **fields: Any) -> "About":
        """A copy with other values."""
        return replace(self, **fields)


def find_run(runs: list[RunPaths], run: str | int) -> RunPaths:
    """The run with this folder name or number.

    Raises:
        RunError: If there is none, or several with that number.
    """
    text = str(run)
    for paths in runs:
        if paths.name == text:
            return paths
    found = [paths for paths in runs if text.isdigit() and paths.number == int(text)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(repr(paths.name) for paths in found)
        raise RunError(
            say("There are several runs with number {text}: {names}.", text=text, names=names),
            code="run.ambiguous",
            remedy=say("Use the whole name."),
        )
    last = (
        say(" The last one is {runs}.", runs=repr(runs[-1].name))
        if runs
        else say(" There is none yet.")
    )
    raise RunError(
        say("There is no run {text} in this project.{last}", text=repr(text), last=last),
        code="run.missing",
        remedy=say("List the runs to see their names."),
    )
