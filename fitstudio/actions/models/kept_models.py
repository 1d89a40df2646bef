"""The models that a run keeps, each with its epoch and the score that the run had there."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.actions import runs
from fitstudio.journal import RunState
from fitstudio.project import Project
from fitstudio.project.saved_models import SavedModel, saved_models
from fitstudio.storage.checked import Count, Plain
from fitstudio.words import say, say_count


@dataclass(frozen=True, kw_only=True)
class KeptModel(Plain):
    """One model of a run, for lists.

    Args:
        name: What it is called, such as "best" or "epoch-0012"; a file by its path in the run.
        kind: "best", "last", "previous", "epoch", "snapshot" or "file".
        epoch: The epoch after which, or with a step within which, it was saved, from 0; None where
            it does not say so.
        step: How many batches of that epoch it has seen; 0 for the whole epoch.
        monitor: The metric that the run watches; "" where it watches none.
        value: The metric's value in that epoch; None for a model from within an epoch.
        resumable: Whether a training can go on from it.
    """

    name: str
    kind: str
    epoch: Count | None
    step: Count
    monitor: str
    value: float | None
    resumable: bool

    @property
    def when(self) -> str:
        """When it was saved, in words: "epoch 12", "epoch 3, after 150 batches"."""
        return when_saved(self.epoch, self.step)


def kept_models(project: Project, run: str | int) -> list[KeptModel]:
    """Every model that a run keeps: the best and the last one first, then as they were made.

    Raises:
        RunError: If there is no such run.
    """
    state = runs.load_run(project, run).state
    return [_kept(saved, state) for saved in saved_models(runs.find(project, run))]


def when_saved(epoch: int | None, step: int) -> str:
    """When a model was saved, in words; epochs count from 0 here, and from 1 in the words."""
    if epoch is None:
        return say("epoch unknown")
    if step:
        return say_count(
            step,
            "epoch {epoch}, after {number} batch",
            "epoch {epoch}, after {number} batches",
            epoch=epoch + 1,
        )
    return say("epoch {epoch}", epoch=epoch + 1)


def _kept(saved: SavedModel, state: RunState) -> KeptModel:
    monitor = state.watch.monitor if state.watch else ""
    values = [
        row.logs.get(monitor) for row in state.epochs if row.epoch == saved.epoch and not saved.step
    ]
    return KeptModel(
        name=saved.name,
        kind=saved.kind,
        epoch=saved.epoch,
        step=saved.step,
        monitor=monitor,
        value=values[0] if values else None,
        resumable=saved.whole,
    )
