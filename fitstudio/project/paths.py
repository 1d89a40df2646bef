"""Where things are inside a project folder; nothing here touches the disk.

my-project/
  project.json  project.previous.json  project.lock  queue.json
  data/                     data files that belong to the project
  trash/                    runs that were discarded; never emptied by the program
  runs/0007-lr-halved/
    run.json                what was asked for, frozen
    about.json              title, note, star, parent: what a person may still change
    resolved.json           what was used, with origins
    journal.jsonl  batches.f32  history.json  history.csv  history.h5
    checkpoints/last/  previous/  best/  epoch-0005/  snapshot-0001/
    model.json  results.json  baselines.json  decision.json
    request.json  run.lock  worker.log  faulthandler.log
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_RUN_FOLDER = re.compile(r"^(\d{4,})(?:-|$)")


@dataclass(frozen=True)
class RunPaths:
    """The files of one run."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name, which tells the run from all others."""
        return self.folder.name

    @property
    def number(self) -> int:
        """The run's number, from 1; 0 if the folder's name does not begin with one."""
        found = _RUN_FOLDER.match(self.name)
        return int(found[1]) if found else 0

    @property
    def spec(self) -> Path:
        """What was asked for, frozen."""
        return self.folder / "run.json"

    @property
    def about(self) -> Path:
        """Title, note, star, parent: what a person may still change."""
        return self.folder / "about.json"

    @property
    def resolved(self) -> Path:
        """What was used, with where each value came from."""
        return self.folder / "resolved.json"

    @property
    def journal(self) -> Path:
        """Everything that happened."""
        return self.folder / "journal.jsonl"

    @property
    def batches(self) -> Path:
        """The loss of every batch."""
        return self.folder / "batches.f32"

    @property
    def summary(self) -> Path:
        """A copy of what the journal says, for long lists; may be removed at any time."""
        return self.folder / "summary.json"

    @property
    def history_json(self) -> Path:
        """What `fit()` returns."""
        return self.folder / "history.json"

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints."""
        return self.folder / "checkpoints"

    @property
    def model(self) -> Path:
        """What is needed to use the trained model, besides its weights."""
        return self.folder / "model.json"

    @property
    def results(self) -> Path:
        """What the trained model is worth."""
        return self.folder / "results.json"

    @property
    def decision(self) -> Path:
        """From which probability on a class is said, where a person chose it."""
        return self.folder / "decision.json"

    @property
    def baselines(self) -> Path:
        """What simple models are worth on the same rows."""
        return self.folder / "baselines.json"

    @property
    def request(self) -> Path:
        """What was last asked of the worker."""
        return self.folder / "request.json"

    @property
    def lock(self) -> Path:
        """Held by whoever writes the journal."""
        return self.folder / "run.lock"

    @property
    def worker_log(self) -> Path:
        """What the worker and its libraries print."""
        return self.folder / "worker.log"

    @property
    def fault_log(self) -> Path:
        """Where the worker stood when a library crashed."""
        return self.folder / "faulthandler.log"


@dataclass(frozen=True)
class ProjectPaths:
    """The files of a project."""

    folder: Path

    @property
    def file(self) -> Path:
        """The project's settings."""
        return self.folder / "project.json"

    @property
    def previous(self) -> Path:
        """`project.json` as it was when the project was last opened for writing."""
        return self.folder / "project.previous.json"

    @property
    def lock(self) -> Path:
        """Held by whoever may change the settings."""
        return self.folder / "project.lock"

    @property
    def edit_lock(self) -> Path:
        """Held for a moment while a run gets its number or the queue is changed."""
        return self.folder / "edit.lock"

    @property
    def queue(self) -> Path:
        """The runs that wait their turn."""
        return self.folder / "queue.json"

    @property
    def queue_lock(self) -> Path:
        """Held by the process that works on the queue."""
        return self.folder / "queue.lock"

    @property
    def queue_log(self) -> Path:
        """What that process prints."""
        return self.folder / "queue.log"

    @property
    def data(self) -> Path:
        """Data files that belong to the project."""
        return self.folder / "data"

    @property
    def runs(self) -> Path:
        """The folder of the runs' folders."""
        return self.folder / "runs"

    @property
    def trash(self) -> Path:
        """Runs that were discarded; never emptied by the program."""
        return self.folder / "trash"

    @property
    def test_openings(self) -> Path:
        """When the test part was opened, a file for each time."""
        return self.folder / "test-openings"

    def owns(self, path: Path) -> bool:
        """Whether FitStudio itself keeps, or will keep, a file at a path: nobody else writes there.

        Both have to be resolved, so that neither is a link.
        """
        own = (self.file, self.previous, self.queue, self.queue_log)
        locks = (self.lock, self.edit_lock, self.queue_lock)
        folders = (self.runs, self.data, self.trash, self.test_openings)
        return path in (*own, *locks) or any(path.is_relative_to(each) for each in folders)

    def run(self, name: str) -> RunPaths:
        """The paths of a run by its folder's name."""
        return RunPaths(self.runs / name)

    def run_folders(self) -> list[RunPaths]:
        """Every run there is, by number."""
        try:
            names = [entry.name for entry in os.scandir(self.runs) if entry.is_dir()]
        except OSError:
            return []
        found = [self.run(name) for name in names if _RUN_FOLDER.match(name)]
        return sorted(found, key=lambda run: (run.number, run.name))
