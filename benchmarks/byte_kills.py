"""Ends one checkpoint save at every byte and at every step, and looks what is left each time.

python benchmarks/byte_kills.py                every place; a child killed there at each 16th
python benchmarks/byte_kills.py --forked 1     a child killed at every place (takes minutes)

A checkpoint of a small model is saved over an older one. At every place the disk is frozen there:
no later step reaches it, which leaves what a kill leaves. At every step, and at each Nth byte, a
forked child is really ended there by SIGKILL as well, and must leave the same. What must be left,
after the clearing up that every start of a worker begins with: the old or the new state, verified.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from fitstudio.engine.state import checkpoint
from fitstudio.engine.state.checkpoint import Snapshot
from fitstudio.storage import ops
from fitstudio.storage.folder import settle
from tests.support.faults import CountingOps, DyingOps, FrozenOps, PowerOff


class NoWaiting(CountingOps):
    """A killed process leaves what it wrote whether it was synced or not: syncing is only counted.

    Power cuts are another matter, and another test.
    """

    def fsync(self, descriptor: int) -> None:
        self._count("fsync")

    def sync_folder(self, folder: Path) -> None:
        self._count("sync_folder")


class Dying(NoWaiting, DyingOps):
    """Ends the process at a place."""


class Frozen(NoWaiting, FrozenOps):
    """Lets nothing reach the disk after a place."""


def state_of(epoch: int) -> dict[str, Any]:
    """A small training state."""
    values = torch.arange(6, dtype=torch.float32).reshape(2, 3) + epoch
    return {
        "weights": {"dense.weight": values, "dense.bias": values[0].clone()},
        "engine": {"iterations": epoch, "momentum": {"dense.weight": values * 0.5}},
    }


def save(folder: Path, epoch: int) -> None:
    """Saves as a worker does: `last`, with what was there kept as `previous`."""
    snapshot = Snapshot()
    snapshot.take(state_of(epoch), {"epoch": epoch, "step": 0})
    snapshot.write(folder / "last", keep_as=folder / "previous")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--forked", type=int, default=16, help="a real kill at every Nth byte")
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        report = try_all(Path(scratch), arguments.forked)
    print(json.dumps(report | {"seconds": round(time.monotonic() - began, 1)}))
    return 0 if report["lost"] == 0 else 1


def try_all(scratch: Path, forked: int) -> dict[str, Any]:
    """Every place, one after another."""
    model = scratch / "model"
    model.mkdir()
    for epoch in (1, 2):
        save(model, epoch)
    shutil.copytree(model, scratch / "measure")
    counted = NoWaiting()
    with ops.use(counted):
        save(scratch / "measure", 3)
    steps, count = len(counted.steps), counted.bytes_written
    trials = [(freeze, {"at_step": step}) for step in range(steps)]
    trials += [(freeze, {"after_byte": byte}) for byte in range(count)]
    trials += [(kill, {"at_step": step}) for step in range(steps)]
    trials += [(kill, {"after_byte": byte}) for byte in range(0, count, forked)]
    found = {2: 0, 3: 0, None: 0}
    left: dict[str, int | None] = {}
    problems = []
    for end, place in trials:
        trial = scratch / "trial"
        shutil.copytree(model, trial)
        end(trial, place)
        epoch = epoch_left(trial)
        shutil.rmtree(trial)
        found[epoch] += 1
        if epoch is None or left.setdefault(str(place), epoch) != epoch:
            problems.append(f"{end.__name__} {place}: {epoch}")
    return {
        "bytes": count,
        "steps": steps,
        "places": len(left),
        "killed": sum(end is kill for end, _ in trials),
        "old": found[2],
        "new": found[3],
        "lost": len(problems),
        "problems": problems[:10],
    }


def epoch_left(folder: Path) -> int | None:
    """The epoch of the newest checkpoint that verifies and holds what it should; else None."""
    with ops.use(NoWaiting()):
        settle(folder)
    newest, _ = checkpoint.newest(folder)
    if newest is None or newest.facts["epoch"] not in (2, 3):
        return None
    expected = state_of(newest.facts["epoch"])["weights"]["dense.weight"]
    return (
        newest.facts["epoch"] if newest.state["weights"]["dense.weight"].equal(expected) else None
    )


def freeze(folder: Path, place: dict[str, int]) -> None:
    """Saves until a place, after which nothing reaches the disk."""
    try:
        with ops.use(Frozen(**place)):
            save(folder, 3)
    except PowerOff:
        return
    raise RuntimeError(f"The save went on after {place}.")


def kill(folder: Path, place: dict[str, int]) -> None:
    """Saves in a child that is killed at a place."""
    pid = os.fork()
    if pid == 0:
        with ops.use(Dying(**place)):
            save(folder, 3)
        os._exit(1)  # it should not have come so far
    _, status = os.waitpid(pid, 0)
    if os.waitstatus_to_exitcode(status) != -9:
        raise RuntimeError(f"The child was not killed at {place}.")


if __name__ == "__main__":
    sys.exit(main())
