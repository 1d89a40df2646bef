"""Batches of a Sequence: made ahead by threads or processes, in order or shuffled."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from fitstudio.engine.feeding import shuffling
from fitstudio.engine.feeding.batch_process import CannotBeSentError, WorkerProcess, packed
from fitstudio.engine.feeding.batches_source import Convert, SourceBatches
from fitstudio.engine.feeding.prefetch import Prefetcher
from fitstudio.engine.sequence import Sequence
from fitstudio.words import say


class SequenceBatches(SourceBatches):
    """Batches of a Sequence, by number, made by several workers.

    Args:
        sequence: The Sequence.
        argument: What it was passed as.
        convert: Turns its batches into tensors.
        shuffle: Whether its batches come in a new order in each epoch.
        steps: Steps of an epoch; None for all batches.
        seed: What the orders follow from.
        workers: Threads or processes; 0 makes batches on the calling thread.
        max_queue_size: How many batches are made ahead.
        use_multiprocessing: Processes in place of threads.
    """

    def __init__(
        self,
        sequence: Sequence,
        argument: str,
        convert: Convert,
        *,
        shuffle: bool = False,
        steps: int | None = None,
        seed: int = 0,
        workers: int = 1,
        max_queue_size: int = 10,
        use_multiprocessing: bool = False,
    ) -> None:
        super().__init__(argument, convert)
        self._sequence = sequence
        self._shuffle = shuffle
        self._user_steps = steps
        self._seed = seed
        self._workers = workers
        self._depth = max_queue_size
        self._processes = (
            _Processes(sequence, workers) if use_multiprocessing and workers > 0 else None
        )

    @property
    def steps(self) -> int:
        """Steps of an epoch, as many as the Sequence has batches now unless the user said so."""
        return len(self._sequence) if self._user_steps is None else self._user_steps

    def _open(self, epoch: int, first_step: int) -> Iterator[Any]:
        count = len(self._sequence)
        if self._shuffle:
            order = shuffling.rows(count, shuffling.generator_of(self._seed, epoch)).tolist()
        else:
            order = list(range(count))
        tickets = order[first_step : self._user_steps]
        if self._workers == 0:
            return map(self._sequence.__getitem__, tickets)
        workers = self._processes.ready() if self._processes is not None else None
        if workers is None:
            workers = [self._sequence.__getitem__] * self._workers
        return Prefetcher(workers, tickets, self._depth, self.waiting)

    def end_epoch(self) -> None:
        """Calls the Sequence's own on_epoch_end."""
        notify = getattr(self._sequence, "on_epoch_end", None)
        if callable(notify):
            notify()

    def close(self) -> None:
        """Ends threads and processes that make batches."""
        super().close()
        if self._processes is not None:
            self._processes.close()

    def get_state(self) -> dict[str, Any]:
        """What the orders follow from, and the Sequence's own state if it has one."""
        state: dict[str, Any] = {"seed": self._seed}
        if hasattr(self._sequence, "get_state"):
            state["sequence"] = self._sequence.get_state()  # pyright: ignore[reportAttributeAccessIssue]
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on in the orders of that state, with the Sequence as it was."""
        self._seed = int(state.get("seed", self._seed))
        if "sequence" in state and hasattr(self._sequence, "set_state"):
            self._sequence.set_state(state["sequence"])  # pyright: ignore[reportAttributeAccessIssue]
        super().close()  # what was read ahead may belong to another order


class _Processes:
    """The processes that make a Sequence's batches, kept from epoch to epoch."""

    def __init__(self, sequence: Sequence, count: int) -> None:
        self._sequence = sequence
        self._count = count
        self._processes: list[WorkerProcess] = []
        self._sent = b""

    def ready(self) -> list[WorkerProcess] | None:
        """The processes, each with the Sequence as it is now; None if it cannot be sent."""
        try:
            now = packed(self._sequence)
        except CannotBeSentError as problem:
            warnings.warn(
                say(
                    "use_multiprocessing=True needs a Sequence whose class other processes "
                    "can import: {problem}. Its batches are made by {count} thread(s) "
                    "instead. Define the class at the top of a module.",
                    problem=problem,
                    count=self._count,
                ),
                RuntimeWarning,
                stacklevel=2,
            )
            return None
        if not self._processes:
            self._processes = [WorkerProcess() for _ in range(self._count)]
            self._sent = b""
        if now != self._sent:  # on_epoch_end may have changed it
            for process in self._processes:
                process.load(now)
            self._sent = now
        return self._processes

    def close(self) -> None:
        """Ends the processes."""
        for process in self._processes:
            process.close()
        self._processes = []
