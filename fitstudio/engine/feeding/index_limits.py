"""Checks class numbers and tokens before a GPU sees them.

A number that chooses a row of a table and is out of range is an error in words on the CPU. On a GPU
it is an assertion inside a kernel, after which the process can do nothing on the GPU any more. So
what is to go there is checked where it is still in main memory: a column in memory once, a column
of a file with each block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.losses import FunctionLoss, TorchLoss, sparse_categorical_crossentropy
from fitstudio.engine.metrics import MeanOfFunction
from fitstudio.engine.metrics.accuracies import sparse_top_k_categorical_accuracy
from fitstudio.engine.objective.objective import Objective
from fitstudio.errors import ArgumentError
from fitstudio.words import say
from fitstudio.words.numbers import format_count

_CHOOSE_A_CLASS = (sparse_categorical_crossentropy, sparse_top_k_categorical_accuracy)
# A number in a loss of torch that is skipped, such as -100, is none of the classes.
_SKIPPING = (nn.CrossEntropyLoss, nn.NLLLoss)


@dataclass(frozen=True, slots=True)
class IndexLimit:
    """Which numbers an array may hold: 0 up to, not including, a count.

    Attributes:
        argument: What the array was passed as: ``"y"``, ``"x"``.
        count: How many there are to choose from.
        of: What they are: "classes of the model's output".
        remedy: What to do about others.
        column: The one column of a row that chooses; None if all numbers of a row do.
        skipped: A number that is allowed besides, because the loss leaves such rows out.
    """

    argument: str
    count: int
    of: str
    remedy: str
    column: int | None = None
    skipped: int | None = None

    def check(self, numbers: Tensor, rows: Tensor | int = 0) -> None:
        """Refuses numbers that are out of range.

        Args:
            numbers: Rows of the array.
            rows: The rows' numbers, or that of the first where they follow each other.

        Raises:
            ArgumentError: If there is one, with its row.
        """
        if self.column is not None:
            numbers = numbers[:, self.column]
        if numbers.numel() == 0:
            return
        lowest, highest = torch.aminmax(numbers)
        # Not-a-number is neither: the comparison is true of what is in range only.
        if bool((lowest >= 0) & (highest < self.count)):
            return
        is_wrong = ~((numbers >= 0) & (numbers < self.count))
        if self.skipped is not None:
            is_wrong &= numbers != self.skipped
        if not bool(is_wrong.any()):
            return
        first = int(is_wrong.reshape(len(numbers), -1).any(1).nonzero()[0])
        wrong = numbers[first][is_wrong[first]].reshape(-1)[0].item()
        row = first + rows if isinstance(rows, int) else int(rows[first])
        raise ArgumentError(
            say(
                "{argument} holds {wrong} in row {row}, counted from 0; it should choose one "
                "of the {count} {of}, which are numbered 0 to {count_2}.",
                argument=self.argument,
                wrong=f"{wrong:.10g}",
                row=row,
                count=format_count(self.count),
                of=self.of,
                count_2=self.count - 1,
            ),
            code="fit.label-range" if self.argument.startswith("y") else "fit.token-range",
            remedy=self.remedy,
            safe=say("The model is as it was before this batch."),
        )


def limits_of_targets(
    objective: Objective, outputs: Sequence[Tensor]
) -> tuple[IndexLimit | None, ...]:
    """For each output what its targets may be, where a loss or metric chooses a class by them."""
    found: list[IndexLimit | None] = []
    for number, (output, loss) in enumerate(zip(outputs, objective.output_losses, strict=True)):
        functions = [
            each.metric.function
            for each in objective.metrics
            if each.output == number and isinstance(each.metric, MeanOfFunction)
        ]
        if isinstance(loss, FunctionLoss):
            functions.append(loss.function)
        limit = None
        if any(each in _CHOOSE_A_CLASS for each in functions):
            limit = _of_classes(output.shape[-1])
        elif isinstance(loss, TorchLoss) and isinstance(loss.module, _SKIPPING):
            limit = _of_classes(output.shape[1], skipped=loss.module.ignore_index)
        found.append(limit)
    return tuple(found)


def _of_classes(count: int, skipped: int | None = None) -> IndexLimit:
    return IndexLimit(
        "y",
        count,
        say("classes of the model's output"),
        say("Number the classes from 0 and give the model's last layer one unit per class."),
        skipped=skipped,
    )


class WatchedEmbeddings:
    """Checks what embeddings are called with, and learns which inputs of the model they look up.

    Args:
        module: The model.
        names: What its inputs are called in messages.
    """

    def __init__(self, module: nn.Module, names: Sequence[str]) -> None:
        self._module = module
        self._names = names
        #: By the input's number: what it may hold.
        self.limits: dict[int, IndexLimit] = {}

    @contextmanager
    def watching(self, inputs: Sequence[Tensor]) -> Iterator[None]:
        """While it is entered, a call with a token that is out of range is refused.

        Raises:
            ArgumentError: In place of an assertion on the GPU.
        """
        hooks = [
            child.register_forward_pre_hook(partial(self._look, inputs, name))
            for name, child in self._module.named_modules()
            if isinstance(child, nn.Embedding | nn.EmbeddingBag)
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _look(self, inputs: Sequence[Tensor], name: str, child: Any, given: Sequence[Any]) -> None:
        if not given or not isinstance(given[0], Tensor):
            return
        tokens = given[0]
        place = next(
            ((i, *where) for i, each in enumerate(inputs) if (where := _place_in(each, tokens))),
            None,
        )
        limit = IndexLimit(
            "x" if place is None else self._names[place[0]],
            child.num_embeddings,
            say("rows of the embedding {name}", name=repr(name))
            if name
            else say("rows of the embedding"),
            say("Give the embedding a row for every token, or number the tokens from 0."),
            column=None if place is None else place[1],
        )
        # Of a part of the input the part is looked at here, and the same part of later batches.
        IndexLimit(limit.argument, limit.count, limit.of, limit.remedy).check(tokens)
        if place is not None:
            known = self.limits.get(place[0])
            if known is None or limit.count < known.count:
                self.limits[place[0]] = limit


def _place_in(whole: Tensor, part: Tensor) -> tuple[int | None] | None:
    """Where in an input an embedding's tokens are: all of it, or one column; None if elsewhere."""
    if part is whole:
        return (None,)
    if part.untyped_storage().data_ptr() != whole.untyped_storage().data_ptr():
        return None
    if part.numel() == whole.numel() and part.dtype == whole.dtype:
        return (None,)
    if whole.ndim == 2 and part.ndim in (1, 2) and part.numel() == len(whole) == len(part):
        return ((part.storage_offset() - whole.storage_offset()) // max(whole.stride(1), 1),)
    return None
