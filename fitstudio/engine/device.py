"""Chooses what to train on (GPU or CPU), says why, and makes torch repeatable.

Numbers are bit-identical only on the same kind of machine: another thread count or another CPU
instruction set adds up in another order. `describe()` records what matters, so that a resumed run
can put it back, or say that results agree within rounding only.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch.utils import deterministic

from fitstudio.engine.device_memory import LEAST_FREE_BYTES
from fitstudio.engine.gpu_driver import GraphicsProcessor, driver_version
from fitstudio.errors import ArgumentError, RunError
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes

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
        free_bytes: Memory that no program has taken, where a GPU's driver tells it.
    """

    name: str
    title: str
    memory_bytes: int | None
    free_bytes: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether other programs have left too little of it to train anything."""
        return self.free_bytes is not None and self.free_bytes < LEAST_FREE_BYTES

    @property
    def fullness(self) -> str:
        """How much of its memory is taken, in words."""
        taken = (self.memory_bytes or 0) - (self.free_bytes or 0)
        return say(
            "{taken} of its {memory_bytes} of memory are in use by other programs",
            taken=format_bytes(taken),
            memory_bytes=format_bytes(self.memory_bytes or 0),
        )


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
            driver = GraphicsProcessor.find(_uuid(torch.device("cuda", index)))
            free = None if driver is None else driver.free_bytes()
            found.append(Device(f"cuda:{index}", properties.name, properties.total_memory, free))
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
        DeviceFullError: If one was named whose memory other programs have taken.
    """
    devices = available()
    if wanted == "auto":
        gpus = [device for device in devices if device.name.startswith("cuda")]
        if gpus:
            return _first_with_room(gpus, devices[-1])
        return Choice(
            devices[-1], say("{why_no_gpu} so training uses the CPU.", why_no_gpu=_why_no_gpu())
        )
    chosen = [each for each in devices if wanted in (each.name, each.name.partition(":")[0])]
    for device in chosen:
        if not device.is_full:
            return Choice(device, say("It was chosen in the settings."))
    if chosen:
        raise DeviceFullError(chosen[0])
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


def _first_with_room(gpus: list[Device], cpu: Device) -> Choice:
    for number, gpu in enumerate(gpus):
        if not gpu.is_full:
            reason = say("It is the first GPU that torch can use.")
            if number:
                reason = say(
                    "It is the first GPU with room: of {gpus}, {fullness}.",
                    gpus=gpus[0].title,
                    fullness=gpus[0].fullness,
                )
            return Choice(gpu, reason)
    return Choice(
        cpu,
        say(
            "Of {gpus}, {fullness}, so training uses the CPU. When they have ended, a new run "
            "takes the GPU.",
            gpus=gpus[0].title,
            fullness=gpus[0].fullness,
        ),
    )


class DeviceFullError(RunError):
    """A GPU whose memory other programs have taken.

    Args:
        full: The GPU.
    """

    def __init__(self, full: Device) -> None:
        devices = available()
        # As it is now: it may have been chosen when there was room.
        full = next((each for each in devices if each.name == full.name), full)
        others = [
            each
            for each in devices
            if each.name.startswith("cuda") and each.name != full.name and not each.is_full
        ]
        elsewhere = (
            say('"{others}", another GPU, or "cpu"', others=others[0].name) if others else '"cpu"'
        )
        super().__init__(
            say("There is no room on {full}: {fullness}.", full=full.title, fullness=full.fullness),
            code="device.full",
            remedy=say(
                "End those programs, or set the device to {elsewhere}.", elsewhere=elsewhere
            ),
            safe=say("Your data, settings and all finished epochs are untouched."),
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
    _use_repeatable_algorithms(repeatable)
    # Filling fresh memory with NaN is a debugging aid that costs a pass over every tensor.
    deterministic.fill_uninitialized_memory = False  # pyright: ignore[reportAttributeAccessIssue]
    torch.backends.cudnn.benchmark = False
    if repeatable:
        # cuBLAS reads this when its first handle is made.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def _use_repeatable_algorithms(repeatable: bool) -> None:
    """As ``torch.use_deterministic_algorithms``, without its import of torch's compiler.

    That takes two seconds of every start, to tell the compiler the same. Where the compiler is
    loaded already, or torch has changed inside, the public way is taken.
    """
    set_directly = getattr(torch._C, "_set_deterministic_algorithms", None)
    if set_directly is None or "torch._inductor" in sys.modules:
        torch.use_deterministic_algorithms(repeatable, warn_only=True)
    else:
        set_directly(repeatable, warn_only=True)


def allow_tf32(allowed: bool) -> None:
    """Whether a GPU may round the factors of float32 products to 10 binary digits after the point.

    It is meant to be faster there, and changes results from the third or fourth decimal digit on.
    The CPU computes as ever. torch itself allows it for convolutions unless told otherwise.
    """
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


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
        **_gpu_versions(choice.torch_device),
    }


def survey() -> dict[str, Any]:
    """Everything about devices that a report of a problem should hold."""
    choice = choose()
    return {
        "torch": torch.__version__,
        "devices": [asdict(device) for device in available()],
        "chosen": choice.device.name,
        "reason": choice.reason,
        "cuda": torch.version.cuda,
        **_gpu_versions(choice.torch_device),
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


def _gpu_versions(device: torch.device) -> dict[str, Any]:
    """The driver's and cuDNN's versions, for a run on a GPU."""
    if device.type != "cuda":
        return {}
    return {"driver": driver_version(), "cudnn": _cudnn()}


def _cudnn() -> str | None:
    """cuDNN's version in the form that NVIDIA gives it, such as ``"9.10.2"``."""
    number = torch.backends.cudnn.version()
    if not number:
        return None
    # Since version 9 there are two digits for the minor version, and two for the patch.
    major, rest = divmod(number, 10_000) if number >= 90_000 else divmod(number, 1_000)
    return f"{major}.{rest // 100}.{rest % 100}"


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
