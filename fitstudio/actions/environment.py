"""Tells what this machine offers: versions, devices and folders."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from typing import Any

import fitstudio
from fitstudio import resources
from fitstudio.actions.launchers import processes
from fitstudio.errors import WorkerError
from fitstudio.words import say

_PACKAGES = (
    "torch",
    "numpy",
    "polars",
    "h5py",
    "PySide6-Essentials",
    "pyqtgraph",
    "safetensors",
)


def devices(*, timeout_s: float = 60.0) -> dict[str, Any]:
    """Asks the worker which devices torch sees, and which one a run would use, and why.

    Blocks for about two seconds, because a process has to load torch: call it off the GUI thread.

    Returns:
        `torch` (version), `devices` (list of `name`, `title`, `memory_bytes`, `free_bytes`),
        `chosen`, `reason`, `capability` (the CPU's instruction set), `threads` and `cuda`; where a
        GPU would be used, also `driver` and `cudnn`.

    Raises:
        WorkerError: If the process cannot start, fails, or does not answer in time.
    """
    command = processes.worker_command("devices")
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
        return json.loads(answer.stdout)
    except subprocess.TimeoutExpired as problem:
        raise WorkerError(
            say("Torch did not answer within {timeout_s} seconds.", timeout_s=f"{timeout_s:.0f}"),
            code="worker.no-answer",
            remedy=say("Is the machine very busy? Try `fitstudio doctor` again."),
        ) from problem
    except (OSError, ValueError) as problem:
        raise WorkerError(
            say("The training process could not tell which devices there are."),
            code="worker.no-start",
            remedy=say(
                "Torch may not be installed properly: run `python3 packaging/run.py` again."
            ),
            details=str(problem),
        ) from problem


def describe() -> dict[str, Any]:
    """Everything that a report of a problem should say about this installation.

    Returns:
        `fitstudio`, `python`, `system`, `processors`, `packages`, `folders` and `devices`; where
        the devices could not be asked for, `devices` holds `problem` instead.
    """
    try:
        found = devices()
    except WorkerError as problem:
        found = {"problem": problem.message}
    return {
        "fitstudio": fitstudio.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "folders": {
            "program": str(resources.path("examples").parent.parent),
            "resources": str(resources.path()),
            "python": sys.executable,
            "settings": str(processes.settings_folder()),
        },
        "devices": found,
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
