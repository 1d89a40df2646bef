"""Trains on a batch in parts, where the whole does not fit into memory, with the same result.

The rescue from a full memory is in `fitstudio.worker.training`, in ``_use_smaller_parts``: it
chooses ever smaller parts, goes back to the newest checkpoint, and calls fit() again with
``micro_batch_size``, which takes this step in place of `TrainStep`.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from fitstudio.engine.losses.base import Reduction
from fitstudio.engine.objective.objective import Objective, Targets, Weights
from fitstudio.engine.optimizers import Optimizer
from fitstudio.engine.steps.plain_step import Inputs, PlainStep, StepBatch
from fitstudio.engine.steps.train_step import StepMode


class MicroBatchStep:
    """A training step like `TrainStep` that computes gradients part by part and updates once.

    The parts' losses and gradients are averaged by their rows, which gives the batch's. Only what
    looks at a whole batch while it is computed, batch normalisation, sees the parts.

    Args:
        module: The model's module, in training mode during calls.
        objective: Losses and metrics, bound to the outputs.
        optimizer: Built with the module's weights.
        rows: Rows of a part.
        precision: As compiled.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        optimizer: Optimizer,
        *,
        rows: int,
        precision: str,
    ) -> None:
        self.module, self.objective, self.optimizer = module, objective, optimizer
        self._part_rows = rows
        self._plain = PlainStep(module, objective, optimizer, precision=precision)

    def expect(self, steps: int) -> None:
        """As `TrainStep.expect`; nothing is prepared here."""

    def begin_epoch(self) -> None:
        """As `TrainStep.begin_epoch`; this step remembers nothing about the module."""

    def look_again(self) -> None:
        """As `TrainStep.look_again`."""

    @property
    def mode(self) -> StepMode:
        """As `TrainStep.mode`."""
        return StepMode("parts", f"memory takes {self._part_rows} rows at a time")

    def let_go(self) -> None:
        """As `TrainStep.let_go`; this step keeps no memory."""

    def __call__(self, inputs: Inputs, targets: Targets, weights: Weights, rows: int) -> Tensor:
        """One update; see `TrainStep`."""
        plain = self._plain
        plain.look_at_weights()
        sums: dict[str, Tensor] = {}
        total: Tensor | None = None
        for part in self._parts(StepBatch(inputs, targets, weights, rows)):
            result = plain.forward_and_backward(part)
            plain.update_sums(result.losses, result.outputs, part)
            share = part.rows / rows
            loss = result.losses[0] * share
            total = loss if total is None else total + loss
            for name, gradient in zip(plain.names, result.gradients, strict=True):
                if gradient is not None:
                    gradient = gradient * share
                    sums[name] = sums[name] + gradient if name in sums else gradient
        self.optimizer.apply(list(sums), list(sums.values()))
        assert total is not None, "a batch has rows"
        return total

    def _parts(self, batch: StepBatch) -> Iterator[StepBatch]:
        for start in range(0, batch.rows, self._part_rows):
            stop = min(start + self._part_rows, batch.rows)
            yield batch.with_tensors([each[start:stop] for each in batch.tensors()])._replace(
                rows=stop - start
            )


def can_be_split(objective: Objective) -> bool:
    """Whether a batch's loss is the mean of its parts': not for losses that add up."""
    return all(loss is None or loss.reduction != Reduction.SUM for loss in objective.output_losses)
