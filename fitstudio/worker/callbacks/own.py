"""The run's own callbacks, and the order in which they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.callback_entry import Stop
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.engine.callbacks import Callback
from fitstudio.journal import BatchHistory
from fitstudio.worker.callbacks.batch_losses import BatchLosses
from fitstudio.worker.callbacks.obeying import Obeying, StopsAtEpoch
from fitstudio.worker.callbacks.position import Position
from fitstudio.worker.callbacks.reporting import Reporting
from fitstudio.worker.callbacks.saving import Saving
from fitstudio.worker.prepare import Training
from fitstudio.worker.saving.checkpoints import Checkpoints
from fitstudio.worker.saving.held_journal import HeldJournal


@dataclass(frozen=True, slots=True)
class OwnCallbacks:
    """One callback for each job, called from the first to the last at every hook of `fit()`.

    They come after all others, so that they see what those have added to the logs, whether those
    stop the training, and what they know at the end of an epoch.

    Attributes:
        batch_losses: First: a loss that is no number ends the run before anything is told of it.
        reporting: Says where the training is; whatever comes later relies on that.
        stops_at_epoch: Before the epoch is saved: the last epoch's checkpoint is waited for.
        saving: Saves what was reported.
        obeying: Last: a pause or a stop finds everything saved.
    """

    batch_losses: BatchLosses
    reporting: Reporting
    stops_at_epoch: StopsAtEpoch
    saving: Saving
    obeying: Obeying

    def __iter__(self) -> Iterator[Callback]:
        yield self.batch_losses
        yield self.reporting
        yield self.stops_at_epoch
        yield self.saving
        yield self.obeying


def own_callbacks(training: Training, held: HeldJournal, checkpoints: Checkpoints) -> OwnCallbacks:
    """The callbacks of one call of `fit()`.

    Args:
        training: The run.
        held: Its journal, for what may only be told when its epoch is on the disk.
        checkpoints: Saves its state.
    """
    process, values = training.process, training.values
    minutes = values["run.time_budget_min"]
    stops = [CALLBACKS[each["kind"]].stops for each in values["fit.callbacks"] or ()]
    position = Position()
    process.heartbeat.samples = lambda: position.samples
    process.heartbeat.waited_s = lambda: position.waited_s
    last_epoch = values["fit.epochs"] - 1
    epochs: dict[str, Any] = {"rows": training.rows, "epoch_lines": training.epoch_lines}
    saving = Saving(checkpoints=checkpoints, position=position, last_epoch=last_epoch, **epochs)
    return OwnCallbacks(
        BatchLosses(
            process,
            BatchHistory(process.paths.batches),
            # A callback for it, where one was chosen, ends the run in the reference's own way.
            stop_on_nan=values["run.on_nan"] == "stop" and Stop.NOT_FINITE not in stops,
        ),
        Reporting(held=held, position=position, batch_size=values["fit.batch_size"], **epochs),
        StopsAtEpoch(process, last_epoch=last_epoch),
        saving,
        Obeying(
            process,
            position=position,
            saving=saving,
            budget_s=None if minutes is None else minutes * 60.0,
        ),
    )
