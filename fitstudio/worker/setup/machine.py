"""What a run trains on, and everything that must be known to repeat it bit for bit."""

from __future__ import annotations

import importlib.metadata
import platform
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import fitstudio
from fitstudio.declared.plan.models import ModelPlan
from fitstudio.engine import device
from fitstudio.words import say
from fitstudio.worker.setup.quicker_device import quicker

_LIBRARIES = ("torch", "numpy", "polars", "h5py", "safetensors")


@dataclass(frozen=True, slots=True)
class Machine:
    """The device, thread count and seed of a run.

    Attributes:
        choice: The device, and why it is that one.
        threads: CPU threads.
        seed: Where every random number of the run comes from.
    """

    choice: device.Choice
    threads: int
    seed: int

    def environment(self) -> dict[str, Any]:
        """What is recorded in `resolved.json`."""
        return {
            **device.describe(self.choice),
            "seed": self.seed,
            "host": socket.gethostname(),
            "python": platform.python_version(),
            "versions": {"fitstudio": fitstudio.__version__}
            | {name: _version(name) for name in _LIBRARIES},
        }


def set_up(
    values: Mapping[str, Any],
    plan: ModelPlan,
    *,
    batch_size: int,
    seed: int | None,
    before: Mapping[str, Any],
) -> Machine:
    """Chooses device, threads and seed, and puts torch into that state.

    Args:
        values: The run's resolved values by key.
        plan: The model, whose size decides the number of threads.
        batch_size: Rows of a step.
        seed: The seed that was drawn when the run was made, if one was.
        before: The machine that is recorded for the run; after a resume it holds `threads`.

    Raises:
        ArgumentError: If a device was asked for that is not there.
    """
    choice = device.choose(values["run.device"])
    threads = values["run.threads"] or before.get("threads")
    if threads is None:
        # Forward and backward together cost about three times the forward multiplications.
        work = 3 * plan.flops * batch_size // 2
        threads = device.choose_threads(None, work_per_step=work)
    if values["run.device"] == "auto":
        device.make_repeatable(threads=threads, repeatable=values["run.repeatable"])
        choice = _as_before(choice, before) or quicker(choice, plan, batch_size=batch_size)
    chosen = seed if values["run.seed"] is None else values["run.seed"]
    if chosen is None:
        chosen = secrets.randbelow(2**32)
    device.make_repeatable(threads=threads, repeatable=values["run.repeatable"])
    device.allow_tf32(values["run.precision"] == "tf32")
    return Machine(choice, threads, int(chosen))


def _as_before(choice: device.Choice, before: Mapping[str, Any]) -> device.Choice | None:
    """The device that the run began on, if it did and can use it again."""
    known = before.get("device")
    if known is None or known == choice.device.name:
        return None if known is None else choice
    for each in device.available():
        if each.name == known and not each.is_full:
            return device.Choice(each, say("The run began on it."))
    return choice


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
