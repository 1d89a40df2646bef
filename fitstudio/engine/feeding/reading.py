"""How data are to be read: batch size, steps, order, workers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from fitstudio.declared.parameters.fit import DEFAULT_BATCH_SIZE
from fitstudio.engine.arguments import Shuffle
from fitstudio.engine.feeding.class_weights import ClassWeights


@dataclass(frozen=True, slots=True)
class Reading:
    """How data are to be read.

    Attributes:
        batch_size: Rows of a batch of arrays; None: 32, or rows divided by `steps`.
        steps: Steps of an epoch or run; None for all there is.
        first_epoch: The first epoch's number.
        epochs: The number after the last epoch's.
        shuffle: Permute rows, permute chunks, or keep the order.
        seed: What random orders follow from; None draws one.
        is_training: False starts each run at the beginning.
        workers: Threads or processes for generators and Sequences.
        max_queue_size: How many batches they read ahead.
        use_multiprocessing: Processes in place of threads.
        class_weights: Checked class_weight, for training.
    """

    batch_size: int | None = None
    steps: int | None = None
    first_epoch: int = 0
    epochs: int = 1
    shuffle: Shuffle = None
    seed: int | None = None
    is_training: bool = False
    workers: int = 1
    max_queue_size: int = 10
    use_multiprocessing: bool = False
    class_weights: ClassWeights | None = None

    def for_validation(self, *, batch_size: int | None, steps: int | None) -> Reading:
        """The same for validation data: in order, from the beginning in each run."""
        return replace(
            self,
            batch_size=batch_size,
            steps=steps,
            shuffle=None,
            is_training=False,
            class_weights=None,
        )

    def size_for(self, rows: int) -> int:
        """Rows of a batch of `rows` rows in all."""
        if self.batch_size is not None:
            return self.batch_size
        return math.ceil(rows / self.steps) if self.steps else DEFAULT_BATCH_SIZE
