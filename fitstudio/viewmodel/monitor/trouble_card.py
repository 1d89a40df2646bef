"""The card of a run that ended badly: what happened, what is safe, what to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitstudio.declared.kinds.param import Fix
from fitstudio.journal.events import Outcome, Reason
from fitstudio.journal.run_state import RunState, shown
from fitstudio.viewmodel.monitor.device_strip import device_title, is_gpu
from fitstudio.words import say, sentences


class CardKind(StrEnum):
    """How grave it is."""

    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunCard:
    """What a person needs to know and can do.

    Attributes:
        kind: How grave it is.
        title: What happened, in a few words.
        what: What happened, in a sentence or two.
        safe: What is not lost.
        remedy: What to do about it.
        fixes: Settings to try, each a button.
        can_resume: Whether the run can go on from a checkpoint.
        resume_from: The epoch it would go on with, as people count.
        headline: The technical text in one line.
        details: All of the technical text, for "Copy details".
    """

    kind: CardKind
    title: str
    what: str
    safe: str
    remedy: str = ""
    fixes: tuple[Fix, ...] = ()
    can_resume: bool = False
    resume_from: int | None = None
    headline: str = ""
    details: str = ""


def card_of(state: RunState) -> RunCard | None:
    """The card of a run, or None where there is nothing to mend."""
    if state.outcome is Outcome.INTERRUPTED:
        return _interrupted(state)
    if state.outcome is Outcome.FAILED:
        return _failed(state)
    return None


def failure_label(state: RunState) -> tuple[str, str]:
    """What stands beside the failure line of the plot: what, and where."""
    title = _short_title(state)
    if state.epoch is None:
        return title, ""
    where = say("epoch {epoch}", epoch=shown(state.epoch))
    return title, where if state.step is None else say(
        "step {step} of {where}", step=shown(state.step), where=where
    )


def _interrupted(state: RunState) -> RunCard:
    resume_from = _resume_from(state)
    where = ""
    if state.epoch is not None:
        where = say("It was in epoch {epoch}.", epoch=shown(state.epoch))
        if state.last_epoch is not None:
            where = say(
                "It was in epoch {epoch} of {last_epoch}.",
                epoch=shown(state.epoch),
                last_epoch=shown(state.last_epoch),
            )
    return RunCard(
        kind=CardKind.INTERRUPTED,
        title=say("This run was interrupted"),
        what=sentences(state.sentence or Outcome.INTERRUPTED.sentence, where),
        safe=_safe(resume_from),
        can_resume=resume_from is not None,
        resume_from=resume_from,
        headline=_headline(state, {}),
        details=_details(state, {}),
    )


def _failed(state: RunState) -> RunCard:
    error = state.error or {}
    resume_from = _resume_from(state)
    return RunCard(
        kind=CardKind.FAILED,
        title=_title(state),
        what=str(error.get("message") or state.sentence),
        safe=str(error.get("safe") or _safe(resume_from)),
        remedy=str(error.get("remedy") or ""),
        fixes=tuple(_fixes(error)),
        can_resume=resume_from is not None and state.reason != Reason.NOT_FINITE,
        resume_from=resume_from,
        headline=_headline(state, error),
        details=_details(state, error),
    )


def _title(state: RunState) -> str:
    match state.reason:
        case Reason.OUT_OF_MEMORY:
            known = f"{device_title(state)} {state.device}".lower()
            on_gpu = is_gpu(state) or "gpu" in known or "cuda" in known
            return say("The GPU ran out of memory") if on_gpu else say("The memory was not enough")
        case Reason.NOT_FINITE:
            return say("The loss is no longer a number")
        case Reason.NOT_STARTED:
            return say("The training could not start")
    code = str((state.error or {}).get("code") or "")
    if code.startswith("data"):
        return say("The data could not be used")
    return say("The run was stopped by an error")


def _short_title(state: RunState) -> str:
    match state.reason:
        case Reason.OUT_OF_MEMORY:
            return say("Out of memory")
        case Reason.NOT_FINITE:
            return say("Not a number")
    return say("Interrupted") if state.outcome is Outcome.INTERRUPTED else say("Error")


def _resume_from(state: RunState) -> int | None:
    """The epoch, as people count, with which a resumed run would go on."""
    last = state.checkpoints.get("last")
    if last is None:
        return None
    return shown(last.epoch) if last.step else shown(last.epoch + 1)


def _safe(resume_from: int | None) -> str:
    if resume_from is None:
        return say("No epoch had ended yet; your data and settings are untouched.")
    kept = resume_from - 1
    if not kept:
        return say("What it learned in its first epoch is safe up to its last checkpoint.")
    return say(
        "Everything up to epoch {kept} is safe: its model, the curves and the log.", kept=kept
    )


def _fixes(error: Mapping[str, Any]) -> list[Fix]:
    fixes = []
    for data in error.get("fixes") or ():
        try:
            fixes.append(Fix.from_json(data))
        except (KeyError, TypeError, ValueError):
            continue  # a fix of a later version: the sentence above still helps
    return fixes


def _headline(state: RunState, error: Mapping[str, Any]) -> str:
    kind = str(error.get("type") or state.reason)
    _, where = failure_label(state)
    return f"{kind}, {where}" if where else kind


def _details(state: RunState, error: Mapping[str, Any]) -> str:
    lines: list[str] = [
        say("Run: {run}", run=state.run),
        say("Ended: {outcome}, {reason}", outcome=state.outcome, reason=state.reason),
        say("Device: {state}", state=device_title(state)),
    ]
    versions = state.started_fields.get("versions")
    if isinstance(versions, Mapping):
        lines.append("Versions: " + ", ".join(f"{name} {each}" for name, each in versions.items()))
    for name in ("type", "code", "message", "details"):
        if error.get(name):
            lines.append(f"{name.capitalize()}: {error[name]}")
    return "\n".join(lines)
