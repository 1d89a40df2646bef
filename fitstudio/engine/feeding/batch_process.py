"""A process that makes the batches of a Sequence, for sources that hold Python's global lock."""

from __future__ import annotations

import copy
import multiprocessing
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from fitstudio.errors import ArgumentError, WorkerError
from fitstudio.words import say

_STOP_TIMEOUT_S = 2.0


class CannotBeSentError(Exception):
    """The class of a Sequence is not importable, so no other process can make one."""


class WorkerTracebackError(Exception):
    """The traceback of an error in another process, shown as the error's cause."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"\n\n{self.text}"


def packed(sequence: Any) -> bytes:
    """The Sequence as bytes that another process understands.

    Raises:
        ArgumentError: If one of its attributes cannot be sent; names it.
        CannotBeSentError: If its class cannot be imported elsewhere.
    """
    try:
        return bytes(ForkingPickler.dumps(sequence))
    except Exception as problem:
        for name, value in getattr(sequence, "__dict__", {}).items():
            try:
                ForkingPickler.dumps(value)
            except Exception as why:
                kind = type(sequence).__name__
                raise ArgumentError(
                    say(
                        "use_multiprocessing=True sends the Sequence {kind} to other "
                        "processes, but its attribute {name} ({kind_2}) cannot be sent: {why}.",
                        kind=kind,
                        name=repr(name),
                        kind_2=type(value).__name__,
                        why=why,
                    ),
                    code="fit.cannot-be-sent",
                    remedy=say(
                        "Make {name} in __getitem__ instead of __init__, leave it out in "
                        "__getstate__, or use threads (use_multiprocessing=False).",
                        name=repr(name),
                    ),
                ) from why
        raise CannotBeSentError(str(problem)) from problem


class WorkerProcess:
    """Runs ``sequence[index]`` elsewhere. Calls block; each process serves one thread."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(other,), name="fitstudio-batches", daemon=True
        )
        self._process.start()
        other.close()

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    def load(self, sequence: bytes) -> None:
        """Gives the process its Sequence.

        Raises:
            ArgumentError: If it cannot make it, because its class is not importable there.
            WorkerError: If the process is gone.
        """
        try:
            self._connection.send("load")
            self._connection.send_bytes(sequence)
            self._answer()
        except (AttributeError, ImportError) as problem:
            raise ArgumentError(
                say(
                    "use_multiprocessing=True: another process cannot make the Sequence: "
                    "{problem}.",
                    problem=problem,
                ),
                code="fit.cannot-be-sent",
                remedy=say(
                    "Define its class in a module that can be imported (not in a notebook), "
                    "or use threads (use_multiprocessing=False)."
                ),
            ) from problem
        except OSError as problem:
            raise _ended(problem) from problem

    def __call__(self, index: int) -> Any:
        """Batch number `index`, made in the process; what the Sequence raises is raised here.

        Raises:
            WorkerError: If the process is gone.
        """
        try:
            self._connection.send(index)
        except OSError as problem:
            raise _ended(problem) from problem
        return self._answer()

    def close(self) -> None:
        """Ends the process; after two seconds by force."""
        try:
            self._connection.send(None)
        except (OSError, ValueError):
            pass
        self._process.join(_STOP_TIMEOUT_S)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(_STOP_TIMEOUT_S)
        self._connection.close()
        if not self._process.is_alive():
            self._process.close()

    def _answer(self) -> Any:
        try:
            kind, result, text = self._connection.recv()
        except (EOFError, OSError) as problem:
            raise _ended(problem) from problem
        if kind == "result":
            return result
        raise result from WorkerTracebackError(text)


def _ended(problem: BaseException) -> WorkerError:
    return WorkerError(
        say(
            "A process that makes batches ended without a word ({kind}).",
            kind=type(problem).__name__,
        ),
        code="fit.worker-process",
        remedy=say(
            'Put what your program does under `if __name__ == "__main__":`, so that the '
            "process can import it; or use threads (use_multiprocessing=False)."
        ),
    )


def _serve(connection: Connection) -> None:
    """What the process does: answers until told to end, or until the asker is gone."""
    sequence: Any = None
    while True:
        try:
            message = connection.recv()
            if message is None:
                return
            try:
                if message == "load":
                    sequence = connection.recv()  # made from the bytes that `packed` gave
                    answer = ("result", None, "")
                else:
                    answer = ("result", sequence[message], "")
            except (EOFError, KeyboardInterrupt):
                return
            except BaseException as error:
                answer = ("error", _sendable(error), traceback.format_exc())
            try:
                connection.send(answer)
            except (TypeError, AttributeError, ValueError) as error:  # this batch cannot be sent
                connection.send(("error", _sendable(error), traceback.format_exc()))
        except (EOFError, OSError, KeyboardInterrupt):
            return


def _sendable(error: BaseException) -> BaseException:
    """The error, or one in its place if it cannot be sent or be made again at the other end."""
    try:
        ForkingPickler.dumps(error)
        copy.copy(error)
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
