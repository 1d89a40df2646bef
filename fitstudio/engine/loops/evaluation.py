"""Measures a model on data without training it: validation inside fit(), and evaluate()."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.callbacks.logs import to_numbers
from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.batches_array import ArrayBatches
from fitstudio.engine.feeding.binding import Batch
from fitstudio.engine.loops.batch_end import tell_batch_end, warn_ran_out
from fitstudio.engine.objective.objective import Objective
from fitstudio.engine.steps.forward import ForwardWithLosses
from fitstudio.words import say


class Evaluation:
    """Runs a model over batches in inference mode.

    Args:
        module: The model's module.
        objective: Losses and metrics; their running sums are those of the evaluation.
        precision: As compiled.
        part_rows: Rows that go through the module at a time, where memory does not suffice for a
            batch; losses and metrics see the whole batch all the same.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        *,
        precision: str,
        part_rows: int | None = None,
    ) -> None:
        self.module = module
        self.objective = objective
        self._part_rows = part_rows
        self._forward = ForwardWithLosses(module, objective, precision=precision)
        self._is_by_row: bool | None = None

    def run(
        self, batches: Batches, callbacks: CallbackList, *, expected_steps: int | None
    ) -> dict[str, float]:
        """One run over the batches.

        Args:
            batches: Read from their beginning; a stream goes on where it stopped.
            callbacks: Get the on_test_ hooks.
            expected_steps: How many batches were asked for, to warn if there are fewer.

        Returns:
            The means; empty if there was no batch left.
        """
        if batches.is_used_up(0):
            warn_ran_out(say("Validation"), 0, expected_steps)
            return {}
        with torch.inference_mode():  # as for the batches: a user's metric may keep any tensors
            self.objective.reset()
        self.module.eval()
        callbacks.on_test_begin()
        done = 0
        for batch, count in self._batches(batches, callbacks):
            if callbacks.watches_test_batches:
                callbacks.on_test_batch_begin(done)
                self.module.eval()  # a callback may have predicted, or trained, something
            self.step(batch)
            done += count
            if callbacks.watches_test_batches:
                tell_batch_end(callbacks.on_test_batch_end, done - 1, self.objective)
        if expected_steps is not None and done < expected_steps:
            warn_ran_out(say("Validation"), done, expected_steps)
        logs = self.numbers()
        callbacks.on_test_end(dict(logs))
        batches.end_epoch()
        return logs

    def _batches(self, batches: Batches, callbacks: CallbackList) -> Iterator[tuple[Batch, int]]:
        """The batches, each with the number of batches it stands for.

        Where nothing can tell the difference but the clock, many batches are made one: the means
        over the rows are the same.
        """
        large = None
        may_join = callbacks.takes_large_test_batches and self._part_rows is None
        if isinstance(batches, ArrayBatches) and may_join:
            large = batches.in_large_batches()
        if large is None or not self.objective.averages_rows:
            for batch in batches.epoch(0):
                yield batch, 1
            return
        assert isinstance(batches, ArrayBatches)
        size, rows = batches.batch_size, 0
        for batch in large.epoch(0):
            first = rows // size
            rows += len(batch[0][0])
            if first == 0 and not self._treats_rows_alike(batch, size):
                for small in batches.epoch(0):
                    yield small, 1
                return
            yield batch, -(-rows // size) - first

    def _treats_rows_alike(self, batch: Batch, size: int) -> bool:
        """Whether a row's output is the same whichever rows are in the batch with it."""
        if self._is_by_row is None:
            inputs = batch[0]
            with torch.inference_mode():
                few = self._forward(tuple(each[:size] for each in inputs))
                many = self._forward(inputs)
            self._is_by_row = all(
                mine.shape == theirs[: len(mine)].shape
                and torch.allclose(mine, theirs[: len(mine)], rtol=1e-4, atol=1e-5, equal_nan=True)
                for mine, theirs in zip(few, many, strict=True)
            )
        return self._is_by_row

    def step(self, batch: Batch) -> Tensor:
        """Adds a batch to the running sums; returns its loss."""
        inputs, targets, weights = batch
        with torch.inference_mode():
            if self._part_rows is None:
                losses, outputs = self._forward.losses(inputs, targets, weights)
            else:
                outputs = self._in_parts(inputs, self._part_rows)
                losses = self._forward.losses_of(outputs, targets, weights)
            self.objective.update(losses, outputs, targets, weights, len(inputs[0]))
        return losses[0]

    def _in_parts(self, inputs: tuple[Tensor, ...], rows: int) -> tuple[Tensor, ...]:
        """The outputs of a batch, computed for a few rows at a time."""
        parts = zip(*(each.split(rows) for each in inputs), strict=True)
        outputs = [self._forward(part) for part in parts]
        return tuple(torch.cat(each) for each in zip(*outputs, strict=True))

    def numbers(self) -> dict[str, float]:
        """The means so far."""
        return to_numbers(self.objective.read())


def as_result(numbers: dict[str, float], *, return_dict: bool) -> Any:
    """What evaluate() returns: one number, a list in history order, or a dict."""
    if return_dict:
        return numbers
    values = list(numbers.values())
    return values[0] if len(values) == 1 else values
