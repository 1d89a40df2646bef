"""Simple models beside a run: has them measured, and reads what came out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.actions import runs
from fitstudio.actions.launchers import processes
from fitstudio.actions.launchers.job_process import Progress, ask
from fitstudio.declared.catalogue.baselines import BASELINES
from fitstudio.errors import StorageError
from fitstudio.journal.event_fields import NotFinite
from fitstudio.journal.events import number
from fitstudio.project import Project
from fitstudio.storage import atomic
from fitstudio.storage.checked import Count, MisfitError, Plain, convert
from fitstudio.words import say
from fitstudio.words.numbers import in_percent, listed, plain_number

ACCURACY = "accuracy"
OWN = "run"


@dataclass(frozen=True)
class Baselines(Plain):
    """What simple models are worth on the rows that a run held out.

    Args:
        part: The part of the data that all were measured on.
        rows: How many rows were learned from and measured on, by part.
        measure: "accuracy" or "mean_absolute_error".
        scores: By model ("run" is the run's own), then by target.
        notes: What was unusual, in sentences.
        weights: Which of the run's weights were measured.
        epoch: The epoch they were saved after, from 0.
    """

    part: str
    rows: Mapping[str, Count]
    measure: str
    scores: Mapping[str, Mapping[str, float | NotFinite]]
    notes: tuple[str, ...] = ()
    weights: str = "best"
    epoch: Count | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The simple models that were measured, in the order of the table."""
        return tuple(name for name in BASELINES if name in self.scores)

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        return tuple(self.scores.get(OWN, {}))

    def score(self, model: str, target: str) -> float:
        """One figure; of a model that was not measured it is no number."""
        return number(self.scores.get(model, {}).get(target, "nan"))

    def text(self, model: str, target: str) -> str:
        """The figure for a person."""
        value = self.score(model, target)
        return in_percent(value) if self.measure == ACCURACY else plain_number(value)

    def better(self, target: str) -> tuple[str, ...]:
        """The simple models that are ahead of the run's, or level with it, the best first."""
        own, sign = self.score(OWN, target), -1.0 if self.measure == ACCURACY else 1.0
        found = [name for name in self.models if sign * self.score(name, target) <= sign * own]
        return tuple(sorted(found, key=lambda name: sign * self.score(name, target)))

    def verdict(self, target: str) -> str:
        """Who is ahead, in a sentence."""
        better = self.better(target)
        if not better:
            return say("The network is ahead of all of them.")
        names = listed([_in_a_sentence(BASELINES[name].title) for name in better])
        return say(
            "The network is not ahead of {names}: {own} against {first}.",
            names=names,
            first=self.text(better[0], target),
            own=self.text(OWN, target),
        )


def compare_run(
    project: Project,
    run: str | int,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Baselines:
    """Fits the simple models on a run's training rows, and keeps their scores with the run.

    Args:
        project: The project.
        run: The run; it has a model, and held some rows out.
        progress: Called with a fraction and a sentence.
        cancel: Set it to give up; nothing is written then.

    Raises:
        ProjectError: If the project could not be opened to be changed.
        DataError, RunError, CheckpointError, WorkerError: If it cannot be done.
    """
    project.require_changeable()
    job = {"project": str(project.folder), "run": runs.run_name(project, run), "keep": True}
    reply = ask(processes.worker_command("baselines", "-"), job, progress, cancel)
    return _from_json(reply)


def load_baselines(project: Project, run: str | int) -> Baselines | None:
    """What was kept with a run; None if nothing was, or it cannot be read.

    Raises:
        RunError: If there is no such run.
    """
    try:
        return _from_json(atomic.read_json(runs.find(project, run).baselines))
    except (StorageError, MisfitError):
        return None


def _from_json(content: Any) -> Baselines:
    if not isinstance(content, Mapping):
        raise MisfitError(say("it holds no table"))
    known = {name: each for name, each in content.items() if name not in ("run", "format")}
    return convert(known, Baselines)


def _in_a_sentence(title: str) -> str:
    return title[:1].lower() + title[1:]
