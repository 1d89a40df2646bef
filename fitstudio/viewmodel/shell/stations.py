"""How each station of the rail stands: empty, ready, needs attention, running, done, failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fitstudio.declared.checks.decisions import open_findings
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count

_ROLES = ("fit.x", "fit.y")


@dataclass(frozen=True)
class Station:
    """How one station stands.

    Args:
        state: empty, ready, running, attention, done or failed.
        sentence: The same in words, for the tooltip and assistive tools.
        count: Shown instead of a sign where it is not None (Runs).
    """

    state: str
    sentence: str
    count: int | None = None


def station_of(key: str) -> str:
    """The page on which a setting is made."""
    if key.startswith("data.") or key in _ROLES:
        return "data"
    return "model" if key.startswith("model.") else "training"


def stations(session: ProjectSession) -> dict[str, Station]:
    """Every station of an open project."""
    return {
        "data": _data(session),
        "model": _model(session),
        "training": _training(session),
        "monitor": _monitor(session),
        "results": _results(session),
        "runs": Station(
            "ready",
            say_count(len(session.runs), "{number} run", "{number} runs"),
            len(session.runs),
        ),
        "predict": _predict(session),
    }


def _data(session: ProjectSession) -> Station:
    if session.busy_with_data:
        return Station("running", say("The data is being looked at"))
    if session.data_problem is not None:
        return Station("failed", session.data_problem.message)
    if session.spec.get("data.file") is None:
        return Station("empty", say("No data yet"))
    return _judged(session, "data") or Station("done", say("Nothing left to decide"))


def _model(session: ProjectSession) -> Station:
    judged = _judged(session, "model")
    if judged is not None:
        return judged
    if session.resolved.model_plan is None:
        return Station("empty", say("Comes after the data"))
    return Station("done", say("Fits the data"))


def _training(session: ProjectSession) -> Station:
    judged = _judged(session, "training")
    if judged is not None:
        return judged
    if session.resolved.facts is None:
        return Station("empty", say("Comes after the data"))
    return Station("ready", say("Ready to train"))


def _monitor(session: ProjectSession) -> Station:
    if session.starting:
        return Station("running", say("A run is starting"))
    if session.running is not None:
        return Station("running", session.running.sentence or say("A run is under way"))
    shown = session.run_summary(session.current_run)
    if shown is None:
        return Station("empty", say("No run yet"))
    if shown.outcome in ("failed", "interrupted"):
        return Station("failed", shown.sentence)
    return Station("done", shown.sentence)


def _results(session: ProjectSession) -> Station:
    shown = session.run_summary(session.current_run)
    if shown is None or shown.outcome is None:
        return Station("empty", say("Comes after a run"))
    if shown.measured:
        return Station("ready", say("Results of run {number}", number=shown.number))
    if shown.has_model:
        return Station(
            "ready", say("The model of run {number} is not measured yet", number=shown.number)
        )
    return Station("empty", say("Run {number} has no model", number=shown.number))


def _predict(session: ProjectSession) -> Station:
    usable = [run for run in session.runs if run.has_model]
    if not usable:
        return Station("empty", say("Comes after a run"))
    return Station(
        "ready",
        say("{usable} to use", usable=say_count(len(usable), "{number} model", "{number} models")),
    )


def _judged(session: ProjectSession, station: str) -> Station | None:
    found = open_findings(session.resolved, session.summary)
    here = [each for each in found if station_of(each.where) == station]
    serious = _first(here, Severity.ERROR) or _first(here, Severity.ADVICE)
    return Station("attention", serious.sentence.replace("**", "")) if serious else None


def _first(findings: Sequence[Finding], severity: Severity) -> Finding | None:
    return next((each for each in findings if each.severity is severity), None)
