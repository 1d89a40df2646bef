"""Batches from sources that make them: Sequences, datasets that can start again, generators."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fitstudio.engine.feeding.batches import Batches, nothing_to_read
from fitstudio.engine.feeding.binding import Batch
from fitstudio.engine.feeding.prefetch import Prefetcher, puller

#: Turns what a source yielded into a batch of tensors.
Convert = Callable[[Any], Batch]

# Batches that were read ahead from a generator and not trained on: the next fit with the same
# generator begins with them, so that none is lost.
_READ_AHEAD: weakref.WeakKeyDictionary[Any, list[Any]] = weakref.WeakKeyDictionary()


class SourceBatches(Batches):
    """What the three share: a first look, kept for the epoch that it belongs to."""

    def __init__(self, argument: str, convert: Convert) -> None:
        super().__init__()
        self._argument = argument
        self._convert = convert
        self._looked: tuple[tuple[int, int], Iterator[Any]] | None = None

    def _open(self, epoch: int, first_step: int) -> Iterator[Any]:
        """Begins to read an epoch."""
        raise NotImplementedError

    def look_ahead(self, epoch: int, first_step: int = 0) -> None:
        """Reads the first batch and keeps it for its epoch.

        Raises:
            ArgumentError: If there is none, or it does not fit the model.
        """
        items = self._open(epoch, first_step)
        for first in items:
            self._looked = ((epoch, first_step), _Joined(first, items))
            self._convert(first)
            return
        raise nothing_to_read(self._argument)

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, beginning with one that was looked at."""
        items = self._take_looked(epoch, first_step) or self._open(epoch, first_step)
        try:
            for item in items:
                yield self._convert(item)
        finally:
            _close(items)

    def close(self) -> None:
        """Lets go of what was read ahead."""
        if self._looked is not None:
            _close(self._looked[1])
            self._looked = None

    def _take_looked(self, epoch: int, first_step: int) -> Iterator[Any] | None:
        looked, self._looked = self._looked, None
        if looked is None:
            return None
        key, items = looked
        if key == (epoch, first_step):
            return items
        _close(items)  # training begins in another epoch than it seemed
        return None


class DatasetBatches(SourceBatches):
    """Batches of a DataLoader, or of any iterable that can start again.

    Without `steps`, or with exactly as many as it has, it is read from its beginning in each epoch.
    With other `steps` it is one pass, continued over the epochs.

    Args:
        dataset: The iterable.
        argument: What it was passed as.
        convert: Turns its batches into tensors.
        steps: Steps of an epoch.
        restarts: Start at the beginning in each epoch, whatever `steps` says (validation does).
    """

    def __init__(
        self,
        dataset: Iterable[Any],
        argument: str,
        convert: Convert,
        *,
        steps: int | None = None,
        restarts: bool = False,
    ) -> None:
        super().__init__(argument, convert)
        self._dataset = dataset
        length = _length_of(dataset)
        self._user_steps = steps
        self._steps = length if steps is None else steps
        self._stream: StreamBatches | None = None
        if not restarts and steps is not None and steps != length:
            self._stream = StreamBatches(
                iter(dataset), argument, convert, steps=steps, max_queue_size=1, workers=0
            )

    @property
    def steps(self) -> int | None:
        """Steps of an epoch; None if only the end of the data will tell."""
        return self._steps

    def found_steps(self, steps: int) -> None:
        """Learns from the end of the first epoch how many steps an epoch has."""
        self._steps = steps

    def _open(self, epoch: int, first_step: int) -> Iterator[Any]:
        return itertools.islice(iter(self._dataset), first_step, self._user_steps)

    def look_ahead(self, epoch: int, first_step: int = 0) -> None:
        """Reads the first batch and keeps it for its epoch.

        Raises:
            ArgumentError: If there is none, or it does not fit the model.
        """
        if self._stream is not None:
            self._stream.look_ahead(epoch, first_step)
        else:
            super().look_ahead(epoch, first_step)

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The batches of an epoch: of the next pass, or of the one pass that all epochs share."""
        if self._stream is not None:
            return self._stream.epoch(epoch, first_step)
        return super().epoch(epoch, first_step)

    def is_used_up(self, epoch: int) -> bool:
        """Whether the one pass over the data has ended; passes by epoch never do."""
        return self._stream is not None and self._stream.is_used_up(epoch)

    def close(self) -> None:
        """Lets go of what was read ahead."""
        super().close()
        if self._stream is not None:
            self._stream.close()


class StreamBatches(Batches):
    """Batches of a generator: one stream that is never restarted, and of which none is lost.

    Args:
        iterator: The generator or iterator.
        argument: What it was passed as.
        convert: Turns its batches into tensors.
        steps: Steps of an epoch; None: the first epoch lasts until the stream ends.
        total: Batches to read in all, where that is known.
        workers: 0 reads on the calling thread; else a thread reads ahead.
        max_queue_size: How many batches are read ahead.
    """

    def __init__(
        self,
        iterator: Iterator[Any],
        argument: str,
        convert: Convert,
        *,
        steps: int | None = None,
        total: int | None = None,
        workers: int = 1,
        max_queue_size: int = 10,
    ) -> None:
        super().__init__()
        self._argument = argument
        self._convert = convert
        self._steps = steps
        self._source = iterator
        self._first: list[Any] = []  # looked at, not given out yet
        before = itertools.chain(_left_over(iterator), iterator)
        if workers == 0:
            self._items: Iterator[Any] = before
        else:
            tickets = itertools.count() if total is None else range(total)
            self._items = Prefetcher([puller(before)], tickets, max_queue_size, self.waiting)

    @property
    def steps(self) -> int | None:
        """Steps of an epoch; None if only the end of the data will tell."""
        return self._steps

    def found_steps(self, steps: int) -> None:
        """Learns from the end of the first epoch how many steps an epoch has."""
        self._steps = steps

    def look_ahead(self, epoch: int, first_step: int = 0) -> None:
        """Reads the first batch and keeps it for its epoch.

        Raises:
            ArgumentError: If there is none, or it does not fit the model.
        """
        if self.is_used_up(epoch):
            raise nothing_to_read(self._argument)
        self._convert(self._first[0])

    def is_used_up(self, epoch: int) -> bool:
        """Whether the stream has ended; reads one batch ahead to find out."""
        if not self._first:
            for item in self._items:
                self._first.append(item)
                break
        return not self._first

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The next batches of the stream."""
        steps = self._steps
        remaining = itertools.count() if steps is None else range(first_step, steps)
        for _ in remaining:
            if self.is_used_up(epoch):
                return
            yield self._convert(self._first.pop())

    def close(self) -> None:
        """Ends the thread that reads ahead; the next fit begins with what it has read."""
        left = list(self._first)
        self._first = []
        if isinstance(self._items, Prefetcher):
            left += self._items.close()
        if left:
            try:
                _READ_AHEAD[self._source] = left
            except TypeError:  # an iterator that cannot be remembered weakly
                pass


class _Joined(Iterator[Any]):
    """An item put back in front of the iterator it came from."""

    def __init__(self, first: Any, rest: Iterator[Any]) -> None:
        self._first = [first]
        self.rest = rest

    def __next__(self) -> Any:
        return self._first.pop() if self._first else next(self.rest)


def _close(items: Iterator[Any]) -> None:
    while isinstance(items, _Joined):
        items = items.rest
    if isinstance(items, Prefetcher):
        items.close()


def _left_over(iterator: Iterator[Any]) -> list[Any]:
    try:
        return _READ_AHEAD.pop(iterator, [])
    except TypeError:
        return []


def _length_of(dataset: Any) -> int | None:
    try:
        return len(dataset)
    except TypeError:
        return None
