"""How FitStudio's own child processes are started, and where its settings are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs


def worker_command(*words: str) -> list[str]:
    """The command that starts the training process with these words."""
    return _child("--worker", "fitstudio.worker", words)


def reader_command(*words: str) -> list[str]:
    """The command that starts a throw-away process that reads a user's file."""
    return _child("--reader", "fitstudio.data.reader_process", words)


def settings_folder() -> Path:
    """The folder for recent projects and window settings; `FITSTUDIO_HOME` overrides it."""
    override = os.environ.get("FITSTUDIO_HOME")
    return Path(override) if override else Path(platformdirs.user_config_dir("fitstudio", False))


def _child(switch: str, module: str, words: tuple[str, ...]) -> list[str]:
    if getattr(sys, "frozen", False):
        # A frozen build has no interpreter to give `-m` to: it starts itself.
        return [sys.executable, switch, *words]
    return [sys.executable, "-m", module, *words]
