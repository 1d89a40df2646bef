"""Simplifications of a recorded training step that keep every bit of its results."""

from __future__ import annotations

from torch import Tensor

from fitstudio.engine.steps.replay.tape import Operation, Ref, Tape, aten, map_refs


def simplify(tape: Tape) -> None:
    """Removes what a replay need not compute, without changing a bit of its results."""
    written = _written_memory(tape)
    _drop_aliases(tape)
    _fold(tape, written)
    _drop_double_transposes(tape)
    _drop_first_powers(tape, written)
    _merge_equal(tape, written)
    _drop_means_of_one(tape, written)
    _sum_straight_to_shape(tape)
    _pool_before_relu(tape)
    _drop_unused(tape)
    tape.values.clear()


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _written_memory(tape: Tape) -> set[int]:
    """The memory that any operation writes to in place."""
    return {
        _memory(tape.values[slot]) for operation in tape.operations for slot in operation.written()
    }


def _rename(tape: Tape, names: dict[int, int]) -> None:
    """Replaces slots everywhere; chains of replacements are followed."""
    if not names:
        return

    def final(slot: int) -> int:
        while slot in names:
            slot = names[slot]
        return slot

    for operation in tape.operations:
        operation.args = map_refs(operation.args, lambda slot: Ref(final(slot)))
        operation.kwargs = {
            key: map_refs(value, lambda slot: Ref(final(slot)))
            for key, value in operation.kwargs.items()
        }
        operation.outputs = tuple(
            None if slot is None else final(slot) for slot in operation.outputs
        )
    tape.results = tuple(None if slot is None else final(slot) for slot in tape.results)


def _drop_aliases(tape: Tape) -> None:
    """``detach`` and ``alias`` give the same memory in the same shape: the argument will do."""
    names: dict[int, int] = {}
    kept = []
    for operation in tape.operations:
        output = operation.outputs[0] if operation.is_single else None
        if output is not None and operation.function in (aten.detach.default, aten.alias.default):
            names[output] = operation.args[0].slot
        else:
            kept.append(operation)
    tape.operations = kept
    _rename(tape, names)


def _fold(tape: Tape, written: set[int]) -> None:
    """Takes out of the step what is the same in each one.

    Results of operations on constants are constants (shapes are part of what is recorded, so
    ``ones_like`` of anything is one), and a view of a weight stays a view of the weight.
    """
    known = set(tape.constant) | set(tape.fixed)
    kept = []
    for operation in tape.operations:
        outputs = [slot for slot in operation.outputs if slot is not None]
        values = [tape.values[slot] for slot in outputs]
        reads = operation.inputs()
        is_pure = not operation.written() and not operation.is_random()
        untouched = all(_memory(value) not in written for value in values)
        if is_pure and operation.is_view() and reads and all(slot in known for slot in reads):
            into = tape.constant if all(slot in tape.constant for slot in reads) else tape.fixed
            into.update(zip(outputs, values, strict=True))
            known.update(outputs)
        elif (
            is_pure
            and untouched
            and (
                operation.function in _SHAPE_ONLY
                or all(
                    slot in tape.constant and _memory(tape.constant[slot]) not in written
                    for slot in reads
                )
            )
        ):
            tape.constant.update(zip(outputs, values, strict=True))
            known.update(outputs)
        else:
            kept.append(operation)
    tape.operations = kept


# Their results depend on the shape and dtype of their arguments, not on the numbers in them.
_SHAPE_ONLY = {
    aten.ones_like.default,
    aten.zeros_like.default,
    aten.full_like.default,
    aten.new_zeros.default,
    aten.new_ones.default,
    aten.new_full.default,
}


def _producers(tape: Tape) -> dict[int, Operation]:
    return {
        operation.outputs[0]: operation
        for operation in tape.operations
        if operation.is_single and operation.outputs[0] is not None
    }


def _drop_double_transposes(tape: Tape) -> None:
    producers = _producers(tape)
    names: dict[int, int] = {}
    for operation in tape.operations:
        if operation.function is not aten.t.default or operation.outputs[0] is None:
            continue
        before = producers.get(operation.args[0].slot)
        if before is not None and before.function is aten.t.default:
            names[operation.outputs[0]] = before.args[0].slot
    tape.operations = [
        operation
        for operation in tape.operations
        if not (operation.function is aten.t.default and operation.outputs[0] in names)
    ]
    _rename(tape, names)


def _drop_first_powers(tape: Tape, written: set[int]) -> None:
    """``x ** 1``, which the gradient of a square takes, is a copy of x that nobody needs."""
    names: dict[int, int] = {}
    kept = []
    for operation in tape.operations:
        output = operation.outputs[0]
        if (
            operation.function is aten.pow.Tensor_Scalar
            and operation.args[1] == 1
            and output is not None
            and _memory(tape.values[output]) not in written
            and _memory(tape.values[operation.args[0].slot]) not in written
        ):
            names[output] = operation.args[0].slot
        else:
            kept.append(operation)
    tape.operations = kept
    _rename(tape, names)


def _merge_equal(tape: Tape, written: set[int]) -> None:
    """Two operations that compute the same from the same are done once.

    A loss and a metric, for example, both begin with the difference of targets and predictions.
    """
    seen: dict[str, Operation] = {}
    names: dict[int, int] = {}
    kept = []
    for operation in tape.operations:
        operation.args = map_refs(operation.args, lambda slot: Ref(names.get(slot, slot)))
        outputs = [slot for slot in operation.outputs if slot is not None]
        involved = {*outputs, *operation.inputs()}
        if (
            operation.is_random()
            or operation.written()
            or any(_memory(tape.values[slot]) in written for slot in involved)
            or any(slot in tape.results for slot in outputs)
        ):
            kept.append(operation)
            continue
        same = seen.setdefault(
            f"{operation.function} {operation.args} {operation.kwargs}", operation
        )
        if same is operation:
            kept.append(operation)
        else:
            for mine, theirs in zip(operation.outputs, same.outputs, strict=True):
                if mine is not None and theirs is not None:
                    names[mine] = theirs
    tape.operations = kept
    _rename(tape, names)


def _drop_means_of_one(tape: Tape, written: set[int]) -> None:
    """The mean over an axis with one element is that element, here only looked at in another shape.

    If all that follows is a mean or sum over everything, the shape does not matter either.
    """
    users: dict[int, list[Operation]] = {}
    for operation in tape.operations:
        for slot in operation.inputs():
            users.setdefault(slot, []).append(operation)
    totals = (aten.sum.default, aten.mean.default)
    names: dict[int, int] = {}
    kept = []
    for operation in tape.operations:
        output = operation.outputs[0]
        if operation.function is aten.mean.dim and output is not None and not operation.kwargs:
            value = tape.values[operation.args[0].slot]
            if (
                all(value.shape[axis] == 1 for axis in operation.args[1])
                and value.is_contiguous()
                and output not in tape.results
                and _memory(value) not in written
                and _memory(tape.values[output]) not in written
                and all(each.function in totals for each in users.get(output, []))
            ):
                names[output] = operation.args[0].slot
                continue
        kept.append(operation)
    tape.operations = kept
    _rename(tape, names)


def _sum_straight_to_shape(tape: Tape) -> None:
    """A bias's gradient is summed with the axis kept and then viewed without it: sum without."""
    producers = _producers(tape)
    users: dict[int, int] = {}
    for operation in tape.operations:
        for slot in operation.inputs():
            users[slot] = users.get(slot, 0) + 1
    names: dict[int, int] = {}
    for operation in tape.operations:
        if operation.function is not aten.view.default or operation.outputs[0] is None:
            continue
        before = producers.get(operation.args[0].slot)
        if before is None or before.function is not aten.sum.dim_IntList:
            continue
        summed, axes, *keep = before.args
        if keep != [True] or before.kwargs or users[operation.args[0].slot] != 1:
            continue
        if operation.args[0].slot in tape.results:
            continue
        shape = list(tape.values[summed.slot].shape)
        dropped = {axis % len(shape) for axis in axes}
        left = [size for axis, size in enumerate(shape) if axis not in dropped]
        if list(operation.args[1]) == left:
            before.args = (summed, axes, False)
            names[operation.outputs[0]] = operation.args[0].slot
    tape.operations = [
        operation
        for operation in tape.operations
        if not (operation.function is aten.view.default and operation.outputs[0] in names)
    ]
    _rename(tape, names)


def _pool_before_relu(tape: Tape) -> None:
    """A ReLU before a maximum pooling is done after it, on a quarter of the numbers.

    Both orders give the same numbers: the maximum is the same element if it is positive, and if it
    is not, the output and every gradient through it are zero either way.
    """
    producers = _producers(tape)
    users: dict[int, list[Operation]] = {}
    for operation in tape.operations:
        for slot in operation.inputs():
            users.setdefault(slot, []).append(operation)
    for relu in list(tape.operations):
        if relu.function is not aten.relu.default or relu.outputs[0] in tape.results:
            continue
        sharp = relu.args[0].slot
        soft = relu.outputs[0]
        assert soft is not None
        by_kind = {each.function: each for each in users.get(soft, [])}
        pool = by_kind.get(aten.max_pool2d_with_indices.default)
        unpool = by_kind.get(aten.max_pool2d_with_indices_backward.default)
        gate = by_kind.get(aten.threshold_backward.default)
        if pool is None or unpool is None or gate is None or len(users[soft]) != 3:
            continue
        pooled, unpooled, gated = pool.outputs[0], unpool.outputs[0], gate.outputs[0]
        if pooled is None or unpooled is None or gated is None:
            continue
        is_chain = (
            gate.args == (Ref(unpooled), Ref(soft), 0)
            and len(users[unpooled]) == 1
            and not {pooled, unpooled} & {*tape.results}
            and producers.get(unpooled) is unpool
        )
        if not is_chain:
            continue
        # relu(x) → pool → …   becomes   pool(x) → relu → …, and backwards the other way round.
        # The slot `soft`, free now, takes the pooled tensor before the ReLU, and `unpooled` the
        # gradient behind it.
        pool.args = (Ref(sharp), *pool.args[1:])
        pool.outputs = (soft, *pool.outputs[1:])
        late_relu = Operation(aten.relu.default, (Ref(soft),), {}, (pooled,), True)
        early_gate = Operation(
            aten.threshold_backward.default,
            (unpool.args[0], Ref(pooled), 0),
            {},
            (unpooled,),
            True,
        )
        unpool.args = (Ref(unpooled), Ref(sharp), *unpool.args[2:])
        unpool.outputs = (gated,)
        moved = []
        for operation in tape.operations:
            if operation is unpool:
                moved.append(early_gate)
            if operation is not relu and operation is not gate:
                moved.append(operation)
            if operation is pool:
                moved.append(late_relu)
        tape.operations = moved


def _drop_unused(tape: Tape) -> None:
    needed = {slot for slot in tape.results if slot is not None}
    kept = []
    for operation in reversed(tape.operations):
        has_effect = bool(operation.written()) or operation.is_random()
        if has_effect or any(slot in needed for slot in operation.outputs if slot is not None):
            kept.append(operation)
            needed.update(operation.inputs())
    tape.operations = kept[::-1]
    tape.fixed = {slot: value for slot, value in tape.fixed.items() if slot in needed}
    tape.constant = {slot: value for slot, value in tape.constant.items() if slot in needed}
