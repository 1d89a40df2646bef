"""How often the test part of a project was opened: a small file for each time, never changed.

A score on rows that were looked at often has helped to choose, and is worth less than it seems; so
whoever shows it says how often that was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from fitstudio import storage
from fitstudio.errors import StorageError
from fitstudio.project.paths import ProjectPaths
from fitstudio.project.run_files import find_run, read_recorded
from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Count, Plain
from fitstudio.words import say, say_count


@dataclass(frozen=True, kw_only=True)
class Opening(Plain):
    """One time that the test part was opened.

    Args:
        run: The run whose model was measured on it.
        weights: Which of its saved models.
        epoch: The epoch that was saved after; None where a file does not say so.
        time: When, in seconds since 1970.
        split: The fingerprint of the split, which says which rows these are.
    """

    run: str
    weights: str
    epoch: Count | None
    time: float
    split: str


@dataclass(frozen=True)
class UnseenPart:
    """The rows that a run kept unseen.

    Args:
        rows: How many.
        opened: How often they were opened, by whichever run of the project.
        split: The fingerprint of the split.
    """

    rows: int
    opened: int
    split: str


@dataclass(frozen=True)
class _Record(Plain):
    """What of a run's split is needed here."""

    fingerprint: str
    counts: dict[str, Count]


def unseen_part(paths: ProjectPaths, run: str | int) -> UnseenPart | None:
    """The test part of a run; None if it has none.

    Raises:
        RunError: If there is no such run.
    """
    resolved = find_run(paths.run_folders(), run).resolved
    try:
        stored = read_recorded(resolved).get("split")
        record = None if stored is None else checked.convert(stored, _Record)
    except (StorageError, checked.MisfitError):
        return None
    rows = 0 if record is None else record.counts.get("test", 0)
    if record is None or not rows:
        return None
    return UnseenPart(rows, len(openings(paths, record.fingerprint)), record.fingerprint)


def record_opening(paths: ProjectPaths, opening: Opening) -> None:
    """Writes down that the test part was opened.

    Raises:
        StorageError: If that cannot be written; then nobody may be told what was measured.
    """
    atomic.make_folder(paths.test_openings)
    name = f"{time.time_ns()}-{opening.run}.json"
    storage.write_json(paths.test_openings / name, {"format": 1, **opening.to_json()})


def openings(paths: ProjectPaths, split: str) -> list[Opening]:
    """Every time that the rows of this split were opened, the first one first.

    A file that cannot be read counts all the same: it was written when somebody looked.

    Args:
        paths: The project.
        split: The fingerprint of the split.
    """
    try:
        files = sorted(paths.test_openings.glob("*.json"))
    except OSError:
        return []
    found = (_read(file, split) for file in files)
    return [each for each in found if each.split == split]


def opened_words(times: int) -> str:
    """ "opened once", "opened 2 times"."""
    return say_count(times, "opened once", "opened {number} times") if times else say("not opened")


def _read(file: Path, split: str) -> Opening:
    try:
        content = atomic.read_json(file)
        content.pop("format", None)
        return checked.convert(content, Opening)
    except (StorageError, checked.MisfitError, AttributeError):
        return Opening(run=file.stem, weights="", epoch=None, time=0.0, split=split)
