"""Ways to have a run trained, one module each; `launcher_of` knows which one is a run's."""

from __future__ import annotations

from fitstudio.actions.launchers.launcher import Launcher, RunHandle
from fitstudio.actions.launchers.local_process import LocalProcess
from fitstudio.project.paths import RunPaths

__all__ = ["Launcher", "RunHandle", "launcher_of"]

_LOCAL = LocalProcess()


def launcher_of(run: RunPaths) -> Launcher:
    """What starts and ends the workers of a run: today a process of this computer, for all."""
    del run
    return _LOCAL
