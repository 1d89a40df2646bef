"""The fields of each type of event: what stands in a line of the journal, and what it may be.

Fields that are not `Required` may be missing. Later versions may write more fields and more types:
both are kept and change nothing.
"""

# No `from __future__ import annotations` here: a TypedDict does not see `Required` inside of text.
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Required, TypedDict

from msgspec import Meta

from fitstudio.storage.checked import Count, Moment, Seconds

Amount = Annotated[float, Meta(ge=-1e30, le=1e30)]
# JSON has no numbers for these.
NotFinite = Literal["nan", "inf", "-inf"]
Logs = Mapping[str, float | NotFinite]


class AnyEvent(TypedDict, total=False):
    """What every line has, also one of a type that this version does not know."""

    type: Required[str]
    seq: Required[Annotated[int, Meta(ge=0)]]
    time: Required[Moment]
    elapsed: Seconds
    said: Mapping[str, Any]  # what its sentences were made of, see `fitstudio.words.keeping`


class Device(TypedDict, total=False):
    """A device as it was told by versions that told more than its title."""

    name: str
    title: str
    memory_bytes: Amount | None


class CallbackSettings(TypedDict, total=False):
    """A callback as in `run.json`, with the settings that a watch over a metric reads."""

    kind: Required[str]
    monitor: str | None
    mode: str | None
    patience: Count | None
    min_delta: Amount | None
    baseline: Amount | None
    start_from_epoch: Count | None


class RunStarted(AnyEvent, total=False):
    """A process has begun, or after a resume has begun again, to train."""

    run: Required[str]
    pid: Required[Annotated[int, Meta(ge=0, lt=2**32)] | None]
    first_epoch: Required[Count]
    last_epoch: Required[Annotated[int, Meta(ge=-1, le=2**53)] | None]  # from 0, inclusive
    steps_per_epoch: Count | None
    seed: int | None
    device: Device | str | None
    device_name: str | None
    device_reason: str | None  # why it is that one
    device_memory_total_bytes: Amount | None
    device_driver: str | None  # versions, of a GPU only
    device_cudnn: str | None
    threads: Count | None
    versions: Mapping[str, str | None]
    host: str
    process_started: Moment | None
    callbacks: list[CallbackSettings | str]
    monitor: str | None
    mode: str | None
    resumed: bool
    resumed_from: str | None  # the checkpoint's folder
    differences: list[Any] | None


class DataReady(AnyEvent, total=False):
    """The data has been prepared."""

    training_rows: Required[Count]
    validation_rows: Required[Count | None]
    input_shape: list[Count]
    output_shape: list[Count]
    class_names: list[str]
    findings: list[Any]
    # Of numbers: name, unit, scale, method and loss; see `target_scale`.
    target: Mapping[str, Any] | None


class EpochStarted(AnyEvent, total=False):
    """An epoch begins."""

    epoch: Required[Count]


class BatchEnded(AnyEvent, total=False):
    """A batch has been done."""

    epoch: Required[Count]
    step: Required[Annotated[int, Meta(ge=-1, le=2**53)]]
    phase: Required[str]  # "train" or "validate"
    logs: Required[Logs]
    steps: Count | None
    samples_per_s: Amount


class ValidationEnded(AnyEvent, total=False):
    """An epoch has been checked; the names in its logs begin with `val_`."""

    epoch: Required[Count]
    logs: Required[Logs]


class EpochEnded(AnyEvent, total=False):
    """An epoch has ended; its logs are complete and in History's order."""

    epoch: Required[Count]
    logs: Required[Logs]
    seconds: Required[Seconds]
    learning_rate: float | NotFinite | None


class CheckpointSaved(AnyEvent, total=False):
    """A checkpoint is on the disk."""

    file: Required[str]  # its folder below the run's
    epoch: Required[Count]
    kind: Required[str]  # last, best, epoch, snapshot
    step: Count
    monitor: str | None
    value: float | NotFinite | None


class MessageSent(AnyEvent, total=False):
    """Something to tell; "worker.starting", "paused" and "continued" also change the state."""

    level: Required[str]  # info, advice, warning, error
    code: Required[str]
    sentence: Required[str]
    where: Any
    fix: Any
    request: Count | None


class HeartbeatSent(AnyEvent, total=False):
    """The process lives."""

    memory_bytes: Amount
    cpu_percent: Amount
    device_memory_bytes: Amount
    device_busy: Amount
    device_temperature: Amount
    device_power_w: Amount
    waiting_for_data: Amount  # the share of the time in which no row was ready
    samples_per_s: Amount


class StopRequested(AnyEvent, total=False):
    """Somebody or something wants the run to end."""

    by: Required[str]  # person, a callback's name, time_budget, system
    when: Required[str]  # batch, epoch, now
    reason: str | None
    request: Count | None


class ErrorCard(TypedDict, total=False):
    """What went wrong, as `FitStudioError.to_json` tells it, with settings to try."""

    type: str | None
    code: str | None
    message: str | None
    remedy: str | None
    safe: str | None
    details: str | None
    fixes: list[Any] | None
    said: Mapping[str, Any]


class RunEnded(AnyEvent, total=False):
    """The end; written by another process if need be."""

    outcome: Required[str]
    reason: Required[str]
    sentence: str | None
    best_epoch: Count | None
    logs: Logs | None
    error: ErrorCard | None
