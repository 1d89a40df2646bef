"""Reads and writes the small JSON files of a run: `run.json`, `about.json`, `request.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fitstudio.errors import RunError, StorageError
from fitstudio.project import migrations
from fitstudio.project.paths import RunPaths
from fitstudio.spec.run_spec import RunSpec
from fitstudio.storage import atomic


def write_spec(path: Path, spec: RunSpec) -> None:
    """Writes `run.json`: what was set, and nothing else.

    Raises:
        StorageError: If it cannot be written.
    """
    atomic.write_json(path, {"format": migrations.FORMAT} | spec.to_json())


def read_spec(path: Path) -> RunSpec:
    """Reads `run.json`.

    Raises:
        StorageError: If it is missing or not JSON.
        ProjectError: If it has another format than this version knows.
        SpecError: If it holds what no specification holds.
    """
    content = migrations.migrated(atomic.read_json(path, limit_bytes=8_000_000), what=str(path))
    content.pop("format")
    return RunSpec.from_json(content)


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
    created: float = 0.0
    changes: tuple[Mapping[str, Any], ...] = ()
    series: int | None = None
    compared: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Writes `about.json`.

        Raises:
            StorageError: If it cannot be written.
        """
        known = {
            "format": migrations.FORMAT,
            "title": self.title,
            "note": self.note,
            "starred": self.starred,
            "parent": self.parent,
            "created": self.created,
            "changes": [dict(change) for change in self.changes],
            "series": self.series,
            "compared": self.compared,
        }
        atomic.write_json(path, dict(self.extra) | known)

    @classmethod
    def read(cls, paths: RunPaths) -> About:
        """Reads `about.json`; a run without a readable one is called by its folder's name."""
        try:
            content = atomic.read_json(paths.about, limit_bytes=8_000_000)
        except StorageError:
            content = None
        title = paths.name.partition("-")[2].replace("-", " ").capitalize() or paths.name
        if not isinstance(content, dict):
            return cls(title=title)
        changes = content.pop("changes", [])
        parent = content.pop("parent", None)
        content.pop("format", None)
        created = content.pop("created", 0.0)
        series = content.pop("series", None)
        compared = content.pop("compared", None)
        return cls(
            title=str(content.pop("title", title)),
            note=str(content.pop("note", "")),
            starred=content.pop("starred", False) is True,
            parent=parent if isinstance(parent, str) else None,
            created=created if isinstance(created, (int, float)) else 0.0,
            changes=tuple(each for each in changes if isinstance(each, dict))
            if isinstance(changes, list)
            else (),
            series=series if isinstance(series, int) and series >= 0 else None,
            compared=compared if isinstance(compared, str) else None,
            extra=content,
        )

    def changed(self, **fields: Any) -> About:
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
            f"There are several runs with number {text}: {names}.",
            code="run.ambiguous",
            remedy="Use the whole name.",
        )
    last = f" The last one is {runs[-1].name!r}." if runs else " There is none yet."
    raise RunError(
        f"There is no run {text!r} in this project.{last}",
        code="run.missing",
        remedy="List the runs to see their names.",
    )
