"""Starts training processes so that they outlive us, and tells whether and how they ended."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from fitstudio.actions import processes
from fitstudio.errors import WorkerError
from fitstudio.project.links import refuse_links_of_run
from fitstudio.project.lock import run_holder
from fitstudio.project.paths import RunPaths
from fitstudio.storage import ops
from fitstudio.terminal import say

START_TIMEOUT_S = 20.0
_LOOK_INTERVAL_S = 0.02
_TAIL_BYTES = 20_000


@dataclass(frozen=True)
class RunHandle:
    """A run that was just started.

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

    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

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


def launch(command: Sequence[str], run: RunPaths, *, output: IO[Any] | None = None) -> RunHandle:
    """Starts a worker in a session of its own and waits until it shows that it lives.

    Args:
        command: What to start.
        run: The run that it is to train.
        output: Where what it prints goes; into `worker.log` by default, as its errors always do.

    Raises:
        WorkerError: If it cannot start, ends at once, or is silent for 20 seconds.
        ProjectError: If something in the run's folder would be written through a link.
    """
    refuse_links_of_run(run)
    journal_size = _size(run.journal)
    log_size = _size(run.worker_log)
    log = ops.open_log(run.worker_log)
    try:
        stdout, must_pump = _stdout_for(output)
        process = processes.start_detached(command, log=log, stdout=stdout)
    except OSError as problem:
        raise WorkerError(
            "The training process could not be started.",
            code="worker.no-start",
            remedy="Install FitStudio again: python3 packaging/run.py.",
            details=f"{command[0]}: {problem}",
            safe="Your data and settings are untouched.",
        ) from problem
    finally:
        ops.current().close(log)
    pump = _pump_to(output, process) if must_pump and output is not None else None
    handle = RunHandle(run.name, run.folder, process.pid, process, pump)
    _confirm(handle, run, journal_size, log_size)
    return handle


def end(pid: int, started: float | None, *, timeout_s: float = 5.0) -> bool:
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


def log_tail(path: Path, *, after: int = 0) -> str:
    """The end of a log, from byte `after` on at most."""
    try:
        with path.open("rb") as file:
            file.seek(max(after, _size(path) - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def signal_sentence(code: int | None) -> str | None:
    """What an exit code says about a process that ended without a word; None if nothing."""
    if code is None or code >= 0:
        return None
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    if name == "SIGKILL":
        return "Its process was killed: by the system, if the memory was full, or by somebody."
    if name in ("SIGSEGV", "SIGILL", "SIGBUS", "SIGFPE", "SIGABRT"):
        return f"A library crashed ({name}); faulthandler.log says where."
    return f"Its process was ended by {name}."


def _confirm(handle: RunHandle, run: RunPaths, journal_size: int, log_size: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if _size(run.journal) > journal_size:
            return
        code = handle.wait(_LOOK_INTERVAL_S)
        if code is not None:
            if _size(run.journal) > journal_size:
                return  # quick, but not without a word
            raise WorkerError(
                f"The training process ended at once (exit code {code}).",
                code="worker.no-start",
                remedy="`fitstudio doctor` tells whether all parts are there.",
                details=log_tail(run.worker_log, after=log_size),
                safe="Your data and settings are untouched.",
            )
    holder = run_holder(run.folder)
    if holder is not None and holder.pid == handle.pid:
        return
    end(handle.pid, None)
    raise WorkerError(
        f"The training process did not answer within {START_TIMEOUT_S:.0f} seconds.",
        code="worker.no-answer",
        remedy="Is the machine very busy, or a virus scanner looking at every file? Try again.",
        details=log_tail(run.worker_log, after=log_size),
        safe="Your data and settings are untouched.",
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
