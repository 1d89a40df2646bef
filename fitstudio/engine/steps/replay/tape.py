"""The operations of one training step as data, and the simplifications that keep every bit.

A tensor is a numbered slot. It is *fixed* if it exists between steps (weights, buffers, running
sums, and views of them), *constant* if it is the same in each step, an *input* if it belongs to the
batch, and *computed* otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten


# Arguments that are changed in place although the function's schema does not say so: the running
# statistics of a batch normalisation.
_HIDDEN_WRITES = {
    aten.native_batch_norm.default: (3, 4),
    aten.cudnn_batch_norm.default: (3, 4),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """The place of a tensor among an operation's arguments."""

    slot: int


@dataclass(slots=True)
class Operation:
    """One call: the function, its arguments with `Ref` for tensors, and the slots of its results.

    Attributes:
        outputs: The slot per result, None for a result that is no tensor.
        is_single: Whether the function returns its result bare, not in a tuple or list.
    """

    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: tuple[int | None, ...]
    is_single: bool

    def inputs(self) -> list[int]:
        """The slots it reads or writes."""
        return list(_slots((self.args, tuple(self.kwargs.values()))))

    def is_random(self) -> bool:
        """Whether it draws random numbers."""
        return torch.Tag.nondeterministic_seeded in self.function.tags

    def written(self) -> list[int]:
        """The slots it changes in place."""
        slots: list[int] = []
        schema = self.function._schema
        for place, argument in enumerate(schema.arguments):
            info = argument.alias_info
            if info is None or not info.is_write:
                continue
            is_positional = place < len(self.args)
            value = self.args[place] if is_positional else self.kwargs.get(argument.name)
            slots.extend(_slots(value))
        for place in _HIDDEN_WRITES.get(self.function, ()):
            slots.extend(_slots(self.args[place]))
        return slots

    def is_view(self) -> bool:
        """Whether its results are other ways to look at its arguments' memory."""
        returns = self.function._schema.returns
        return bool(returns) and all(
            each.alias_info is not None and not each.alias_info.is_write for each in returns
        )


def _slots(value: Any) -> Iterator[int]:
    if isinstance(value, Ref):
        yield value.slot
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _slots(each)


def map_refs(value: Any, change: Callable[[int], Any]) -> Any:
    """The same arguments with every `Ref` replaced."""
    if isinstance(value, Ref):
        return change(value.slot)
    if isinstance(value, list):
        return [map_refs(each, change) for each in value]
    if isinstance(value, tuple):
        return tuple(map_refs(each, change) for each in value)
    return value


@dataclass(slots=True)
class Tape:
    """A recorded step.

    Attributes:
        operations: In the order in which they ran.
        inputs: Slots of the batch's tensors.
        results: Slots of what the step returns, None for a missing gradient.
        fixed: Tensors that exist between steps, by slot.
        constant: Tensors that are the same in each step, by slot.
        values: The tensors of the recorded step, by slot; dropped by `simplify`.
    """

    operations: list[Operation]
    inputs: tuple[int, ...]
    results: tuple[int | None, ...]
    fixed: dict[int, Tensor]
    constant: dict[int, Tensor] = field(default_factory=dict)
    values: dict[int, Tensor] = field(default_factory=dict)

    def written_fixed(self) -> list[Tensor]:
        """The tensors outside the batch that a replay changes: buffers and running sums."""
        slots = {slot for operation in self.operations for slot in operation.written()}
        return [self.fixed[slot] for slot in sorted(slots) if slot in self.fixed]


def run_plainly(tape: Tape, inputs: Sequence[Tensor]) -> list[Tensor | None]:
    """Runs the operations one by one: what a compiled form computes, and where there is none."""
    slots: dict[int, Any] = dict(zip(tape.inputs, inputs, strict=True))
    slots |= tape.fixed | tape.constant
    for operation in tape.operations:
        args = map_refs(operation.args, slots.__getitem__)
        kwargs = {
            key: map_refs(value, slots.__getitem__) for key, value in operation.kwargs.items()
        }
        result = operation.function(*args, **kwargs)
        results = (result,) if operation.is_single else result
        for slot, value in zip(operation.outputs, results):
            if slot is not None:
                slots[slot] = value
    return [
        None if slot is None else slots[slot].clone() if slot in tape.constant else slots[slot]
        for slot in tape.results
    ]
