"""Trains a run: calls `fit()` with everything that was prepared, then measures the best weights.

prepared data, plan ──► model ──► compile ──► fit ◄── starting point, on resume
journal, history, checkpoints ◄── the run's own callbacks
results.json ◄── best weights, data
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio import storage
from fitstudio.data.preparing.batches import RowBatches
from fitstudio.declared.parameters.fit import SETTINGS
from fitstudio.engine import callbacks, device, device_memory
from fitstudio.engine.augmentation.augmentation import Augmentation
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.model import Model
from fitstudio.engine.state import checkpoint
from fitstudio.journal import Outcome, Reason
from fitstudio.journal.best_value import BestValue
from fitstudio.journal.events import finite, numbers
from fitstudio.project.run_files import read_recorded
from fitstudio.words import say, say_count
from fitstudio.worker.callbacks import chosen
from fitstudio.worker.callbacks.log_progress import progress_for
from fitstudio.worker.callbacks.own import own_callbacks
from fitstudio.worker.callbacks.step_mode import step_mode_for
from fitstudio.worker.measures.measuring import measure_best
from fitstudio.worker.prepare import Training, finished_epochs, prepare_training
from fitstudio.worker.run_process import Ending, RunProcess
from fitstudio.worker.saving.checkpoints import Checkpoints
from fitstudio.worker.saving.disk_wait import DiskWait
from fitstudio.worker.saving.held_journal import HeldJournal
from fitstudio.worker.saving.history_files import HistoryWriter
from fitstudio.worker.setup import model_setup
from fitstudio.worker.setup.augmenting import augmentation_for
from fitstudio.worker.setup.row_sequence import RowSequence
from fitstudio.worker.watching import not_finite
from fitstudio.worker.watching.requests import StopRun

_log = logging.getLogger("fitstudio.worker")


def train(process: RunProcess) -> Ending:
    """Trains the run and says how it ended.

    Raises:
        Exception: Whatever keeps it from training; `failures` makes a card of it.
    """
    training = prepare_training(process)
    process.known["values"] = training.values
    if process.requests.stop is not None:
        raise StopRun(process.requests.stop_by)
    fitted = _fit(training)
    ending = _ending(training, fitted)
    if process.requests.stop != "now":
        measure_best(training, fitted.model, quickly=ending.outcome is Outcome.STOPPED)
    return ending


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What fit() has left.

    Attributes:
        model: The model.
        chosen: The callbacks that the person chose.
        stopped_by: Who asked for the stop that was obeyed; None if nobody did.
        stopped_by_callback: Whether a callback stopped the training.
    """

    model: Model
    chosen: list[Any]
    stopped_by: str | None
    stopped_by_callback: bool


def _fit(training: Training) -> _Fitted:
    """Calls fit(), and again with smaller parts of batches while memory does not suffice."""
    while True:
        try:
            return _fit_once(training)
        except Exception as error:
            if not device.is_out_of_memory(error) or not training.values["run.oom_rescue"]:
                raise
            _use_smaller_parts(training, error)


def _fit_once(training: Training) -> _Fitted:
    process, values = training.process, training.values
    model = _new_model(training)
    state = _go_back(training)
    held = HeldJournal(process.journal, durable=training.rows[-1][0] if training.rows else -1)
    history_writer = HistoryWriter(process.paths.folder, training.rows, _history_params(values))
    disk = DiskWait(process.journal, process.requests)
    checkpoints = Checkpoints(
        process.paths.folder,
        journal=process.journal,
        held=held,
        best=training.best,
        chosen=values["run.keep_epochs"],
        disk=disk,
        written=history_writer.epoch_saved,
    )
    own = own_callbacks(training, held, checkpoints)
    used = chosen.make(
        values["fit.callbacks"] or (),
        run_folder=process.paths.folder,
        epochs=values["fit.epochs"],
        disk=disk,
    )
    chosen_here = training.spec.is_set("fit.verbose") or process.verbose is not None
    progress = progress_for(process.paths.worker_log, chosen=chosen_here)
    stopped_by = None
    try:
        model.fit(
            **_fit_arguments(training),
            # History comes before our own, so that the state that is saved holds the epoch.
            callbacks=[*used, History(), *progress, *step_mode_for(training), *own],
            seed=training.machine.seed,
            start_state=state,
            micro_batch_size=training.micro_batch_size,
            augmentation=_augmentation(training),
        )
        stopped_by = own.stops_at_epoch.by
        # Who trains longer goes on from the weights that training ended with, as in the reference.
        # A run that was only stopped goes on from where it was.
        if training.rows and stopped_by is None and any(map(_went_back, used)):
            own.saving.save_restored()
        checkpoints.settle()
    except StopRun as stop:
        stopped_by = stop.by
    except not_finite.NotFiniteError as error:
        raise _explained(training, error, model) from None
    finally:
        checkpoints.finish()
        held.give_up()
        process.known["last_epoch_saved"] = checkpoints.newest_epoch
    history_writer.finish()
    return _Fitted(model, used, stopped_by, own.stops_at_epoch.by_callback)


def _went_back(callback: Any) -> bool:
    """Whether a callback has put its best epoch's weights back at the end."""
    return (
        isinstance(callback, callbacks.EarlyStopping)
        and callback.restore_best_weights
        and callback.best_weights is not None
    )


def _history_params(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "verbose": values["fit.verbose"],
        "epochs": values["fit.epochs"],
        "steps": values["fit.steps_per_epoch"],
    }


def _new_model(training: Training) -> Model:
    values, plan = training.values, training.resolved.model_plan
    assert plan is not None, "a run without a plan is refused before"
    model = model_setup.build(
        plan,
        seed=training.machine.seed,
        device=training.machine.choice.torch_device,
    )
    model_setup.compile_to_train(model, values)
    return model


def _go_back(training: Training) -> Mapping[str, Any] | None:
    """Takes rows and best epoch from the starting point; returns the engine's part of it."""
    training.rows.clear()
    training.epoch_lines.clear()
    training.best = BestValue(training.best.monitor, training.best.mode)
    if training.start is None:
        return None
    state = training.start.state
    for ended in finished_epochs(training.start):
        training.epoch_lines.append(json.dumps(finite(ended)))
        training.rows.append((ended["epoch"], numbers(ended["logs"])))
        training.best.see(*training.rows[-1])
    engine = dict(state["engine"])
    if training.process.ended_by == Reason.EARLY_STOPPING:
        # The person wants more epochs all the same: patience begins anew.
        engine["callbacks"] = [_patient(each) for each in engine["callbacks"]]
    return engine | {"weights": state["weights"]}


def _patient(callback: Mapping[str, Any]) -> Mapping[str, Any]:
    """The state of a callback; an EarlyStopping keeps its best, and counts from 0."""
    if callback["class"] != callbacks.EarlyStopping.__name__:
        return callback
    return {**callback, "state": {**callback["state"], "wait": 0, "stopped_epoch": 0}}


def _fit_arguments(training: Training) -> dict[str, Any]:
    """The specification's arguments of fit(), with the prepared data in their places."""
    prepared = training.prepared
    arguments = {param.name: training.spec.get(param.key) for param in SETTINGS}
    if training.process.verbose is not None:
        arguments["verbose"] = training.process.verbose
    x, validation = prepared.x, prepared.validation_data
    if isinstance(x, RowBatches):
        # What yields batches itself takes neither of these: it was made with this batch size.
        x, arguments["batch_size"], arguments["validation_split"] = RowSequence(x), None, 0.0
    if prepared.split is not None:
        # The rows were parted before: nothing more may be cut off those that train.
        arguments["validation_split"] = 0.0
    if isinstance(validation, RowBatches):
        validation = RowSequence(validation)
    return arguments | {
        "x": x,
        "y": prepared.y,
        "sample_weight": prepared.sample_weight,
        "validation_data": validation,
    }


def _augmentation(training: Training) -> Augmentation | None:
    plan = training.resolved.model_plan
    shape = plan.input_shape if plan is not None else ()
    return augmentation_for(training.values, training.machine.seed, shape)


def _use_smaller_parts(training: Training, error: Exception) -> None:
    """Halves the rows that go through the model at a time; raises if there is nothing to halve.

    The step that trains on a batch in parts is `fitstudio.engine.steps.micro_batches`.
    """
    rows = training.micro_batch_size or _batch_rows(training)
    if rows <= 1:
        raise error
    _log.warning("Out of memory with %s rows at a time.", rows, exc_info=error)
    # All that the failed attempt has taken, or the next one would run out at the same place.
    device_memory.let_go(error)
    if device_memory.is_taken_by_others(training.machine.choice.torch_device):
        raise device.DeviceFullError(training.machine.choice.device) from None
    training.micro_batch_size = (rows + 1) // 2
    training.start, _ = checkpoint.newest(training.process.paths.checkpoints)
    training.process.tell(
        "warning",
        "memory.smaller-parts",
        say_count(
            training.micro_batch_size,
            "The memory was not enough for {rows} rows at a time. From now on a batch goes through "
            "the model {number} row at a time; the batch that is learned from stays the same.",
            "The memory was not enough for {rows} rows at a time. From now on a batch goes through "
            "the model {number} rows at a time; the batch that is learned from stays the same.",
            rows=rows,
        ),
    )
    paths = training.process.paths
    stored = read_recorded(paths.resolved)
    stored["machine"]["micro_batch_size"] = training.micro_batch_size
    storage.write_json(paths.resolved, stored)


def _batch_rows(training: Training) -> int:
    """Rows of a batch, as far as they are known: a source that makes its own may have none."""
    facts = training.resolved.facts
    return training.values["fit.batch_size"] or (facts.batch_size if facts is not None else 1)


def _explained(
    training: Training, error: not_finite.NotFiniteError, model: Model
) -> not_finite.NotFiniteError:
    """The same error with what is wrong in the rows of that batch."""
    prepared = training.prepared
    if isinstance(prepared.x, RowBatches):
        return error  # the file has been read on since
    sentence = not_finite.explain(
        rows=model.batch_rows(error.epoch, error.step),
        arrays={"x": prepared.x, "y": prepared.y, "sample_weight": prepared.sample_weight},
        samples=prepared.training,
        names=prepared.recipe.input_names,
    )
    error.message = f"{error.message} {sentence}".strip()
    return error


def _ending(training: Training, fitted: _Fitted) -> Ending:
    best = training.best.epoch
    fields: dict[str, Any] = {"best_epoch": best}
    if training.rows:
        fields["logs"] = training.rows[-1][1]
    by = fitted.stopped_by
    if by is not None:
        reason = {"time_budget": Reason.TIME_BUDGET, "system": Reason.SYSTEM}.get(by, Reason.PERSON)
        return Ending(Outcome.STOPPED, reason, fields)
    if not training.rows or training.rows[-1][0] >= training.values["fit.epochs"] - 1:
        return Ending(Outcome.COMPLETED, Reason.ALL_EPOCHS, fields)
    for each in fitted.chosen:
        if isinstance(each, callbacks.EarlyStopping) and each.stopped_epoch:
            return Ending(Outcome.COMPLETED, Reason.EARLY_STOPPING, fields)
        if isinstance(each, callbacks.TerminateOnNaN) and not np.isfinite(
            training.rows[-1][1].get("loss", 0.0)
        ):
            return Ending(Outcome.STOPPED, Reason.NOT_FINITE, fields)
    if not fitted.stopped_by_callback:
        fields["sentence"] = say("The data ran out before the last epoch.")
    return Ending(Outcome.COMPLETED, Reason.CALLBACK, fields)
