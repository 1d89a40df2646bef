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
that they do not know. Which fields a type has, and what they may be, is declared in `event_fields`.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from fitstudio.journal import event_fields
from fitstudio.storage import atomic, checked
from fitstudio.words import marked

FORMAT = 1
# The code of the message about a line that a reader had to leave out.
DAMAGED = "journal.damaged"
# The code of the last message in the copy of a journal that another run goes on with.
EXTENDED = "run.extended"
_MARK = b',"crc":"'
_TAIL = len(_MARK) + 8 + len(b'"}')


class EventType(StrEnum):
    """What a line of the journal tells."""

    RUN_STARTED = "run_started"
    DATA_READY = "data_ready"
    EPOCH_STARTED = "epoch_started"
    BATCH_ENDED = "batch_ended"
    VALIDATION_ENDED = "validation_ended"
    EPOCH_ENDED = "epoch_ended"
    CHECKPOINT_SAVED = "checkpoint_saved"
    MESSAGE = "message"
    PULSE = "pulse"
    STOP_REQUESTED = "stop_requested"
    RUN_ENDED = "run_ended"


FIELDS: Mapping[str, Any] = {
    EventType.RUN_STARTED: event_fields.RunStarted,
    EventType.DATA_READY: event_fields.DataReady,
    EventType.EPOCH_STARTED: event_fields.EpochStarted,
    EventType.BATCH_ENDED: event_fields.BatchEnded,
    EventType.VALIDATION_ENDED: event_fields.ValidationEnded,
    EventType.EPOCH_ENDED: event_fields.EpochEnded,
    EventType.CHECKPOINT_SAVED: event_fields.CheckpointSaved,
    EventType.MESSAGE: event_fields.MessageSent,
    EventType.PULSE: event_fields.HeartbeatSent,
    EventType.STOP_REQUESTED: event_fields.StopRequested,
    EventType.RUN_ENDED: event_fields.RunEnded,
}


_DECODERS = {
    type.encode(): (str(type), msgspec.json.Decoder(fields)) for type, fields in FIELDS.items()
}
_UNKNOWN = ("", msgspec.json.Decoder(event_fields.AnyEvent))
_TYPE = b'"type":"'


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def sentence(self) -> str:
        """How the run ended, in words."""
        return _OUTCOME_SENTENCES[self]


_OUTCOME_SENTENCES = {
    Outcome.COMPLETED: marked("The run completed."),
    Outcome.STOPPED: marked("The run was stopped; what it learned is kept."),
    Outcome.FAILED: marked("The run failed."),
    Outcome.INTERRUPTED: marked(
        "The run was interrupted; it can be resumed from its last checkpoint."
    ),
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
        """Why it ended, in words."""
        return _REASON_SENTENCES[self]


_REASON_SENTENCES = {
    Reason.ALL_EPOCHS: marked("All epochs were trained."),
    Reason.EARLY_STOPPING: marked("The monitored metric did not get better any more."),
    Reason.CALLBACK: marked("A callback ended it."),
    Reason.PERSON: marked("You stopped it."),
    Reason.TIME_BUDGET: marked("Its time was used up."),
    Reason.SYSTEM: marked("The computer was shutting down, or the session ended."),
    Reason.NOT_FINITE: marked("The loss was no longer a number."),
    Reason.OUT_OF_MEMORY: marked("The memory was not enough."),
    Reason.ERROR: marked("An error ended it."),
    Reason.NOT_STARTED: marked("Its process could not start."),
    Reason.KILLED: marked("You ended its process."),
    Reason.GONE: marked(
        "Its process ended without a word: a crash, a power cut, or the system ended it."
    ),
}


def sentence_of(reason: str) -> str:
    """The sentence for a reason, also for one that this version does not know."""
    try:
        return Reason(reason).sentence
    except ValueError:
        return reason


class Event(NamedTuple):
    """One line of a journal.

    Attributes:
        fields: All that is declared for its type and stands in the line; all of the line where
            this version does not know the type.
    """

    type: str
    seq: int
    time: float
    fields: Mapping[str, Any]


class Lines(NamedTuple):
    """What some lines of a journal hold.

    Attributes:
        events: In the order of the lines.
        damaged: Lines that were left out: torn, flipped bits, or content that cannot be.
        problem: What is wrong with the first line whose checksum is right and whose content is
            not; that was no accident. A clause, or "".
    """

    events: list[Event]
    damaged: int
    problem: str = ""


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


def from_lines(lines: Sequence[bytes]) -> Lines:
    """Complete lines, without their line feeds, as events."""
    crc32 = zlib.crc32
    events: list[Event] = []
    damaged, problem = 0, ""
    for line in lines:
        if line[-_TAIL:] == b'%s%08x"}' % (_MARK, crc32(line[:-_TAIL])):
            try:
                events.append(_event(line))
                continue
            except checked.MisfitError as misfit:
                problem = problem or str(misfit)
        damaged += bool(line)
    return Lines(events, damaged, problem)


def _event(line: bytes) -> Event:
    """A line as an event.

    Raises:
        MisfitError: If it holds what no event holds.
    """
    # Where our own lines have it; whether it is the type is seen when all of the line is read.
    at = line.find(_TYPE) + len(_TYPE)
    type, decoder = _DECODERS.get(line[at : line.find(b'"', at)], _UNKNOWN)
    try:
        fields = decoder.decode(line)
    except (ValueError, RecursionError):
        return _carefully(line)
    if fields["type"] != type:
        return _carefully(line)
    return Event(type, fields["seq"], fields["time"], fields)


def _carefully(line: bytes) -> Event:
    """A line that the quick way does not take: names of files that are no UTF-8, unknown types.

    Raises:
        MisfitError: If it holds what no event holds.
    """
    try:
        content = atomic.parse_json(line)
    except ValueError as problem:
        raise checked.MisfitError(str(problem)) from problem
    known = checked.convert(content, event_fields.AnyEvent)
    declared = FIELDS.get(known["type"])
    fields = content if declared is None else checked.convert(content, declared)
    return Event(known["type"], known["seq"], known["time"], fields)


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
