"""Training processes of this computer: they outlive us, and tell whether and how they ended."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from fitstudio.actions.launchers import processes
from fitstudio.actions.logs import log_tail
from fitstudio.errors import RunError, WorkerError
from fitstudio.journal import fold, read_all
from fitstudio.project.links import refuse_links_of_run
from fitstudio.project.lock import run_holder
from fitstudio.project.paths import RunPaths
from fitstudio.storage import ops
from fitstudio.terminal import say
from fitstudio.words import saying

START_TIMEOUT_S = 20.0
_LOOK_INTERVAL_S = 0.02


@dataclass(frozen=True)
class LocalRun:
    """A run that was just started in a process of this computer.

    Args:
        run: The name of its folder.
        folder: Its folder.
        pid: Its process.
    """

    run: str
    folder: Path
    pid: int
    _process: subprocess.Popen[bytes] = field(repr=False, compare=False)
    _pump: threading.Thread | None = field(default=None, repr=False, compare=False)

    def wait(self, timeout: float | None = None) -> int | None:
        """Waits for the process to end; its exit code, or None after `timeout` seconds.

        0: completed or stopped; 1: failed; negative: ended by that signal.
        """
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        if self._pump is not None:
            self._pump.join()
        return code


class LocalProcess:
    """Trains each run in a process of its own on this computer; see `Launcher`."""

    @property
    def start_timeout_s(self) -> float:
        """How long a worker may take from its start to its first word."""
        return START_TIMEOUT_S

    def start(
        self,
        project: Path,
        run: RunPaths,
        *,
        resume: bool = False,
        output: IO[Any] | None = None,
        verbose: int | None = None,
    ) -> LocalRun:
        """Starts a worker in a session of its own and waits until it shows that it lives.

        Args:
            project: The project's folder.
            run: The run that it is to train.
            resume: Whether to go on from the newest checkpoint.
            verbose: How progress is printed this time, where that is not as in its settings.
            output: Where what it prints goes; into `worker.log` by default, as its errors always
                do.

        Raises:
            WorkerError: If it cannot start, ends at once, or is silent for 20 seconds.
            ProjectError: If something in the run's folder would be written through a link.
        """
        refuse_links_of_run(run)
        words = ["run", str(project), run.name, *(["--resume"] if resume else [])]
        if verbose is not None:
            words.append(f"--verbose={verbose}")
        command = processes.worker_command(*words)
        journal_size = _size(run.journal)
        log_size = _size(run.worker_log)
        log = ops.open_log(run.worker_log)
        try:
            stdout, must_pump = _stdout_for(output)
            process = processes.start_detached(command, log=log, stdout=stdout)
        except OSError as problem:
            raise WorkerError(
                saying.say("The training process could not be started."),
                code="worker.no-start",
                remedy=saying.say("Install FitStudio again: python3 packaging/run.py."),
                details=f"{command[0]}: {problem}",
                safe=saying.say("Your data and settings are untouched."),
            ) from problem
        finally:
            ops.current().close(log)
        pump = _pump_to(output, process) if must_pump and output is not None else None
        handle = LocalRun(run.name, run.folder, process.pid, process, pump)
        _confirm(handle, run, journal_size, log_size)
        return handle

    def is_alive(self, run: RunPaths) -> bool:
        """Whether a process trains the run now: the run's lock tells."""
        return run_holder(run.folder) is not None

    def end(self, run: RunPaths) -> bool:
        """Ends the process of a run and its children at once; whether there was one.

        Raises:
            RunError: If it is on another computer, or nobody knows which one it is.
        """
        holder = run_holder(run.folder)
        if holder is None:
            return False
        if not holder.here:
            raise RunError(
                saying.say(
                    "Run {run} is trained by {holder}.", run=repr(run.name), holder=holder.say()
                ),
                code="run.elsewhere",
                remedy=saying.say("End it there."),
            )
        if holder.pid is None:
            raise RunError(
                saying.say(
                    "Run {run} is trained by {holder}.", run=repr(run.name), holder=holder.say()
                ),
                code="run.unknown-process",
                remedy=saying.say(
                    "Its lock file does not say by which process: end that as the system offers it."
                ),
            )
        state = fold(read_all(run.journal))
        started = state.process_started if state.pid == holder.pid else None
        return _end_family(holder.pid, started)

    def describe(self, run: RunPaths) -> str | None:
        """The process that trains the run, for a sentence; None if there is none."""
        holder = run_holder(run.folder)
        return None if holder is None else holder.say()

    def ending_sentence(self, pid: int | None) -> str | None:
        """How a process of ours ended that is gone without a word; None where we cannot tell."""
        return _signal_sentence(processes.exit_code(pid))


def _end_family(pid: int, started: float | None, *, timeout_s: float = 5.0) -> bool:
    """Ends a process and its children at once; whether it was there.

    Args:
        pid: The process.
        started: When it was created; a process with another date is somebody else's, who got the
            number afterwards, and is left alone.
        timeout_s: How long to wait until they are gone.
    """
    try:
        process = psutil.Process(pid)
        if started is not None and abs(process.create_time() - started) > 2.0:
            return False
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return False
    for each in family:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            pass
    deadline = time.monotonic() + timeout_s
    while any(_lives(each) for each in family) and time.monotonic() < deadline:
        # Not psutil's own waiting: it would take the exit code away from whoever waits for it.
        processes.reap()
        time.sleep(_LOOK_INTERVAL_S)
    return True


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal_sentence(code: int | None) -> str | None:
    """What an exit code says about a process that ended without a word; None if nothing."""
    if code is None or code >= 0:
        return None
    name = (
        signal.Signals(-code).name
        if -code in set(signal.Signals)
        else saying.say("signal {code}", code=-code)
    )
    if name == "SIGKILL":
        return saying.say(
            "Its process was killed: by the system, if the memory was full, or by somebody."
        )
    if name in ("SIGSEGV", "SIGILL", "SIGBUS", "SIGFPE", "SIGABRT"):
        return saying.say("A library crashed ({name}); faulthandler.log says where.", name=name)
    return saying.say("Its process was ended by {name}.", name=name)


def _confirm(handle: LocalRun, run: RunPaths, journal_size: int, log_size: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if _size(run.journal) > journal_size:
            return
        code = handle.wait(_LOOK_INTERVAL_S)
        if code is not None:
            if _size(run.journal) > journal_size:
                return  # quick, but not without a word
            raise WorkerError(
                saying.say("The training process ended at once (exit code {code}).", code=code),
                code="worker.no-start",
                remedy=saying.say("`fitstudio doctor` tells whether all parts are there."),
                details=log_tail(run.worker_log, after=log_size),
                safe=saying.say("Your data and settings are untouched."),
            )
    holder = run_holder(run.folder)
    if holder is not None and holder.pid == handle.pid:
        return
    _end_family(handle.pid, None)
    raise WorkerError(
        saying.say(
            "The training process did not answer within {start_timeout_s} seconds.",
            start_timeout_s=f"{START_TIMEOUT_S:.0f}",
        ),
        code="worker.no-answer",
        remedy=saying.say(
            "Is the machine very busy, or a virus scanner looking at every file? Try again."
        ),
        details=log_tail(run.worker_log, after=log_size),
        safe=saying.say("Your data and settings are untouched."),
    )


def _stdout_for(output: IO[Any] | None) -> tuple[Any, bool]:
    """What the child gets as its stdout (None: its log), and whether we have to pass it on."""
    if output is None:
        return None, False
    try:
        output.flush()
        return output.fileno(), False
    except (OSError, ValueError):  # a stream in memory, as tests and notebooks have
        return subprocess.PIPE, True


def _pump_to(output: IO[Any], process: subprocess.Popen[bytes]) -> threading.Thread:
    def pump() -> None:
        assert process.stdout is not None
        with process.stdout as pipe:
            while piece := os.read(pipe.fileno(), 1 << 16):
                say(piece.decode("utf-8", "replace"), output)

    thread = threading.Thread(target=pump, name="fitstudio-output", daemon=True)
    thread.start()
    return thread


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
