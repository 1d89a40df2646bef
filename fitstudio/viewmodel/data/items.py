"""What was found in the data and what is still to decide, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fitstudio.declared.checks.decisions import Decision, about_data, decisions, open_findings
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import (
    DatasetSummary,
)
from fitstudio.viewmodel.shell.session import ProjectSession


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of what was found in the data.

    Args:
        look: error, warning, info or done.
        title: What was found.
        detail: What it means.
        button: What the button says; none if empty.
        values: What the button sets, by key.
        text: What undo calls that.
        where: The setting that it stands at.
        code: The finding's stable name, by which terminal and window show the same.
    """

    look: str
    title: str
    detail: str = ""
    button: str = ""
    values: Mapping[str, Any] | None = None
    text: str = ""
    where: str = "data.file"
    code: str = ""


def items_of(session: ProjectSession, summary: DatasetSummary) -> list[Item]:
    """What was found and what is to decide: the gravest first."""
    items = [
        _of_finding(each) for each in open_findings(session.resolved, summary) if about_data(each)
    ]
    items += [_of_decision(each) for each in decisions(session.resolved, summary)]
    order = {"error": 0, "warning": 1, "info": 2, "done": 3}
    return sorted(items, key=lambda item: order[item.look])


def _of_finding(finding: Finding) -> Item:
    looks = {
        Severity.ERROR: "error",
        Severity.ADVICE: "warning",
        Severity.NO_EFFECT: "info",
        Severity.TOLD: "done",
    }
    title, _, detail = finding.sentence.partition(". ")
    fix = finding.fix
    return Item(
        look=looks[finding.severity],
        title=title if detail else title.rstrip("."),
        detail=detail,
        button=fix.sentence if fix else "",
        values=fix.set if fix else None,
        text=fix.sentence if fix else "",
        where=finding.where,
        code=finding.code,
    )


def _of_decision(decision: Decision) -> Item:
    return replace(_of_finding(decision.finding), title=decision.title, detail=decision.detail)
