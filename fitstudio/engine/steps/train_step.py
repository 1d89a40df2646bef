"""One update of the weights: forward, losses, backward, optimizer, running sums.

`TrainStep` is the seam behind which steps become faster. `PlainStep` is the reference: a page of
ordinary torch. The faster form replays the operations of a recorded step (see `replay`); a batch
shape gets it only after it gave the same bits as the plain form on real batches, so that nothing
depends on which of them ran.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from fitstudio.engine.objective.objective import Objective, Targets, Weights
from fitstudio.engine.optimizers import Optimizer
from fitstudio.engine.steps.plain_step import Inputs, PlainStep, StepBatch
from fitstudio.engine.steps.replay.replays import Replays


class StepMode(NamedTuple):
    """How steps are done at the moment.

    Attributes:
        name: ``"graph"`` (a CUDA graph), ``"replayed"``, ``"plain"`` or ``"parts"``.
        reason: Why it is that, as the end of a sentence; empty where there is nothing to say.
    """

    name: str
    reason: str


class TrainStep:
    """Trains a module on one batch per call.

    Nothing in a call waits for the device: the running sums grow there, and the loss that comes
    back is a tensor.

    Args:
        module: The model's module, in training mode during calls.
        objective: Losses and metrics, bound to the outputs.
        optimizer: Built with the module's weights.
        precision: One of `fitstudio.engine.steps.forward.PRECISIONS`.
        replays: Whether steps may be recorded and replayed.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        optimizer: Optimizer,
        *,
        precision: str = "float32",
        replays: bool = True,
    ) -> None:
        self.module = module
        self.objective = objective
        self.optimizer = optimizer
        self._plain = PlainStep(module, objective, optimizer, precision=precision)
        self._replays = Replays(self._plain) if replays else None

    def expect(self, steps: int) -> None:
        """Learns how many steps a training will have, about, at its beginning."""
        if self._replays is not None:
            self._replays.steps_ahead = steps

    def begin_epoch(self) -> None:
        """Called at the beginning of each epoch, with the module in training mode."""
        self.look_again()

    def look_again(self) -> None:
        """Called before a batch when somebody else's code ran since the last one."""
        self._plain.look_at_weights()
        if self._replays is not None:
            self._replays.look_again()

    def __call__(self, inputs: Inputs, targets: Targets, weights: Weights, rows: int) -> Tensor:
        """One update.

        Args:
            inputs: What the module is called with, in order.
            targets: One per output; None for an output without a loss.
            weights: Sample weights times class weights, one per output or None.
            rows: Rows in the batch.

        Returns:
            The batch's loss, a single number on the device.
        """
        if self._replays is None:
            return self._plain(StepBatch(inputs, targets, weights, rows))
        return self._replays(StepBatch(inputs, targets, weights, rows))

    def let_go(self) -> None:
        """Gives memory back that only makes steps faster; later steps take it again."""
        if self._replays is not None:
            self._replays.let_go()

    def reasons(self) -> list[str]:
        """Why batch shapes are trained plainly, for tests and for the curious."""
        return [] if self._replays is None else self._replays.reasons()

    @property
    def mode(self) -> StepMode:
        """How most steps are done now, and why."""
        if self._replays is None:
            return StepMode("plain", "replays are switched off")
        return StepMode(*self._replays.mode())

    @property
    def replaying(self) -> bool:
        """Whether any batch shape is replayed."""
        return self._replays is not None and self._replays.is_replaying
