"""Builds the states in which a power cut may leave a disk, from a record of all steps.

What an fsync or a folder's sync has not yet covered may be there or not, whatever the order in
which it was asked for:

- bytes of a file that were not synced: none, all, a first part of them, or zeros in their place;
- a new name, a rename, a removal that was not synced: done or not done, each for itself, as long as
  it makes sense without the ones before it.

That is weaker than what usual file systems promise, and what POSIX allows.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from fitstudio.storage.ops import Ops


@dataclass
class _File:
    """A file's content as it was asked for, and as it is known to be on the disk."""

    number: int
    content: bytearray = field(default_factory=bytearray)
    synced: bytes = b""


_Folder = dict[str, Any]  # name -> _File | _Folder
_Step = tuple[str, tuple[Any, ...]]
_FRUITLESS_ROUNDS = 10


class RecordingOps(Ops):
    """Does every step, and writes it down.

    Args:
        root: The folder that is looked at; what is in it now counts as safely on the disk.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log: list[_Step] = []
        self._numbers: dict[str, int] = {}
        self._open: dict[int, int] = {}
        self._count = 0
        self.initial = self._snapshot(root, PurePosixPath())

    def open(self, path: Path, flags: int) -> int:
        existed = path.exists()
        descriptor = super().open(path, flags)
        name = self._name(path)
        if name is not None:
            if not existed:
                self._numbers[str(path)] = self._new_number()
                self.log.append(("create", (name, self._numbers[str(path)])))
            self._open[descriptor] = self._numbers[str(path)]
            if flags & os.O_TRUNC:
                self.log.append(("truncate", (self._open[descriptor], 0)))
        return descriptor

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        taken = super().write(descriptor, data)
        if descriptor in self._open:
            self.log.append(("write", (self._open[descriptor], bytes(data[:taken]))))
        return taken

    def truncate(self, descriptor: int, length: int) -> None:
        super().truncate(descriptor, length)
        if descriptor in self._open:
            self.log.append(("truncate", (self._open[descriptor], length)))

    def fsync(self, descriptor: int) -> None:
        super().fsync(descriptor)
        if descriptor in self._open:
            self.log.append(("fsync", (self._open[descriptor],)))

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        self._open.pop(descriptor, None)

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        self._move_numbers(str(source), str(target))
        self.log.append(("replace", (self._name(source), self._name(target))))

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self.log.append(("sync_folder", (self._name(folder),)))

    def mkdir(self, folder: Path) -> None:
        super().mkdir(folder)
        self.log.append(("mkdir", (self._name(folder),)))

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self.log.append(("unlink", (self._name(path),)))

    def rmdir(self, folder: Path) -> None:
        super().rmdir(folder)
        self.log.append(("rmdir", (self._name(folder),)))

    def _name(self, path: Path) -> PurePosixPath | None:
        try:
            return PurePosixPath(path.relative_to(self.root).as_posix())
        except ValueError:
            return None

    def _new_number(self) -> int:
        self._count += 1
        return self._count

    def _move_numbers(self, source: str, target: str) -> None:
        for path in list(self._numbers):
            if path == source or path.startswith(source + os.sep):
                self._numbers[target + path[len(source) :]] = self._numbers.pop(path)

    def _snapshot(self, folder: Path, name: PurePosixPath) -> _Folder:
        found: _Folder = {}
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                found[path.name] = self._snapshot(path, name / path.name)
            else:
                number = self._numbers[str(path)] = self._new_number()
                content = path.read_bytes()
                found[path.name] = _File(number, bytearray(content), content)
        return found


def power_cuts(record: RecordingOps, count: int, seed: int = 0) -> Iterator[PowerCut]:
    """Up to `count` different states after a power cut, spread over all moments of the record."""
    chance = random.Random(seed)
    seen: set[int] = set()
    synced_after = _synced_after(record.log)
    rounds = fruitless = 0
    while len(seen) < count and fruitless < _FRUITLESS_ROUNDS:
        rounds += 1
        fruitless += 1
        for moment in range(len(record.log) + 1):
            # In the first rounds the plain states: nothing that could be lost is lost, or all.
            keep = {1: 1.0, 2: 0.0}.get(rounds, chance.random())
            cut = _cut(record, synced_after, moment, keep, chance)
            if cut.fingerprint not in seen:
                seen.add(cut.fingerprint)
                fruitless = 0
                yield cut
                if len(seen) == count:
                    return


@dataclass(frozen=True)
class PowerCut:
    """One such state.

    Args:
        moment: How many steps had been asked for.
        files: Every file's content by its name below the root.
        folders: Every folder.
    """

    moment: int
    files: dict[str, bytes]
    folders: tuple[str, ...]

    @property
    def fingerprint(self) -> int:
        return hash((self.moment, tuple(sorted(self.files.items())), self.folders))

    def build(self, root: Path) -> None:
        """Makes the state real, in an empty folder."""
        for name in self.folders:
            (root / name).mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (root / name).write_bytes(content)


def _cut(
    record: RecordingOps, synced_after: list[int], moment: int, keep: float, chance: random.Random
) -> PowerCut:
    tree = _copied(record.initial)
    files = {each.number: each for each in _files_in(tree)}
    for index, (kind, arguments) in enumerate(record.log[:moment]):
        if kind in _NAMING:
            if synced_after[index] < moment or chance.random() < keep:
                _NAMING[kind](tree, files, *arguments)
        elif kind in _FILLING:
            number = arguments[0]
            each = files.setdefault(number, _File(number))
            _FILLING[kind](each, *arguments[1:])
    kept: dict[str, bytes] = {}
    folders: list[str] = []
    _collect(tree, "", kept, folders, lambda each: _surviving(each, keep, chance))
    return PowerCut(moment, kept, tuple(folders))


def _synced_after(log: list[_Step]) -> list[int]:
    """For each change of names: after which step every folder that it concerns has been synced."""
    never = len(log) + 1
    latest: dict[PurePosixPath | None, int] = {}
    found = [never] * len(log)
    for index in range(len(log) - 1, -1, -1):
        kind, arguments = log[index]
        if kind == "sync_folder":
            latest[arguments[0]] = index
        elif kind in _NAMING:
            names = arguments if kind == "replace" else arguments[:1]
            found[index] = max(latest.get(name.parent, never) for name in names)
    return found


def _surviving(file: _File, keep: float, chance: random.Random) -> bytes:
    content, synced = bytes(file.content), file.synced
    if content == synced or chance.random() < keep:
        return content
    fate = chance.randrange(4)
    if fate == 0:
        return synced
    begin = len(os.path.commonprefix([content, synced]))  # noqa: RUF071 - of bytes, not paths
    if fate == 1:  # the length is there, the bytes are not
        return content[:begin] + bytes(len(content) - begin)
    cut = chance.randint(begin, len(content))
    return content[:cut] if fate == 2 else content[:cut] + bytes(len(content) - cut)


def _create(tree: _Folder, files: dict[int, _File], name: PurePosixPath, number: int) -> None:
    parent = _at(tree, name.parent)
    if isinstance(parent, dict):
        parent[name.name] = files.setdefault(number, _File(number))


def _replace(
    tree: _Folder, files: dict[int, _File], source: PurePosixPath, target: PurePosixPath
) -> None:
    del files
    before, after = _at(tree, source.parent), _at(tree, target.parent)
    if not isinstance(before, dict) or not isinstance(after, dict) or source.name not in before:
        return
    there = after.get(target.name)
    if isinstance(there, dict) and there:
        return  # no file system lets a full folder be replaced
    after[target.name] = before.pop(source.name)


def _mkdir(tree: _Folder, files: dict[int, _File], name: PurePosixPath) -> None:
    del files
    parent = _at(tree, name.parent)
    if isinstance(parent, dict):
        parent.setdefault(name.name, {})


def _remove(tree: _Folder, files: dict[int, _File], name: PurePosixPath) -> None:
    del files
    parent = _at(tree, name.parent)
    if isinstance(parent, dict) and not (
        isinstance(parent.get(name.name), dict) and parent[name.name]
    ):
        parent.pop(name.name, None)


def _write(file: _File, data: bytes) -> None:
    file.content += data  # all our writing is at the end of a file


def _truncate(file: _File, length: int) -> None:
    del file.content[length:]


def _fsync(file: _File) -> None:
    file.synced = bytes(file.content)


_NAMING: dict[str, Callable[..., None]] = {
    "create": _create,
    "replace": _replace,
    "mkdir": _mkdir,
    "unlink": _remove,
    "rmdir": _remove,
}
_FILLING: dict[str, Callable[..., None]] = {
    "write": _write,
    "truncate": _truncate,
    "fsync": _fsync,
}


def _at(tree: _Folder, name: PurePosixPath) -> Any:
    found: Any = tree
    for part in name.parts:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _copied(tree: _Folder) -> _Folder:
    return {
        name: _copied(each)
        if isinstance(each, dict)
        else _File(each.number, bytearray(each.content), each.synced)
        for name, each in tree.items()
    }


def _files_in(tree: _Folder) -> Iterator[_File]:
    for each in tree.values():
        if isinstance(each, dict):
            yield from _files_in(each)
        else:
            yield each


def _collect(
    tree: _Folder,
    prefix: str,
    files: dict[str, bytes],
    folders: list[str],
    surviving: Callable[[_File], bytes],
) -> None:
    for name, each in tree.items():
        if isinstance(each, dict):
            folders.append(prefix + name)
            _collect(each, f"{prefix}{name}/", files, folders, surviving)
        else:
            files[prefix + name] = surviving(each)
