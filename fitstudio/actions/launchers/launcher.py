"""What starts and ends the workers of runs, wherever those are."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, Protocol

from fitstudio.project.paths import RunPaths


class RunHandle(Protocol):
    """A run that was just started."""

    @property
    def run(self) -> str:
        """The name of its folder."""
        ...

    @property
    def folder(self) -> Path:
        """Its folder."""
        ...

    @property
    def pid(self) -> int:
        """Its process."""
        ...

    def wait(self, timeout: float | None = None) -> int | None:
        """Waits for the worker to end; its exit code, or None after `timeout` seconds.

        0: completed or stopped; 1: failed; negative: ended by that signal.
        """
        ...


class Launcher(Protocol):
    """One way to have a run trained: a process of this computer, a batch system, several processes.

    Whatever it starts is `python -m fitstudio.worker run PROJECT RUN`, which holds the run's lock
    and tells the journal; requests and the journal need nothing of a launcher.
    """

    @property
    def start_timeout_s(self) -> float:
        """How long a worker may take from its start to its first word."""
        ...

    def start(
        self,
        project: Path,
        run: RunPaths,
        *,
        resume: bool = False,
        output: IO[Any] | None = None,
        verbose: int | None = None,
    ) -> RunHandle:
        """Starts a worker, which goes on whatever becomes of us.

        Args:
            project: The project's folder.
            run: The run that it is to train.
            resume: Whether to go on from the newest checkpoint.
            verbose: How progress is printed this time, where that is not as in its settings.
            output: Where what it prints goes; into `worker.log` by default, as its errors always
                do.

        Raises:
            WorkerError: If it cannot start, ends at once, or is silent for too long.
            ProjectError: If something in the run's folder would be written through a link.
        """
        ...

    def is_alive(self, run: RunPaths) -> bool:
        """Whether a worker trains the run now."""
        ...

    def end(self, run: RunPaths) -> bool:
        """Ends the worker of a run at once; whether there was one.

        Raises:
            RunError: If it cannot be ended from here.
        """
        ...

    def describe(self, run: RunPaths) -> str | None:
        """Who trains the run, for a sentence; None if nobody does."""
        ...

    def ending_sentence(self, pid: int | None) -> str | None:
        """How a worker ended that is gone without a word; None where nobody can tell."""
        ...
