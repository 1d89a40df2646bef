"""Makes batches ahead of the training, in worker threads, and hands them out in order.

Who owns what: `Prefetcher` owns the threads and the order. A `Worker` makes one batch at a time; it
is a plain function, or the handle of another process (`batch_process.WorkerProcess`), which a
thread here waits for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: Makes the item that belongs to a ticket. StopIteration says that there is no such item.
Worker = Callable[[Any], Any]

_JOIN_TIMEOUT_S = 5.0


class WaitingTime:
    """How long somebody has waited for items so far.

    Attributes:
        seconds: All in all; only ever more.
    """

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = 0.0


class Prefetcher(Iterator[Any]):
    """Calls workers with tickets ahead of time, and gives the results in the tickets' order.

    Args:
        workers: Each is used by one thread at a time.
        tickets: One for each item, in order; may be endless.
        depth: How many items may be made, or in the making, and not be fetched yet.
        waiting: Where the time is added in which an item was wanted and not made yet.
    """

    def __init__(
        self,
        workers: Iterable[Worker],
        tickets: Iterable[Any],
        depth: int,
        waiting: WaitingTime | None = None,
    ) -> None:
        self._tickets = iter(tickets)
        self._waiting = waiting or WaitingTime()
        self._changed = threading.Condition()
        self._results: dict[int, tuple[Any, BaseException | None]] = {}
        self._issued = 0
        self._fetched = 0
        self._depth = max(depth, 1)
        self._last: int | None = None  # the number of the first item that does not exist
        self._closed = False
        self._threads = [
            threading.Thread(
                target=self._work, args=(worker,), name=f"fitstudio-batches-{number}", daemon=True
            )
            for number, worker in enumerate(workers)
        ]
        for thread in self._threads:
            thread.start()

    def __next__(self) -> Any:
        with self._changed:
            if self._fetched not in self._results:
                self._wait_for_next()
            item, problem = self._results.pop(self._fetched)
            self._fetched += 1
            self._changed.notify_all()
        if problem is None:
            return item
        self.close()
        if isinstance(problem, StopIteration):
            raise RuntimeError("A source raised StopIteration while making a batch.") from problem
        raise problem  # the user's own, with the traceback into their code

    def _wait_for_next(self) -> None:
        began = time.perf_counter()
        while self._fetched not in self._results:
            if self._closed or (self._last is not None and self._fetched >= self._last):
                raise StopIteration
            self._changed.wait()
        self._waiting.seconds += time.perf_counter() - began

    def close(self) -> list[Any]:
        """Ends the threads; a batch in the making is finished first.

        Returns:
            The items that were made and not fetched, in order.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                # A source that never returns must not hold up the end of a training.
                thread.join(_JOIN_TIMEOUT_S)
        with self._changed:
            numbers = sorted(self._results)
            left = [self._results.pop(number) for number in numbers]
        return [item for item, problem in left if problem is None]

    def _work(self, worker: Worker) -> None:
        while (number_and_ticket := self._next_ticket()) is not None:
            number, ticket = number_and_ticket
            item, problem, ended = None, None, False
            try:
                item = worker(ticket)
            except StopIteration as end:
                if end.value is _END:
                    ended = True
                else:
                    problem = end
            except BaseException as error:  # it is raised again where the item is fetched
                problem = error
            with self._changed:
                if ended:
                    self._last = number if self._last is None else min(self._last, number)
                else:
                    self._results[number] = (item, problem)
                self._changed.notify_all()
                if ended or problem is not None:
                    return

    def _next_ticket(self) -> tuple[int, Any] | None:
        with self._changed:
            while not self._closed and self._last is None:
                if self._issued - self._fetched < self._depth:
                    try:
                        ticket = next(self._tickets)
                    except StopIteration:
                        self._last = self._issued
                        self._changed.notify_all()
                        return None
                    self._issued += 1
                    return self._issued - 1, ticket
                self._changed.wait()
            return None


_END = object()


def puller(iterator: Iterator[Any]) -> Worker:
    """A worker that takes the next item of an iterator, whatever the ticket says."""

    def pull(_ticket: Any) -> Any:
        for item in iterator:
            return item
        raise StopIteration(_END)

    return pull
