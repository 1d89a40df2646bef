"""How FitStudio's own child processes are started, and where its settings are kept."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import platformdirs

# Whoever drops the handle of a child leaves it behind; somebody has to ask after it when it ends,
# or it stays a zombie, which looks alive.
_children: dict[int, subprocess.Popen[bytes]] = {}
_children_lock = threading.Lock()
_ended: dict[int, int] = {}


def worker_command(*words: str) -> list[str]:
    """The command that starts the training process with these words."""
    return _child("--worker", "fitstudio.worker", words)


def reader_command(*words: str) -> list[str]:
    """The command that starts a throw-away process that reads a user's file."""
    return _child("--reader", "fitstudio.data.reader_process", words)


def queue_command(*words: str) -> list[str]:
    """The command that starts the process that works on a project's queue."""
    return _child("--queue", "fitstudio.actions.queue_process", words)


def figure_command(*words: str) -> list[str]:
    """The command that starts a throw-away process that draws a figure into a file."""
    return _child("--figure", "fitstudio.gui.figure_process", words)


def start_detached(
    command: Sequence[str], *, log: int, stdout: Any = None
) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own, which goes on whatever becomes of us.

    Args:
        command: What to start.
        log: The descriptor that takes its errors, and what it prints.
        stdout: What takes what it prints instead.

    Raises:
        OSError: If it cannot be started.
    """
    with _interrupts_held_back():
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log if stdout is None else stdout,
            stderr=log,
            cwd=Path(sys.executable).parent,
            # Without this a file `random.py` in the folder where somebody happens to stand would be
            # run by the children of the process.
            env=os.environ | {"PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"},
            creationflags=_creation_flags(),
            start_new_session=sys.platform != "win32",
        )
        with _children_lock:
            _children[process.pid] = process
    return process


def start_attended(command: Sequence[str], **how: Any) -> subprocess.Popen[Any]:
    """Starts a process for somebody who waits for it; who is interrupted meanwhile leaves none.

    Args:
        command: What to start.
        **how: As `subprocess.Popen` takes it.

    Raises:
        OSError: If it cannot be started.
    """
    process = None
    try:
        with _interrupts_held_back():
            process = subprocess.Popen(command, **how)
    except KeyboardInterrupt:
        if process is not None:
            process.kill()
        raise
    return process


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keeps Ctrl+C until a child that is being started is known, so that somebody can end it.

    Python waits inside `Popen` until the child has begun: an interrupt there leaves it to nobody.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    # A function, for what is ignored here would be ignored by the child as well.
    signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if held:
            raise KeyboardInterrupt


@contextlib.contextmanager
def ended_with_us(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Whoever is interrupted (Ctrl+C) leaves no process behind that writes after all."""
    try:
        yield
    except BaseException:
        process.kill()
        raise


def reap() -> None:
    """Lets go of children that have ended."""
    with _children_lock:
        for pid in [pid for pid, process in _children.items() if process.poll() is not None]:
            _ended[pid] = _children.pop(pid).returncode


def give_up_children() -> None:
    """Asks what this very process has started to end: nobody waits for it any more."""
    reap()
    with _children_lock:
        for process in _children.values():
            process.terminate()


def exit_code(pid: int | None) -> int | None:
    """How a child of this very process ended; None if it lives, or was somebody else's."""
    reap()
    return _ended.get(pid) if pid is not None else None


def settings_folder() -> Path:
    """The folder for recent projects and window settings; `FITSTUDIO_HOME` overrides it."""
    override = os.environ.get("FITSTUDIO_HOME")
    return Path(override) if override else Path(platformdirs.user_config_dir("fitstudio", False))


def _creation_flags() -> int:
    if sys.platform == "win32":
        return (
            subprocess.CREATE_NEW_PROCESS_GROUP
            | subprocess.CREATE_NO_WINDOW
            | subprocess.CREATE_BREAKAWAY_FROM_JOB
        )
    return 0


def _child(switch: str, module: str, words: tuple[str, ...]) -> list[str]:
    if getattr(sys, "frozen", False):
        # A frozen build has no interpreter to give `-m` to: it starts itself.
        return [sys.executable, switch, *words]
    # -P: a file in the folder where somebody happens to stand must not pass for a library of ours.
    return [sys.executable, "-P", "-m", module, *words]
