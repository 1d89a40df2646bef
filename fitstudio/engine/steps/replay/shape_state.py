"""The life of one batch shape: trained plainly, recorded, proven equal, then replayed.

count plain steps → record one → prove on the next batches → replay
                      └─ refused ──────┴─ not the same bits ──→ plain for good
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.steps.replay.compiled import Replay
from fitstudio.engine.steps.replay.tape import Tape

#: Plain steps before a shape is worth recording, which costs as much as some dozens of them.
STEPS_BEFORE = 24
#: The same once another shape is replayed: the short last batch of an epoch comes rarely.
LATER_STEPS_BEFORE = 6
#: Shapes that are recorded at most: data whose shape changes with each batch gains nothing.
MOST_SHAPES = 8

#: How often recordings are made anew because the model was changed from outside.
MOST_RECORDINGS = 10


class Phase(Enum):
    """What happens with batches of a shape."""

    COUNTING = auto()
    PROVING = auto()
    REPLAYING = auto()
    PLAIN = auto()


@dataclass(slots=True)
class ShapeState:
    """One batch shape.

    Attributes:
        steps: Plain steps so far.
        proofs: Batches on which the replay gave the plain step's bits.
        reason: Why it stays plain.
        replay: From a batch's tensors to losses, gradients and, for metrics that are not ours,
            outputs.
        names: The weights that get a gradient, in the order of the replay's results.
        losses: How many losses come before the gradients.
        outputs: How many outputs come after them.
        written: Buffers and running sums that a replay changes.
        is_exact: Whether the proofs were bit for bit, or within the rounding of the plain step.
    """

    phase: Phase = Phase.COUNTING
    steps: int = 0
    proofs: int = 0
    reason: str | None = None
    tape: Tape | None = None
    replay: Replay | None = None
    names: list[str] = field(default_factory=list)
    losses: int = 1
    outputs: int = 0
    written: list[Tensor] = field(default_factory=list)
    is_exact: bool = True

    def begin_proving(self, names: list[str], losses: int, outputs: int) -> None:
        """From now on replays are compared with plain steps."""
        self.phase, self.proofs = Phase.PROVING, 0
        self.names, self.losses, self.outputs = names, losses, outputs

    def stay_plain(self, reason: str) -> None:
        """Gives replaying up for batches of this shape, for this reason."""
        self.phase, self.reason = Phase.PLAIN, reason
        self.tape = self.replay = None

    def let_go(self) -> None:
        """Gives a graph's memory back; the next batch of this shape is recorded at once."""
        if self.phase in (Phase.PROVING, Phase.REPLAYING):
            self.phase = Phase.COUNTING
            self.tape = self.replay = None
            self.steps = max(self.steps, STEPS_BEFORE)


def shape_of(tensors: Sequence[Tensor | None]) -> tuple[Any, ...]:
    """What has to be equal for two batches to have the same operations."""
    return tuple([None if each is None else (each.shape, each.dtype) for each in tensors])


def tensors_in(objects: Iterable[Any]) -> list[Tensor]:
    """Tensors that objects keep in attributes, directly or in a dict, list or tuple."""
    found: list[Tensor] = []
    for each in objects:
        for value in getattr(each, "__dict__", {}).values():
            if isinstance(value, Tensor):
                found.append(value)
            elif isinstance(value, dict):
                found.extend(item for item in value.values() if isinstance(item, Tensor))
            elif isinstance(value, list | tuple):
                found.extend(item for item in value if isinstance(item, Tensor))
    return found


def lasting_tensors(module: nn.Module, others: Iterable[Any]) -> list[Tensor]:
    """Every tensor that exists between steps, the weights first."""
    return [
        *module.parameters(),
        *module.buffers(),
        *tensors_in(module.modules()),
        *tensors_in(others),
    ]


def inference_guard() -> Any:
    """Inference mode without the Python wrapper, which costs as much as a small operation."""
    private = getattr(torch._C, "_InferenceMode", None)
    return torch.inference_mode() if private is None else private(True)
