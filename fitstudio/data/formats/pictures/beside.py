"""Finds picture files by the names that a table gives them, in its folder and those below."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from fitstudio.declared.formats.pictures import PICTURE_ENDINGS

# How far around a table is looked: names come from the file, and must not lead through a disk.
_DEEPEST = 3
_MOST_FOLDERS = 2_000
_MOST_FILES = 1_000_000
# Names on other computers are not asked for: that would tell them who asks.
_ELSEWHERE = re.compile(r"^(?://|[A-Za-z][A-Za-z0-9+.-]+://)")


class Beside:
    """The pictures around a table, by the names that cells may give them.

    Args:
        folder: The folder that the table lies in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: set[str] | None = None
        self._by_stem: dict[str, str] = {}
        self._by_name: dict[str, str | None] = {}
        self._above: tuple[str, ...] = ("",)

    @property
    def is_empty(self) -> bool:
        """Whether there is no picture around the table."""
        return not self._look()

    def settle(self, cells: Iterable[str]) -> None:
        """Finds out in which folder the names of a column begin: that which has most of them.

        Args:
            cells: Some of the names.
        """
        self._look()
        names = [name for cell in cells if (name := plain(cell))]
        folders = {"": 0} | dict.fromkeys(_folders_of(self._look()), 0)
        counts: Counter[str] = Counter()
        for name in names:
            for folder in folders:
                if self._under(folder, name) is not None:
                    counts[folder] += 1
        best = max(counts, key=lambda folder: (counts[folder], -len(folder)), default="")
        self._above = (best,) if best == "" else (best, "")

    def find(self, cell: str) -> str | None:
        """The file that a cell names, as a path from the table's folder on or a full one; or None.

        Args:
            cell: The cell, as it stands in the table.
        """
        name = plain(cell)
        if not name:
            return None
        for above in self._above:
            found = self._under(above, name)
            if found is not None:
                return found
        if name.startswith(("../", "/")) or ":" in name[:3]:
            return self._further_away(name)
        # Somewhere else around the table, if no two files there are called so.
        return self._by_name.get(name.rpartition("/")[2].casefold())

    def _under(self, above: str, name: str) -> str | None:
        path = f"{above}/{name}" if above else name
        if path in self._look():
            return path
        return self._by_stem.get(path) or self._by_stem.get(path.casefold())

    def _further_away(self, name: str) -> str | None:
        """A file that is named by its whole path, or from the folder above on."""
        path = os.path.normpath(os.path.join(self._folder, name))
        for ending in ("", *PICTURE_ENDINGS):
            try:
                if stat.S_ISREG(os.stat(path + ending).st_mode):
                    return path + ending
            except (OSError, ValueError):
                continue
        return None

    def _look(self) -> set[str]:
        if self._paths is None:
            self._paths = set(_pictures(self._folder))
            for path in sorted(self._paths):
                stem = path.rpartition(".")[0]
                # Whoever leaves endings out, or writes them otherwise, means the only such file.
                for key in (stem, stem.casefold(), path.casefold()):
                    self._by_stem.setdefault(key, path)
                for key in (path.rpartition("/")[2], stem.rpartition("/")[2]):
                    folded = key.casefold()
                    taken = self._by_name.get(folded, path)
                    self._by_name[folded] = path if taken == path else None
        return self._paths


def plain(cell: str) -> str:
    """A cell as a path with ``/``; empty where it names no file of this computer."""
    name = cell.strip().replace("\\", "/")
    while name.startswith("./"):
        name = name[2:]
    if not name or "\0" in name or _ELSEWHERE.match(name):
        return ""
    return name


def _pictures(folder: Path) -> list[str]:
    """The pictures below a folder as paths from it on, as far as is looked."""
    found: list[str] = []
    waiting = [("", 0)]
    looked = 0
    while waiting and looked < _MOST_FOLDERS and len(found) < _MOST_FILES:
        above, depth = waiting.pop(0)
        looked += 1
        try:
            entries = os.scandir(folder / above)
        except OSError:
            continue
        with entries:
            for entry in entries:
                if entry.name.startswith((".", "__MACOSX")):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if depth < _DEEPEST:
                            waiting.append((f"{above}{entry.name}/", depth + 1))
                    elif entry.name.lower().endswith(PICTURE_ENDINGS) and entry.is_file():
                        found.append(above + entry.name)
                except OSError:
                    continue
    return found


def _folders_of(paths: Iterable[str]) -> Sequence[str]:
    """Every folder that holds a picture, and those above it."""
    found: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return sorted(found)
