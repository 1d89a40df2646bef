"""Saves the state of a training so that it can go on from there, and loads it verified.

A checkpoint is a sealed folder:

    weights.safetensors   the model's weights by name; all that predicting needs
    state.safetensors     other tensors: the optimizer's, random generators'
    state.json            numbers and the shape of the tree that the tensors belong into
    manifest.json         SHA-256 of the files, with epoch and step; written last, checked first

Saving has two halves: `take` copies the state into memory that is kept for it (training waits for
that), and a thread writes the copy while training goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from fitstudio.engine.state import codec
from fitstudio.errors import CheckpointError
from fitstudio.storage import atomic, folder, manifest, ops
from fitstudio.words import say

WEIGHTS = "weights.safetensors"
STATE = "state.safetensors"
SKELETON = "state.json"
_WEIGHTS_PATH = "weights/"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A verified checkpoint.

    Attributes:
        folder: Where it is.
        facts: What its manifest says: at least `epoch`, and `step`: 0 after the epoch's end, else
            how many of its batches were done.
        state: The tree that was saved; see `Model.training_state`.
    """

    folder: Path
    facts: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(slots=True)
class Snapshot:
    """A copy of a training state in CPU memory, which is reused from one `take` to the next."""

    facts: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    skeleton: Any = None

    def take(self, state: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Copies `state`; afterwards training may change it."""
        tensors, skeleton = codec.take_apart(state)
        self.tensors = {name: self._copy(name, tensor) for name, tensor in tensors.items()}
        if any(tensor.is_cuda for tensor in tensors.values()):
            torch.cuda.synchronize()
        self.skeleton, self.facts = skeleton, dict(facts)

    @property
    def size_bytes(self) -> int:
        """Room that the tensors take, in memory and on disk."""
        return sum(tensor.numel() * tensor.element_size() for tensor in self.tensors.values())

    def write(self, target: Path, *, keep_as: Path | None = None) -> None:
        """Makes or replaces the checkpoint folder `target`.

        Args:
            target: The folder.
            keep_as: Where a checkpoint that stood at `target` is kept.

        Raises:
            StorageError: If the disk is too full or refuses; what was there is untouched.
        """
        # The JSON and the manifest are small; a tenth on top is for the file system's own needs.
        ops.require_space(target.parent, int(self.size_bytes * 1.1) + 1_000_000)
        folder.write_folder(target, self._write_files, keep_as=keep_as, facts=self.facts)

    def _copy(self, name: str, tensor: torch.Tensor) -> torch.Tensor:
        buffer = self.tensors.get(name)
        if buffer is None or buffer.shape != tensor.shape or buffer.dtype != tensor.dtype:
            pinned = tensor.is_cuda
            buffer = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=pinned)
        return buffer.copy_(tensor, non_blocking=True)

    def _write_files(self, fresh: Path) -> None:
        weights = {
            name.removeprefix(_WEIGHTS_PATH): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(_WEIGHTS_PATH)
        }
        rest = {
            name: tensor
            for name, tensor in self.tensors.items()
            if not name.startswith(_WEIGHTS_PATH)
        }
        for name, tensors in ((WEIGHTS, weights), (STATE, rest)):
            with atomic.writing(fresh / name) as file:
                codec.write_safetensors(file, tensors)
        atomic.write_json(fresh / SKELETON, self.skeleton)


class CheckpointWriter:
    """Writes snapshots beside training, one at a time.

    Who owns what: the training thread fills `snapshot` while the writer is idle; from `start` until
    `busy` is False again it belongs to the writing thread.
    """

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self._targets: Sequence[tuple[Path, Path | None]] = ()
        self._finished: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None
        self._problem: Exception | None = None

    @property
    def busy(self) -> bool:
        """Whether a snapshot is being written."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def problem(self) -> Exception | None:
        """Why the latest snapshot is not on the disk; None if it is, or is just being written."""
        return None if self.busy else self._problem

    def start(
        self,
        state: Mapping[str, Any],
        facts: Mapping[str, Any],
        targets: Sequence[tuple[Path, Path | None]],
        *,
        finished: Callable[[], None] | None = None,
    ) -> None:
        """Copies `state` and begins to write it; waits first where an earlier one is unfinished.

        Args:
            state: What `Model.training_state` gives.
            facts: Fields for the manifest, at least `epoch` and `step`.
            targets: Folders to write, each with the folder that keeps what it replaces, or None.
            finished: Called in the writing thread when all of them are on the disk.
        """
        self.wait()
        self.snapshot.take(state, facts)
        self._finished = finished
        self._targets = tuple(targets)
        self._begin()

    def retry(self) -> None:
        """Writes the same snapshot again, after a problem."""
        self.wait()
        self._begin()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Waits until the writing thread has ended; False if it takes longer than `timeout_s`."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return not self.busy

    def _begin(self) -> None:
        self._problem = None
        # Not a daemon: even an interpreter that is shutting down finishes this checkpoint.
        self._thread = threading.Thread(target=self._write, name="fitstudio-checkpoint")
        self._thread.start()

    def _write(self) -> None:
        remaining = list(self._targets)
        try:
            while remaining:
                target, keep_as = remaining[0]
                self.snapshot.write(target, keep_as=keep_as)
                remaining.pop(0)
            if self._finished is not None:
                self._finished()
        except Exception as problem:  # it is told in the training thread
            self._problem = problem
        self._targets = tuple(remaining)


def save(target: Path, state: Mapping[str, Any], **facts: Any) -> None:
    """Makes or replaces one checkpoint folder, at once.

    Raises:
        StorageError: If the disk refuses; what was there is untouched.
    """
    snapshot = Snapshot()
    snapshot.take(state, facts)
    snapshot.write(target)


def load(checkpoint: Path) -> Checkpoint:
    """Verifies a checkpoint folder and loads all of it.

    Raises:
        CheckpointError: If it is missing, damaged or not understood; nothing has been loaded then.
    """
    facts = manifest.verify_manifest(checkpoint)
    tensors = {
        _WEIGHTS_PATH + name: tensor for name, tensor in _read_tensors(checkpoint / WEIGHTS).items()
    }
    tensors |= _read_tensors(checkpoint / STATE)
    try:
        state = codec.put_together(tensors, atomic.read_json(checkpoint / SKELETON))
    except (KeyError, ValueError, TypeError, OSError) as problem:
        raise _not_understood(checkpoint, problem) from problem
    return Checkpoint(checkpoint, facts, state)


def load_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Verifies a checkpoint folder and loads the model's weights only.

    Raises:
        CheckpointError: As `load`.
    """
    manifest.verify_manifest(checkpoint)
    return _read_tensors(checkpoint / WEIGHTS)


def newest(checkpoints: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest usable checkpoint among the folders in `checkpoints`.

    Returns:
        The checkpoint, or None if there is no usable one; and a sentence for each newer one that
        was damaged and passed over.
    """
    passed_over: list[str] = []
    for candidate in sorted(_candidates(checkpoints), key=_age, reverse=True):
        try:
            return load(candidate), passed_over
        except CheckpointError as problem:
            passed_over.append(problem.message)
    return None, passed_over


def _candidates(checkpoints: Path) -> list[Path]:
    if not checkpoints.is_dir():
        return []
    return [path for path in checkpoints.iterdir() if path.is_dir() and path.name[0] != "."]


def _age(checkpoint: Path) -> tuple[float, float, bool]:
    """What sorts checkpoints by progress; one whose manifest is damaged counts by its name."""
    is_last = checkpoint.name == "last"
    try:
        facts = manifest.read_manifest(checkpoint)
        # Step 0 is the end of the epoch, any other a place within it.
        return (facts["epoch"] + (0 if facts["step"] else 1), facts["step"], is_last)
    except (CheckpointError, KeyError, TypeError):
        # A damaged "last" must be reported as passed over, so it comes before the good ones.
        return (float("inf") if is_last else -1.0, 0.0, is_last)


def _read_tensors(path: Path) -> dict[str, torch.Tensor]:
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError) as problem:
        raise _not_understood(path.parent, problem) from problem


def _not_understood(checkpoint: Path, problem: Exception) -> CheckpointError:
    return CheckpointError(
        say(
            "The checkpoint {checkpoint} is whole but cannot be understood.",
            checkpoint=repr(checkpoint.name),
        ),
        code="checkpoint.not-understood",
        remedy=say("Use another checkpoint, or the version of FitStudio that wrote it."),
        details=f"{type(problem).__name__}: {problem}",
    )
