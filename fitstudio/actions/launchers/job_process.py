"""Has a process of its own do a short job: JSON in, lines of JSON out, and its errors as ours.

◄── see `fitstudio.worker.jobs.job` for what goes to and fro.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from fitstudio import errors
from fitstudio.actions.launchers.processes import ended_with_us, start_attended
from fitstudio.errors import FitStudioError, RunError, WorkerError
from fitstudio.words import heard, say

Progress = Callable[[float, str], None]


def ask(
    command: Sequence[str],
    job: Mapping[str, Any],
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Has a process do a job, and passes its progress on.

    Args:
        command: Starts the process; it reads the job from its standard input.
        job: What is to be done.
        progress: Called with a fraction and a sentence.
        cancel: Set it to give up.

    Raises:
        WorkerError: If the process fails, or was cancelled.
        FitStudioError: What the process itself met.
    """
    cancel = cancel or threading.Event()
    complaints = _place_for_complaints()
    with complaints if not isinstance(complaints, int) else contextlib.nullcontext():
        process = _start(command, complaints)
        assert process.stdin is not None and process.stdout is not None
        watcher = threading.Thread(target=_end_if, args=(cancel, process), daemon=True)
        watcher.start()
        answer: dict[str, Any] = {}
        with process, ended_with_us(process):
            try:
                process.stdin.write(json.dumps(job))
                process.stdin.close()
                for line in process.stdout:
                    answer = heard(json.loads(line))
                    if progress is not None and "progress" in answer:
                        progress(answer["progress"], answer["sentence"])
            except (OSError, ValueError):
                answer = {}  # it died before it could listen, or in the middle of a line
        details = ""
        if not isinstance(complaints, int):
            complaints.seek(0)
            details = complaints.read().decode("utf-8", "replace")[-20_000:]
    if cancel.is_set():
        raise WorkerError(
            say("It was cancelled."), code="worker.cancelled", safe=say("Nothing was written.")
        )
    if not ("reply" in answer or "error" in answer):
        raise WorkerError(
            say(
                "The process ended without an answer (exit code {returncode}).",
                returncode=process.returncode,
            ),
            code="worker.no-answer",
            remedy=say("It may have run out of memory: close other programs and try again."),
            details=details,
        )
    if "error" in answer:
        raise _as_error(answer["error"], details)
    return answer["reply"]


def _start(command: Sequence[str], complaints: IO[bytes] | int) -> subprocess.Popen[str]:
    try:
        return start_attended(
            command,
            cwd=Path(sys.executable).parent,  # ours may have been removed
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
        )
    except OSError as problem:
        raise WorkerError(
            say("The process that uses the model could not be started."),
            code="worker.no-start",
            remedy=say("Install FitStudio again: python3 packaging/run.py."),
            details=str(problem),
        ) from problem


def _place_for_complaints() -> IO[bytes] | int:
    """Where a process says what goes wrong; nowhere on a machine without a temporary folder."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return subprocess.DEVNULL


def _end_if(cancel: threading.Event, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if cancel.wait(0.1):
            process.kill()
            return


def _as_error(fields: Mapping[str, Any], details: str) -> FitStudioError:
    """The error that the process met, as an error of this one."""
    kind: Any = getattr(errors, str(fields.get("type")), None)
    known = isinstance(kind, type) and issubclass(kind, FitStudioError)
    message = fields.get("message")
    return (kind if known else RunError)(
        message if isinstance(message, str) else str(message),
        code=fields.get("code"),
        remedy=fields.get("remedy"),
        safe=fields.get("safe"),
        details=fields.get("details") or details,
    )
