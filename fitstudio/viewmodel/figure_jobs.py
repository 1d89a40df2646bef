"""What a figure is drawn of, for the process that draws one without a window."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.actions import runs
from fitstudio.actions.run.results_file import Results
from fitstudio.errors import RunError
from fitstudio.project import Project
from fitstudio.viewmodel.monitor.page import MonitorModel, ShownRun
from fitstudio.viewmodel.results.scores import Confusion, Parity, confusion_of, parity_of
from fitstudio.words import say

_LONGEST_WAIT_S = 600.0


def opened_monitor(job: Mapping[str, Any]) -> MonitorModel:
    """The Monitor's model of the run, with all that it has come to.

    Args:
        job: `project` and `run`.

    Raises:
        RunError: If there is no such run, or it cannot be read.
    """
    project = Project.open(Path(job["project"]), read_only=True)
    paths = runs.find(project, job["run"])
    model = MonitorModel()
    model.open(ShownRun(run=paths.name, folder=paths.folder, number=paths.number))
    end = time.monotonic() + _LONGEST_WAIT_S
    while not model.tick() and model.state is None:
        if time.monotonic() > end:
            raise RunError(
                say("The run {run} cannot be read.", run=repr(paths.name)), code="run.unreadable"
            )
        time.sleep(0.01)
    return model


def measured(job: Mapping[str, Any]) -> Confusion | Parity:
    """What was measured on a part of the rows: counts for classes, points for numbers.

    Args:
        job: `results`, as `Results` writes them, and `part`.

    Raises:
        RunError: If nothing was measured on that part.
    """
    results, part = Results.from_json(job["results"]), job["part"]
    found = confusion_of(results, part) or parity_of(results, part, 0)
    if found is None:
        raise RunError(say("Nothing was measured on {part} rows.", part=part), code="run.no-part")
    return found
