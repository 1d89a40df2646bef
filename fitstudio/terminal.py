"""Prints words for a person; an output that takes nothing ends nothing.

Whoever reads may have enough (``| head``), the disk behind ``> log`` may be full, the terminal may
be closed. What was to be printed is dropped then, and the work goes on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO, Any


def say(text: str, stream: IO[str] | None = None) -> None:
    """Prints text as it is, without a line's end, at once.

    Args:
        text: The text.
        stream: Where to; standard output by default, which a windowed program does not have.
    """
    if stream is None:
        stream = sys.stdout
    if stream is not None:
        forgiving = _Forgiving(stream)
        forgiving.write(text)
        forgiving.flush()


def is_watched() -> bool:
    """Whether standard output is a terminal, on which a line can be drawn over."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


@contextlib.contextmanager
def forgiving_output() -> Iterator[list[Exception]]:
    """Makes printing to standard output and standard error never raise, for a whole command.

    Yields:
        A list that holds at the end why something could not be printed to standard output, if so.
    """
    before = sys.stdout, sys.stderr
    problems: list[Exception] = []
    output, errors = (None if each is None else _Forgiving(each) for each in before)
    sys.stdout, sys.stderr = output, errors  # type: ignore[assignment]
    try:
        yield problems
    finally:
        sys.stdout, sys.stderr = before
        for each in (output, errors):
            if each is not None:
                each.flush()
                if each.problem is not None:
                    _let_go(each)
        if output is not None and output.problem is not None:
            problems.append(output.problem)


class _Forgiving:
    """A stream that drops what cannot be written, and remembers why."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.problem: Exception | None = None

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except UnicodeEncodeError as problem:  # a terminal that knows few characters
            known = text.encode(problem.encoding, "replace").decode(problem.encoding)
            return self.write(known)
        except (OSError, ValueError) as problem:
            self.problem = problem
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError) as problem:
            self.problem = problem

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _let_go(stream: _Forgiving) -> None:
    """Has the system take what Python still holds back for a stream, and would complain about."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
    except (OSError, ValueError):
        pass  # no stream of the system's: nobody complains
