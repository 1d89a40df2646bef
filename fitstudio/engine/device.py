"""Chooses what to train on (GPU or CPU), says why, and makes torch repeatable.

Numbers are bit-identical only on the same kind of machine: another thread count or another CPU
instruction set adds up in another order. `describe()` records what matters, so that a resumed run
can put it back, or say that results agree within rounding only.
"""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch.utils import deterministic

from fitstudio.errors import ArgumentError
from fitstudio.words import say

# Below this many multiply-adds a step, handing work to a second thread costs more than it saves.
# The rule is fixed, not a measurement at the start of each run, which could choose differently from
# one run to the next and so change the last bits of every result.
_ONE_THREAD_BELOW = 100_000_000

_OUT_OF_MEMORY_TEXTS = (
    "out of memory",
    "can't allocate memory",
    "defaultcpuallocator: not enough memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "cudnn error: cudnn_status_not_supported",
    "unable to find an engine to execute this computation",
)


@dataclass(frozen=True, slots=True)
class Device:
    """Something that torch can train on.

    Attributes:
        name: Torch's name, such as ``"cpu"`` or ``"cuda:0"``.
        title: What the maker calls it.
        memory_bytes: Memory that it has.
    """

    name: str
    title: str
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The device of a run, and why it is that one."""

    device: Device
    reason: str

    @property
    def torch_device(self) -> torch.device:
        """The same as torch wants it."""
        return torch.device(self.device.name)


def available() -> tuple[Device, ...]:
    """Every device torch can use here, the CPU last."""
    found: list[Device] = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            found.append(Device(f"cuda:{index}", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        found.append(Device("mps", say("Apple GPU"), None))
    found.append(Device("cpu", f"{_cpu_title()}, {_cores()}", _host_memory()))
    return tuple(found)


def choose(wanted: str = "auto") -> Choice:
    """The device to use.

    Args:
        wanted: ``"auto"``, ``"cpu"``, ``"cuda"``, or a device's own name such as ``"cuda:1"``.

    Raises:
        ArgumentError: If a device was named that is not there.
    """
    devices = available()
    if wanted == "auto":
        gpus = [device for device in devices if device.name.startswith("cuda")]
        if gpus:
            return Choice(gpus[0], say("It is the first GPU that torch can use."))
        return Choice(
            devices[-1], say("{why_no_gpu} so training uses the CPU.", why_no_gpu=_why_no_gpu())
        )
    for device in devices:
        if wanted in (device.name, device.name.partition(":")[0]):
            return Choice(device, say("It was chosen in the settings."))
    names = ", ".join(repr(device.name) for device in devices)
    raise ArgumentError(
        say(
            "The device {wanted} is not there: torch sees {names} on this machine.",
            wanted=repr(wanted),
            names=names,
        ),
        code="device.missing",
        remedy=say(
            'Set the device to "auto": FitStudio then takes a GPU if there is one. Training '
            "on the CPU is often 5 to 50 times slower than on a GPU."
        ),
        safe=say("Weights saved on a GPU load on the CPU as well; nothing is lost."),
    )


def choose_threads(wanted: int | None, *, work_per_step: int) -> int:
    """How many CPU threads torch should use.

    Args:
        wanted: The person's choice, or None.
        work_per_step: Multiply-adds of one training step, roughly: weights x rows of a batch x 3.
    """
    if wanted is not None:
        return wanted
    if work_per_step < _ONE_THREAD_BELOW:
        return 1
    return _usable_cores()


def make_repeatable(*, threads: int, repeatable: bool) -> None:
    """Fixes the thread count and, if wanted, asks torch for repeatable algorithms.

    Operations without a repeatable algorithm then warn instead of failing: a warning in the log is
    worth more to a person than a run that ends.
    """
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(repeatable, warn_only=True)
    # Filling fresh memory with NaN is a debugging aid that costs a pass over every tensor.
    deterministic.fill_uninitialized_memory = False  # pyright: ignore[reportAttributeAccessIssue]
    torch.backends.cudnn.benchmark = False
    if repeatable:
        # cuBLAS reads this when its first handle is made.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def describe(choice: Choice) -> dict[str, Any]:
    """What a run must know of the machine to be repeated bit for bit."""
    return {
        "device": choice.device.name,
        "device_title": choice.device.title,
        "device_reason": choice.reason,
        "device_memory_bytes": choice.device.memory_bytes,
        "device_uuid": _uuid(choice.torch_device),
        "threads": torch.get_num_threads(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "cpu": _cpu_title(),
        "machine": platform.machine(),
        "system": platform.system(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
    }


def survey() -> dict[str, Any]:
    """Everything about devices that a report of a problem should hold."""
    choice = choose()
    return {
        "torch": torch.__version__,
        "devices": [asdict(device) for device in available()],
        "chosen": choice.device.name,
        "reason": choice.reason,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
    }


def differences_that_change_bits(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between two `describe()`s, in words; empty if results stay bit-identical."""
    words = {
        "device": say("the device"),
        "device_title": say("the device's make"),
        "threads": say("the number of CPU threads"),
        "cpu_capability": say("the CPU's instruction set"),
        "torch": say("the version of torch"),
        "machine": say("the kind of processor"),
    }
    return [
        say("{title} ({before} before, {now} now)", title=title, before=before[key], now=now[key])
        for key, title in words.items()
        if key in before and before[key] != now.get(key)
    ]


def memory_in_use(device: torch.device) -> int | None:
    """Bytes torch holds on a GPU; None on the CPU, where the process's own memory says it."""
    return torch.cuda.memory_reserved(device) if device.type == "cuda" else None


def release_memory(device: torch.device) -> None:
    """Gives memory that torch keeps for reuse back to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that the device's or the machine's memory did not suffice.

    Torch has a type of its own for it, but libraries below it report the same in plain
    `RuntimeError`s, known only by their text.
    """
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(known in text for known in _OUT_OF_MEMORY_TEXTS)


def _uuid(device: torch.device) -> str | None:
    """A GPU's own name, by which its driver knows it too; indices differ between the two."""
    if device.type != "cuda":
        return None
    uuid = getattr(torch.cuda.get_device_properties(device), "uuid", None)
    return None if uuid is None else f"GPU-{uuid}"


def _why_no_gpu() -> str:
    if torch.version.cuda is None:
        return say("This installation of torch is the one for CPUs,")
    return say("No GPU that CUDA {cuda} can use was found,", cuda=torch.version.cuda)


def _allowed_cores() -> int:
    """Cores this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux can tell
        return os.cpu_count() or 1


def _usable_cores() -> int:
    """As many as allowed, but no more than torch would use itself (OMP_NUM_THREADS)."""
    return max(1, min(_allowed_cores(), torch.get_num_threads()))


def _cores() -> str:
    count = _allowed_cores()
    return say("1 core") if count == 1 else say("{count} cores", count=count)


def _cpu_title() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"


def _host_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
