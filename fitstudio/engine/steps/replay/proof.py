"""When a replayed step counts as proven: the same bits as the plain step, or its rounding.

A replay is used only after it gave the plain step's numbers on `PROOFS` batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Tensor

#: Batches on which the replay has to give the same bits as the plain step before it is used.
PROOFS = 2
#: How much more a replay may differ than two plain steps were seen to differ.
_TIMES_SEEN = 4.0
#: A tensor of smaller numbers, as a part of the largest of all, holds nothing but rounding: the
#: gradient of a bias before a normalisation, for one.
_FLOOR = 1e-3


def same_bits(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> bool:
    """Whether all numbers are equal, NaN counting as equal to NaN."""
    return len(ours) == len(theirs) and all(
        mine.shape == other.shape
        and mine.dtype == other.dtype
        and bool(((mine == other) | ((mine != mine) & (other != other))).all())
        for mine, other in zip(ours, theirs, strict=True)
    )


def within_rounding(
    ours: Sequence[Tensor], theirs: Sequence[Tensor], again: Sequence[Tensor], rounding: float
) -> bool:
    """Whether numbers differ by no more than two runs of the same step differ from each other.

    Some of a GPU's kernels add up in an order that is never the same. Of these not even the plain
    step gives the same bits twice.

    Args:
        ours: A replay's numbers.
        theirs: The plain step's.
        again: The plain step's, a second time.
        rounding: What counts as rounding, as a part of a tensor's largest number; of very small
            tensors as a part of what is small beside the largest of all.
    """
    if len(ours) != len(theirs) or len(ours) != len(again):
        return False
    largest = max((_size(each) for each in theirs), default=0.0)
    compared = partial(_is_rounding, rounding, _FLOOR * largest)
    return all(map(compared, ours, theirs, again))


def _size(tensor: Tensor) -> float:
    """The largest number of a tensor that holds numbers with a fraction."""
    if not tensor.is_floating_point() or not tensor.numel():
        return 0.0
    return float(tensor.abs().nan_to_num(0.0, 0.0, 0.0).max())


def _is_rounding(
    rounding: float, floor: float, ours: Tensor, theirs: Tensor, again: Tensor
) -> bool:
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return False
    if same_bits([ours], [theirs]):
        return True
    if not ours.is_floating_point() or not bool(
        (ours.isfinite() == theirs.isfinite()).all() & theirs.isfinite().all()
    ):
        return False
    seen = (again - theirs).abs().max()
    allowed = _TIMES_SEEN * seen + rounding * max(_size(theirs), floor)
    return bool((ours - theirs).abs().max() <= allowed)
