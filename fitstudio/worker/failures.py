"""Turns whatever ended a run into a card: what happened, what is safe, what to do, details."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from fitstudio.declared.kinds.param import Fix
from fitstudio.declared.parameters.fit import DEFAULT_BATCH_SIZE
from fitstudio.engine.device import is_out_of_memory
from fitstudio.errors import FitStudioError
from fitstudio.journal import Outcome, Reason
from fitstudio.words import marked, say, say_marked
from fitstudio.worker.run_process import Ending, RunProcess
from fitstudio.worker.watching import not_finite
from fitstudio.worker.watching.requests import StopRun

_NOTHING_YET = marked("No epoch had ended yet; your data and settings are untouched.")


def card(
    error: BaseException, *, values: Mapping[str, Any], last_epoch_saved: int | None
) -> dict[str, Any]:
    """The error as data for `run_ended`.

    Args:
        error: What was raised.
        values: The run's resolved values by key, as far as they were known.
        last_epoch_saved: The newest epoch that a checkpoint holds, from 0.

    Returns:
        `type`, `code`, `message`, `remedy`, `safe`, `details`, and `fixes` (settings to try).
    """
    details = "".join(traceback.format_exception(error))
    fields: dict[str, Any] = {
        "type": type(error).__name__,
        "code": "error",
        "message": _sentence(error),
        "remedy": None,
        "safe": _safe(last_epoch_saved),
    }
    fixes: list[Fix] = []
    if is_out_of_memory(error):
        fields |= {
            "code": "run.out-of-memory",
            "message": say("The memory was not enough for a batch."),
            "remedy": say("Use smaller batches or a smaller model, or close other programs."),
        }
        fixes = _smaller_batches(values)
    elif isinstance(error, FitStudioError):
        fields |= {k: v for k, v in error.to_json().items() if k != "safe" or v}
        details = error.details or details
        if isinstance(error, not_finite.NotFiniteError):
            fixes = not_finite.remedies(values)
        for finding in getattr(error, "findings", ()):
            if finding.fix is not None:
                fixes.append(finding.fix)
    elif isinstance(error, ImportError):
        fields |= {
            "code": "worker.library",
            "message": say(
                "A library that training needs is missing: {error}.", error=error.name or error
            ),
            "remedy": say("Install FitStudio again: python3 packaging/run.py."),
        }
    elif not isinstance(error, (ValueError, TypeError, RuntimeError)):
        fields["remedy"] = say("Copy the details and send them to the makers of FitStudio.")
    return fields | {"details": details, "fixes": [fix.to_json() for fix in fixes]}


def ending(error: BaseException, process: RunProcess) -> Ending:
    """The ending of a run that an error has ended; a stop is no error."""
    if isinstance(error, StopRun):
        reason = Reason.SYSTEM if error.by == "system" else Reason.PERSON
        return Ending(Outcome.STOPPED, reason)
    described = card(
        error,
        values=process.known.get("values", {}),
        last_epoch_saved=process.known.get("last_epoch_saved"),
    )
    return Ending(Outcome.FAILED, reason_of(error), {"error": described})


def reason_of(error: BaseException) -> Reason:
    """Why the run ended, for `run_ended`."""
    if isinstance(error, not_finite.NotFiniteError):
        return Reason.NOT_FINITE
    return Reason.OUT_OF_MEMORY if is_out_of_memory(error) else Reason.ERROR


def _sentence(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0]
    return text if text else say("The training ended with {kind}.", kind=type(error).__name__)


def _safe(last_epoch_saved: int | None) -> str:
    if last_epoch_saved is None:
        return say_marked(_NOTHING_YET)
    return say(
        "The weights after epoch {last_epoch_saved} and all epochs before are kept.",
        last_epoch_saved=last_epoch_saved + 1,
    )


def _smaller_batches(values: Mapping[str, Any]) -> list[Fix]:
    size = values.get("fit.batch_size") or DEFAULT_BATCH_SIZE
    if not isinstance(size, int) or size < 2:
        return []
    return [Fix(say("Batches of {size}", size=size // 2), {"fit.batch_size": size // 2})]
