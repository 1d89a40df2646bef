"""The models that a run keeps, by name: its last and best, kept epochs, snapshots, saved files.

best  last  previous  epoch-0012  snapshot-0003-000150    checkpoints: training can go on from them
weights-03.safetensors                                   written by ModelCheckpoint: weights alone
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fitstudio.declared.kinds.run_file_names import is_own_name
from fitstudio.errors import CheckpointError, RunError
from fitstudio.project.paths import RunPaths
from fitstudio.storage import atomic
from fitstudio.storage.manifest import read_manifest
from fitstudio.storage.special_files import open_to_read
from fitstudio.words import say

# The checkpoints that a run's model is made from where nobody names one: the first that is whole.
USUAL = ("best", "last", "previous")
_NUMBERED = re.compile(r"(epoch|snapshot)((?:-\d{1,9})+)", re.ASCII)
_HEADER_BYTES = 16_000_000
_MOST_NAMED = 8


@dataclass(frozen=True)
class SavedModel:
    """One model of a run.

    Attributes:
        name: What it is called, such as "best" or "epoch-0012"; a file by its path in the run.
        kind: "best", "last", "previous", "epoch", "snapshot" or "file".
        path: Its folder, or its file.
        epoch: The epoch after which, or with a step within which, it was saved, from 0; None where
            it does not say so.
        step: How many batches of that epoch it has seen; 0 for the whole epoch.
    """

    name: str
    kind: str
    path: Path
    epoch: int | None = None
    step: int = 0

    @property
    def whole(self) -> bool:
        """Whether a training can go on from it: it holds the optimizer and all else as well."""
        return self.kind != "file"

    @property
    def epochs_done(self) -> int | None:
        """How many whole epochs it has seen; None where it does not say so."""
        return None if self.epoch is None else self.epoch + (0 if self.step else 1)


def saved_models(paths: RunPaths) -> list[SavedModel]:
    """Every model that a run keeps: the usual ones first, then the others as they were made."""
    kept = list(_checkpoints(paths))
    usual = [each for name in USUAL for each in kept if each.name == name]
    numbered = [each for each in kept if each.name not in USUAL]
    files = [_told_apart(each, kept) for each in _files(paths)]
    return usual + sorted(numbered, key=_order) + sorted(files, key=_order)


def find_saved(paths: RunPaths, name: str, base: Path) -> SavedModel:
    """The model of this name: of a checkpoint ("best", "epoch-12", "snapshot-3") or of a file.

    Args:
        paths: The run.
        name: Zeros may be left out, and what follows a snapshot's epoch. A file is looked for in
            the run's folder, then from `base`.
        base: What the path of a file is relative to.

    Raises:
        RunError: If there is none, or several may be meant.
    """
    name = name.strip()
    kept = saved_models(paths)
    meant = [each for each in kept if _is_meant(name, each.name)]
    found = [each for each in meant if each.whole] or meant
    if len(found) > 1:
        raise RunError(
            say(
                "Several models of the run {run} may be meant by {name}: {found}.",
                run=repr(paths.name),
                name=repr(name),
                found=_listed(found),
            ),
            code="run.model-ambiguous",
            remedy=say("Use the whole name."),
        )
    if found:
        return found[0]
    for place in (paths.folder, base):
        path = place / name
        try:
            if name and path.is_file():
                return _saved_file(path, name)
        except (OSError, ValueError):  # a name that no file can have
            break
    there = say("There are {kept}", kept=_listed(kept)) if kept else say("There is none yet")
    raise RunError(
        say(
            "The run {run} keeps no model {name}. {there}.",
            run=repr(paths.name),
            name=repr(name),
            there=there,
        ),
        code="run.no-such-model",
        remedy=say("Name one of these, or the path of a safetensors file.") if kept else None,
    )


def _is_meant(typed: str, name: str) -> bool:
    if typed == name:
        return True
    wanted, present = _NUMBERED.fullmatch(typed), _NUMBERED.fullmatch(name)
    if wanted is None or present is None or wanted[1] != present[1]:
        return False
    numbers, own = ([int(part) for part in found[2].split("-")[1:]] for found in (wanted, present))
    return own[: len(numbers)] == numbers


def _checkpoints(paths: RunPaths) -> Iterator[SavedModel]:
    try:
        entries = sorted(os.scandir(paths.checkpoints), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        kind = entry.name if entry.name in USUAL else _kind_of_numbered(entry.name)
        if kind is None or not entry.is_dir(follow_symlinks=False):
            continue
        path = Path(entry.path)
        try:
            facts: Mapping[str, Any] = read_manifest(path)
        except CheckpointError:
            facts = {}  # whoever uses it is told what is wrong with it
        yield SavedModel(entry.name, kind, path, facts.get("epoch"), facts.get("step") or 0)


def _kind_of_numbered(name: str) -> str | None:
    found = _NUMBERED.fullmatch(name)
    return found[1] if found else None


def _files(paths: RunPaths) -> Iterator[SavedModel]:
    """Files with weights that a helper has written into the run's folder."""
    for folder, folders, names in os.walk(paths.folder):
        here = Path(folder)
        if here == paths.folder:
            folders[:] = [each for each in folders if not is_own_name(each)]
            names = [each for each in names if not is_own_name(each)]
        for name in names:
            path = here / name
            if _header(path) is not None:
                yield _saved_file(path, path.relative_to(paths.folder).as_posix())


def _saved_file(path: Path, name: str) -> SavedModel:
    facts = (_header(path) or {}).get("__metadata__")
    facts = facts if isinstance(facts, Mapping) else {}
    epochs, batches = (_count(facts.get(each)) for each in ("epochs", "batches"))
    if epochs is None or batches is None or not (epochs or batches):
        return SavedModel(name, "file", path)
    return SavedModel(name, "file", path, epochs if batches else epochs - 1, batches)


def _header(path: Path) -> Mapping[str, Any] | None:
    """The head of a safetensors file: eight bytes of length, then JSON; None where it is none."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return None
        with open_to_read(path) as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_HEADER_BYTES, status.st_size - 8):
                return None
            content = atomic.parse_json(file.read(length))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, Mapping) else None


def _count(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}", text) else None


def _told_apart(file: SavedModel, kept: list[SavedModel]) -> SavedModel:
    """A file that has a checkpoint's name is called by a path."""
    if any(_is_meant(file.name, each.name) for each in kept):
        return replace(file, name=f"./{file.name}")
    return file


def _order(model: SavedModel) -> tuple[int, int, str]:
    return (model.epochs_done or 0, model.step, model.name)


def _listed(models: list[SavedModel]) -> str:
    names = [each.name for each in models[:_MOST_NAMED]]
    words = ", ".join(names)
    more = len(models) - _MOST_NAMED
    return say("{names} and {models} more", names=words, models=more) if more > 0 else words
