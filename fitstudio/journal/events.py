"""The events of a run: their types, their fields, and the one-line form they have on disk.

    run_started                               again after each resume, with `resumed`
    └─ data_ready
       └─ epoch_started                       per epoch
          ├─ batch_ended …                    at most ten a second, and always the last one
          ├─ validation_ended
          ├─ epoch_ended
          └─ checkpoint_saved …
    message, pulse, stop_requested            at any time
    run_ended                                 always the last; written by another process if need be

A line is a JSON object that ends in the CRC-32 of everything before its `crc` field:

    {"format":1,"seq":7,"time":1763…,"elapsed":3.2,"type":"epoch_started","epoch":0,"crc":"9a0b1c2d"}

`seq` counts on over resumes and gives the order; `time` is the wall clock, which may jump;
`elapsed` is a steady clock in seconds since the process began. Epochs and steps count from 0.
Numbers that are not finite are the texts "nan", "inf" and "-inf". Readers ignore types and fields
that they do not know.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

FORMAT = 1
_MARK = b',"crc":"'
_TAIL = len(_MARK) + 8 + len(b'"}')


class EventType(StrEnum):
    """What a line of the journal tells; the comment names its own fields, `?` those it may lack."""

    # run, pid, first_epoch, last_epoch (from 0, inclusive), steps_per_epoch?, seed, device,
    # versions, host, process_started, callbacks (as in run.json), monitor?, mode?,
    # resumed?, resumed_from? (the checkpoint's folder), differences?
    RUN_STARTED = "run_started"
    # training_rows, validation_rows, input_shape?, output_shape?, class_names?, findings?,
    # target? (name, unit, scale, method, loss; for numbers: see `target_scale`)
    DATA_READY = "data_ready"
    # epoch
    EPOCH_STARTED = "epoch_started"
    # epoch, step, phase ("train" or "validate"), logs, steps?, samples?
    BATCH_ENDED = "batch_ended"
    # epoch, logs (with `val_`)
    VALIDATION_ENDED = "validation_ended"
    # epoch, logs (complete, in History's order), seconds, learning_rate?
    EPOCH_ENDED = "epoch_ended"
    # file (folder below the run), epoch, kind (last, best, epoch, snapshot), step?, monitor?,
    # value?
    CHECKPOINT_SAVED = "checkpoint_saved"
    # level (info, advice, warning, error), code, sentence, where?, fix?, request?
    # The codes "worker.starting", "paused" and "continued" also change the state.
    MESSAGE = "message"
    # memory_bytes, device_memory_bytes?, device_busy?, device_temperature?, samples_per_s?
    PULSE = "pulse"
    # by (person, a callback's name, time_budget, system), when (batch, epoch, now), reason?,
    # request?
    STOP_REQUESTED = "stop_requested"
    # outcome, reason, sentence?, best_epoch?, logs?, error? (type, code, message, remedy, safe,
    # details)
    RUN_ENDED = "run_ended"


REQUIRED: Mapping[str, tuple[str, ...]] = {
    EventType.RUN_STARTED: ("run", "pid", "first_epoch", "last_epoch"),
    EventType.DATA_READY: ("training_rows", "validation_rows"),
    EventType.EPOCH_STARTED: ("epoch",),
    EventType.BATCH_ENDED: ("epoch", "step", "phase", "logs"),
    EventType.VALIDATION_ENDED: ("epoch", "logs"),
    EventType.EPOCH_ENDED: ("epoch", "logs", "seconds"),
    EventType.CHECKPOINT_SAVED: ("file", "epoch", "kind"),
    EventType.MESSAGE: ("level", "code", "sentence"),
    EventType.PULSE: (),
    EventType.STOP_REQUESTED: ("by", "when"),
    EventType.RUN_ENDED: ("outcome", "reason"),
}


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def sentence(self) -> str:
        return _OUTCOME_SENTENCES[self]


_OUTCOME_SENTENCES = {
    Outcome.COMPLETED: "The run completed.",
    Outcome.STOPPED: "The run was stopped; what it learned is kept.",
    Outcome.FAILED: "The run failed.",
    Outcome.INTERRUPTED: "The run was interrupted; it can be resumed from its last checkpoint.",
}


class Reason(StrEnum):
    """Why a run ended. A file may hold others, from a later version: they are shown as they are."""

    ALL_EPOCHS = "all_epochs"
    EARLY_STOPPING = "early_stopping"
    CALLBACK = "callback"
    PERSON = "person"
    TIME_BUDGET = "time_budget"
    SYSTEM = "system"
    NOT_FINITE = "not_finite"
    OUT_OF_MEMORY = "out_of_memory"
    ERROR = "error"
    NOT_STARTED = "not_started"
    KILLED = "killed"
    GONE = "gone"

    @property
    def sentence(self) -> str:
        return _REASON_SENTENCES[self]


_REASON_SENTENCES = {
    Reason.ALL_EPOCHS: "All epochs were trained.",
    Reason.EARLY_STOPPING: "The monitored metric did not get better any more.",
    Reason.CALLBACK: "A callback ended it.",
    Reason.PERSON: "You stopped it.",
    Reason.TIME_BUDGET: "Its time was used up.",
    Reason.SYSTEM: "The computer was shutting down, or the session ended.",
    Reason.NOT_FINITE: "The loss was no longer a number.",
    Reason.OUT_OF_MEMORY: "The memory was not enough.",
    Reason.ERROR: "An error ended it.",
    Reason.NOT_STARTED: "Its process could not start.",
    Reason.KILLED: "You ended its process.",
    Reason.GONE: "Its process ended without a word: a crash, a power cut, or the system ended it.",
}


def sentence_of(reason: str) -> str:
    """The sentence for a reason, also for one that this version does not know."""
    try:
        return Reason(reason).sentence
    except ValueError:
        return reason


class Event(NamedTuple):
    """One line of a journal. `fields` holds all of it, also what this version does not know."""

    type: str
    seq: int
    time: float
    fields: Mapping[str, Any]


def to_line(fields: Mapping[str, Any]) -> bytes:
    """One event as a line of the journal, checksum and line feed included."""
    try:
        text = json.dumps(
            fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_number
        )
    except ValueError:  # NaN or infinity somewhere; rare, so the search is paid for only then
        text = json.dumps(
            finite(fields), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    body = text[:-1].encode("utf-8", "backslashreplace")
    return body + b'%s%08x"}\n' % (_MARK, zlib.crc32(body))


def from_lines(lines: Sequence[bytes]) -> tuple[list[Event], int]:
    """Complete lines (without line feeds) as events, and how many of them were damaged."""
    crc32 = zlib.crc32
    good = [line for line in lines if line[-_TAIL:] == b'%s%08x"}' % (_MARK, crc32(line[:-_TAIL]))]
    damaged = sum(1 for line in lines if line) - len(good)
    try:
        # One call of the parser for all lines is twice as fast as one for each.
        return [_event(fields) for fields in json.loads(b"[" + b",".join(good) + b"]")], damaged
    except (ValueError, LookupError, TypeError, RecursionError):
        # The checksum is right and the content is not: nobody's accident. Leave those lines out.
        events = [event for event in map(_careful_event, good) if event is not None]
        return events, damaged + len(good) - len(events)


def _event(fields: Mapping[str, Any]) -> Event:
    return Event(fields["type"], fields["seq"], fields["time"], fields)


def _careful_event(line: bytes) -> Event | None:
    try:
        event = _event(json.loads(line))
        return event if isinstance(event.seq, int) and isinstance(event.type, str) else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def finite(value: Any) -> Any:
    """`value` with NaN and infinity, which JSON does not have, as texts."""
    if isinstance(value, Mapping):
        return {str(key): finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(each) for each in value]
    if isinstance(value, (str, int)) or value is None:
        return value
    number = value if isinstance(value, float) else _number(value)
    if isinstance(number, float) and not math.isfinite(number):
        return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
    return number


def number(value: Any) -> Any:
    """A value of `logs` as a number again: "nan", "inf" and "-inf" are undone."""
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    return value


def numbers(logs: Mapping[str, Any]) -> dict[str, Any]:
    """The `logs` of an event as numbers."""
    return {name: number(value) for name, value in logs.items()}


def _number(value: Any) -> Any:
    """A numpy or torch scalar as Python's own, so that callers need not convert."""
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a journal: {value!r}.")
