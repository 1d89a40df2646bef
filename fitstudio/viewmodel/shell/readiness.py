"""Whether training can start, in two sentences and with the setting to go to."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.declared.checks.decisions import open_findings
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.viewmodel.field_units import in_field_units
from fitstudio.words import say, say_count


@dataclass(frozen=True)
class Readiness:
    """What stands at the foot of the plain-words panel.

    Args:
        state: "success", "warning", "error", or "info" while it is not known.
        title: A few strong words.
        sentence: What it means.
        first: The finding to go to, or None.
    """

    state: str
    title: str
    sentence: str
    first: Finding | None = None


def readiness(
    resolved: Resolved,
    summary: DatasetSummary | None = None,
    *,
    spec: RunSpec | None = None,
    reading: bool = False,
    read_only: bool = False,
) -> Readiness:
    """Sum up what was found, in the settings and in the data.

    Args:
        resolved: The specification with its findings.
        summary: What is known about the data, with what was found in them.
        spec: The settings as they were made: an error is said in the unit of its field.
        reading: Whether the data are being looked at just now.
        read_only: Whether nothing can be trained or changed here.
    """
    if read_only:
        return Readiness(
            "info",
            say("Open for reading only"),
            say("Nothing can be trained or changed in this window."),
        )
    errors = resolved.errors
    if errors:
        things = say_count(len(errors), "{number} thing", "{number} things")
        sentence = say("Training cannot start before.")
        if len(errors) == 1:
            sentence = _as_at_its_field(spec, errors[0]).sentence
        return Readiness("error", say("{things} to mend", things=things), sentence, errors[0])
    if reading:
        return Readiness("info", say("Looking at the data"), say("This takes a moment."))
    found = open_findings(resolved, summary)
    advice = [each for each in found if each.severity is Severity.ADVICE]
    if advice:
        things = say_count(len(advice), "{number} thing", "{number} things")
        misleads = any(each.where.startswith("fit.validation") for each in advice)
        sentence = (
            say("You can train, but the score will mislead.") if misleads else say("You can train.")
        )
        return Readiness("warning", say("{things} to look at", things=things), sentence, advice[0])
    return Readiness("success", say("Ready to train"), say("Nothing left to look at."))


def _as_at_its_field(spec: RunSpec | None, error: Finding) -> Finding:
    """The finding as it stands at its field, where it has one."""
    param = FIXED.get(error.where)
    if spec is None or param is None:
        return error
    return in_field_units(param, spec.get(error.where), error)
