"""The finished epochs as a table, the best one pinned on top, and the log beside it."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.declared.catalogue.measured_names import measured_words
from fitstudio.journal.run_state import EpochRow, RunState, shown
from fitstudio.journal.target_scale import TargetScale
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.monitor.device_strip import device_title
from fitstudio.viewmodel.own_units import in_own_unit
from fitstudio.words import numbers, say, say_count

_ABBREVIATED = {"accuracy": "acc.", "precision": "prec."}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: what of a row it shows, and its heading."""

    name: str
    title: str
    tip: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log: when, how grave (info, advice, warning, error), what."""

    time: float
    level: str
    sentence: str


def columns_of(state: RunState) -> list[Column]:
    """The columns: epoch, loss and its validation, the metrics, time."""
    names = [name for name in state.metric_names if name not in figures.LEARNING_RATE_NAMES]
    bare = list(dict.fromkeys(name.removeprefix("val_") for name in names))
    bare.sort(key=lambda name: name != "loss")
    columns = [Column("epoch", say("Epoch"), say("The number of the epoch"))]
    scale = state.target_scale
    for name in bare:
        short, unit = figures.metric_short(name), ""
        words = "" if scale is None else scale.words_for(name)
        if scale is not None and scale.unit_of(name):
            unit = f", {scale.unit_of(name)}"
        words = f", {words}" if words else ""
        if name in names:
            tip = say("{name} in training{words}", name=figures.metric_title(name), words=words)
            columns.append(Column(name, f"{short}{unit}", tip))
        if f"val_{name}" in names:
            called = measured_words(name, short=True)
            title = (
                say("Validation")
                if name == "loss"
                else say("Val. {abbreviated}", abbreviated=_ABBREVIATED.get(called, called))
            )
            tip = say(
                "{name} on the validation rows{words}", name=figures.metric_title(name), words=words
            )
            columns.append(Column(f"val_{name}", f"{title}{unit}", tip))
    columns.append(Column("seconds", say("Time"), say("How long the epoch took")))
    return columns


def cell(row: EpochRow, column: str, scale: TargetScale | None = None) -> str:
    """What stands in a cell; errors are in the target's own unit."""
    if column == "epoch":
        return str(shown(row.epoch))
    if column == "seconds":
        return numbers.format_seconds(row.seconds)
    value = row.logs.get(column)
    if not isinstance(value, (int, float)):
        return "–"
    value = in_own_unit(value, column, scale)
    # Small values have many zeros: with fewer digits they fit their column.
    return numbers.format_value(value, 3 if abs(value) >= 0.001 else 2)


def log_lines(state: RunState) -> list[LogLine]:
    """Everything worth telling about the run, in order of time."""
    lines = [LogLine(message.time, message.level, message.sentence) for message in state.messages]
    if state.started is not None:
        device = device_title(state)
        lines.append(
            LogLine(
                state.started,
                "info",
                say("Started on {device}.", device=device) if device else say("Started."),
            )
        )
    rows = state.data.get("training_rows")
    if isinstance(rows, int):
        checked = state.data.get("validation_rows")
        training = say_count(rows, "{number} row", "{number} rows")
        sentence = (
            say(
                "{rows} train the model, {checked} check it.",
                rows=training,
                checked=numbers.format_count(checked),
            )
            if checked
            else say("{rows} train the model.", rows=training)
        )
        lines.append(LogLine(float(state.data.get("time") or 0.0), "info", sentence))
    for trim in state.trims:
        sentence = say("Went on from epoch {from_epoch}.", from_epoch=shown(trim.from_epoch))
        if trim.dropped:
            sentence = say_count(
                trim.dropped,
                "Went on from epoch {from_epoch}; {number} later epoch trained again.",
                "Went on from epoch {from_epoch}; {number} later epochs trained again.",
                from_epoch=shown(trim.from_epoch),
            )
        lines.append(LogLine(trim.time, "info", sentence))
    for checkpoint in state.checkpoints.values():
        sentence = say(
            "Saved the model of epoch {epoch} ({kind}).",
            epoch=shown(checkpoint.epoch),
            kind=checkpoint.kind,
        )
        lines.append(LogLine(checkpoint.time, "info", sentence))
    if state.ended is not None:
        level = "error" if state.error else "info"
        lines.append(LogLine(state.ended, level, state.sentence or say("Ended.")))
    return sorted(lines, key=lambda line: line.time)
