"""Runs a tape fast: through TorchScript's interpreter, or operation by operation where it is gone.

TorchScript is deprecated upstream, but its interpreter is the one way to run a list of operations
from C++ without compiling them. The tape is written into its graph as it stands, and its optimizer
is switched off: it would merge matrix products, which is no faster and changes the last bits. What
it does not take is run in Python, with the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.steps.replay.tape import Operation, Ref, Tape, run_plainly

Replay = Callable[..., Sequence[Tensor]]

# Private to torch, and named here only. The type checker can't see them.
_C: Any = torch._C
_MEMORY_FORMATS = {
    torch.contiguous_format: 0,
    torch.preserve_format: 1,
    torch.channels_last: 2,
    torch.channels_last_3d: 3,
}


def compile_tape(tape: Tape, inputs: Sequence[Tensor]) -> Replay:
    """A function of the batch's tensors that returns the tape's results, without missing ones.

    It has to be called with autograd off.

    Args:
        tape: A simplified tape.
        inputs: A batch of the recorded shapes. It is run through once, without effect.
    """
    try:
        replay = _interpreted(tape)
        with untouched(tape.written_fixed()), torch.inference_mode():
            replay(*inputs)
    except (RuntimeError, AttributeError, TypeError, ValueError):
        return _in_python(tape)
    return replay


def _in_python(tape: Tape) -> Replay:
    def replay(*inputs: Tensor) -> list[Tensor]:
        return [each for each in run_plainly(tape, inputs) if each is not None]

    return replay


def _interpreted(tape: Tape) -> Replay:
    graph = _C.Graph()
    values: dict[int, Any] = {}
    lasting = tape.fixed | tape.constant
    # As inputs they are looked up in each step. As constants of the graph they would be frozen.
    for slot in [*lasting, *tape.inputs]:
        values[slot] = graph.addInput(f"slot_{slot}")
    for operation in tape.operations:
        _append(graph, operation, values)
    results = []
    for slot in tape.results:
        if slot is not None:
            results.append(_copied(graph, values[slot]) if slot in tape.constant else values[slot])
    bundle = graph.create("prim::TupleConstruct", results, 1)
    graph.appendNode(bundle)
    output = next(bundle.outputs())
    output.setType(_C.TupleType([_C.TensorType.get()] * len(results)))
    graph.registerOutput(output)
    function = _C._create_function_from_graph("replayed_step", graph)
    kept = tuple(lasting.values())
    set_optimizing, is_optimizing = _C._set_graph_executor_optimize, _C._get_graph_executor_optimize

    def replay(*inputs: Tensor) -> Sequence[Tensor]:
        before = is_optimizing()
        set_optimizing(False)
        try:
            return function(*kept, *inputs)
        finally:
            set_optimizing(before)

    return replay


def _append(graph: Any, operation: Operation, values: dict[int, Any]) -> None:
    """Writes one operation into the graph, every argument of its schema spelt out."""
    schema = operation.function._schema
    given = []
    for place, argument in enumerate(schema.arguments):
        if place < len(operation.args):
            value = operation.args[place]
        elif argument.name in operation.kwargs:
            value = operation.kwargs[argument.name]
        else:
            value = argument.default_value
        given.append(_graph_value(graph, value, argument.type, values))
    node = graph.create(schema.name, given, len(schema.returns))
    graph.appendNode(node)
    results = list(node.outputs())
    for result, returned in zip(results, schema.returns):
        result.setType(returned.type)
    if not operation.is_single and len(results) == 1:
        # A list of tensors, such as chunk() returns, comes as one value and is taken apart.
        parts = graph.create("prim::ListUnpack", results, len(operation.outputs))
        graph.appendNode(parts)
        results = list(parts.outputs())
    for slot, result in zip(operation.outputs, results):
        if slot is not None:
            values[slot] = result


def _graph_value(graph: Any, value: Any, kind: Any, values: dict[int, Any]) -> Any:
    if isinstance(value, Ref):
        return values[value.slot]
    if isinstance(value, list | tuple) and (not value or _holds_refs(value)):
        item_kind = _item_kind(kind)
        items = [_graph_value(graph, each, item_kind, values) for each in value]
        node = graph.create("prim::ListConstruct", items, 1)
        graph.appendNode(node)
        result = next(node.outputs())
        result.setType(_C.ListType(item_kind))
        return result
    if isinstance(value, torch.memory_format):
        value = _MEMORY_FORMATS[value]
    elif isinstance(value, torch.layout):
        value = 0  # strided: nothing else is recorded
    elif isinstance(value, tuple):
        value = list(value)
    wants_float = "float" in str(kind)
    if wants_float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    elif wants_float and isinstance(value, list):
        value = [float(each) for each in value]
    return graph.insertConstant(value)


def _holds_refs(value: Sequence[Any]) -> bool:
    return any(isinstance(each, Ref) for each in value)


def _item_kind(kind: Any) -> Any:
    while not hasattr(kind, "getElementType") or kind.kind() == "OptionalType":
        kind = kind.getElementType()
        if kind.kind() == "ListType":
            break
    return kind.getElementType()


def _copied(graph: Any, value: Any) -> Any:
    """A result that is the same each time, as a copy that its taker may change."""
    node = graph.create("aten::clone", [value, graph.insertConstant(None)], 1)
    graph.appendNode(node)
    return next(node.outputs())


class Remembered:
    """The values of tensors and the states of the random generators, as they are now.

    Args:
        tensors: What to remember; tells also which GPUs' generators.
    """

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._tensors = tensors
        self._copies = [tensor.clone() for tensor in tensors]
        self._random_state = torch.get_rng_state()
        devices = {tensor.device for tensor in tensors if tensor.is_cuda}
        self._on_devices = {device: torch.cuda.get_rng_state(device) for device in devices}

    def put_back(self) -> None:
        """Makes everything what it was."""
        torch.set_rng_state(self._random_state)
        for device, state in self._on_devices.items():
            torch.cuda.set_rng_state(state, device)
        with torch.no_grad():
            for tensor, copy in zip(self._tensors, self._copies, strict=True):
                tensor.copy_(copy)


@contextmanager
def untouched(tensors: Sequence[Tensor]) -> Iterator[None]:
    """Puts the tensors' values and the state of the random generators back afterwards."""
    remembered = Remembered(tensors)
    try:
        yield
    finally:
        remembered.put_back()
