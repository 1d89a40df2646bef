"""What was decided already, by the program or a person: said, with the way to decide otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.parameters.split import GROUP, LAST
from fitstudio.declared.resolved import Resolved
from fitstudio.declared.task.columns import kept_rows
from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    CONSTANT,
    ID,
    NUMBER,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.declared.task.time_order import time_order
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_count, listed, strong

# So many columns are named for each reason; wide files leave out a thousand.
_NAMED = 8
_ROLES = ("fit.x", "fit.y")
# Findings at settings of the training that are about what the rows of the file are.
_ABOUT_ROWS = frozenset(
    {
        "fit.sorted-rows",
        "fit.class-not-trained",
        "fit.shares-differ",
        "fit.things-on-both-sides",
        "fit.sample_weight-named",
    }
)
_ROWS_LEFT_OUT = "data.rows-left-out"
_MANY_CLASSES = 50


@dataclass(frozen=True)
class Decision:
    """One thing that was decided.

    Args:
        title: What it is about.
        detail: What was decided.
        finding: Both in one sentence, with the change that decides otherwise.
    """

    title: str
    detail: str
    finding: Finding


def decisions(resolved: Resolved, summary: DatasetSummary | None) -> list[Decision]:
    """Everything that was decided about rows and columns.

    Args:
        resolved: The specification with its final values.
        summary: What is known about the data; without it nothing is known to be decided.
    """
    if summary is None:
        return []
    values = {key: each.value for key, each in resolved.values.items()}
    return [
        *_missing(resolved, values, summary),
        *_order(values, summary),
        *_classes(values, summary),
        *_left_out(values, summary),
    ]


def open_findings(resolved: Resolved, summary: DatasetSummary | None) -> list[Finding]:
    """What there is to mend or to look at: in the settings, and in the file itself."""
    found = list(resolved.findings)
    # The same thing may be seen from both sides; the settings know more about it.
    codes = {each.code for each in found}
    return found + [
        each for each in (summary.findings if summary else ()) if each.code not in codes
    ]


def everything_found(resolved: Resolved, summary: DatasetSummary | None) -> list[Finding]:
    """All that there is to say, the same for window and terminal: open things first."""
    decided = [each.finding for each in decisions(resolved, summary)]
    return [*open_findings(resolved, summary), *decided]


def about_data(finding: Finding) -> bool:
    """Whether a finding is about the file and what its columns and rows are for."""
    where = finding.where
    return where.startswith("data.") or where in _ROLES or finding.code in _ABOUT_ROWS


def _told(code: str, where: str, title: str, detail: str, fix: Fix | None) -> Decision:
    finding = Finding(code, Severity.TOLD, where, f"{title}: {detail}.", fix)
    return Decision(title.replace("**", ""), detail.replace("**", ""), finding)


def _missing(
    resolved: Resolved, values: Mapping[str, Any], summary: DatasetSummary
) -> Iterator[Decision]:
    """What becomes of rows with gaps, which is a decision also where nobody made it."""
    if any(each.code == _ROWS_LEFT_OUT for each in resolved.findings):
        return
    used = [*(values["fit.x"] or ()), *(values["fit.y"] or ())]
    complete = summary.complete_rows_for(used)
    if not used or complete is None or complete == summary.rows:
        return
    columns = [each for each in summary.columns if each.name in used and each.has_gaps]
    most = sorted(columns, key=lambda each: -(each.missing + each.infinite))[:2]
    where = ", ".join(
        say(
            "{each} in {missing}",
            each=each.name,
            missing=format_count(each.missing + each.infinite),
        )
        for each in most
    )
    title = say(
        "{rows} with missing values",
        rows=say_count(summary.rows - complete, "{number} row", "{number} rows"),
    )
    if values["data.missing"] == "fill":
        fix = Fix(say("Leave them out"), {"data.missing": None})
        yield _told(
            "data.filled", "data.missing", title, say("{where}: filled in", where=where), fix
        )
        return
    chosen = [each for each in summary.columns if each.name in used]
    filled = kept_rows({**values, "data.missing": "fill"}, summary, chosen)
    helps = filled.used > complete
    fix = Fix(say("Fill them in"), {"data.missing": "fill"}) if helps else None
    yield _told("data.left-out", "data.missing", title, say("{where}: left out", where=where), fix)


def _order(values: Mapping[str, Any], summary: DatasetSummary) -> Iterator[Decision]:
    targets = values["fit.y"] or ()
    by = values.get("data.split_column")
    if values.get("data.split") == GROUP and isinstance(by, str):
        title = say("Rows of one {column}", column=strong(by))
        fix = Fix(say("Part them row by row"), {"data.split": None, "data.split_column": None})
        detail = say("stay on one side of the split")
        yield _told("data.whole-groups", "data.split", title, detail, fix)
    if values.get("data.split", LAST) != LAST:
        return
    if values["data.row_order"] == "random":
        columns = [summary.column(name) for name in targets]
        by = next((each.name for each in columns if each is not None and each.sorted_runs), None)
        title = say("Sorted by {by}", by=by) if by else say("Order of the rows")
        fix = Fix(say("As in the file"), {"data.row_order": None})
        yield _told("data.mixed", "data.row_order", title, say("rows are picked at random"), fix)
        return
    split = values["fit.validation_data"] is None and values["fit.validation_split"]
    split = split and values.get("data.split", LAST) == LAST
    why = time_order(summary, targets) if split else ""
    if why:
        fix = Fix(say("Pick rows at random"), {"data.row_order": "random"})
        detail = say("{why}, so the last rows are held out, as a time series wants it", why=why)
        yield _told("data.in-time", "data.row_order", say("Order of the rows"), detail, fix)


def _classes(values: Mapping[str, Any], summary: DatasetSummary) -> Iterator[Decision]:
    """Numbers that are taken for classes, and dates for numbers."""
    given = values["data.columns"] or {}
    for name, settings in given.items():
        column, kind = summary.column(name), isinstance(settings, Mapping) and settings.get("type")
        if column is None or not column.numeric or column.shape:
            continue
        others: dict[str, Any] = {other: each for other, each in given.items() if other != name}
        if kind == CATEGORY:
            columns: dict[str, Any] = {**others, name: {"type": NUMBER}}
            change: dict[str, Any] = {"data.columns": columns}
            if name in (values["fit.y"] or ()):
                change |= {"compile.metrics": ["mean_absolute_error"], "compile.loss": None}
            shown = listed([label for label, _ in column.classes], most=4)
            title = (
                say("{name} holds {shown}", name=strong(name), shown=shown)
                if column.classes
                else strong(name)
            )
            fix = Fix(say("Take it for a number"), change)
            yield _told(
                "data.taken-as-classes", "data.columns", title, say("taken for classes"), fix
            )
        elif kind == NUMBER and column.dates:
            detail = say("taken for a number, the days since 1970")
            title = say("{name} holds dates", name=strong(name))
            yield _told("data.taken-as-days", "data.columns", title, detail, None)


def left_out(values: Mapping[str, Any], summary: DatasetSummary) -> list[tuple[str, str]]:
    """The columns without a role, each with what speaks against it, or nothing where that is none.

    Args:
        values: The value of every setting that names columns, by key.
        summary: What is known about the file.
    """
    return [
        (column.name, say("holds dates") if column.dates else why)
        for column, _, why in _unused(values, summary)
    ]


def _unused(
    values: Mapping[str, Any], summary: DatasetSummary
) -> Iterator[tuple[ColumnSummary, str, str]]:
    used = {*(values["fit.x"] or ()), *(values["fit.y"] or ()), values["fit.sample_weight"]}
    used.add((values["fit.validation_data"] or {}).get("column"))
    telling: dict[str, str] = {}
    for target in values["fit.y"] or ():
        telling.update((name, str(target)) for name in summary.telling(target))
    for column in summary.columns:
        if column.name in used:
            continue
        if column.name in summary.row_names:
            yield column, say("row names"), str(say("says which rows belong together"))
        else:
            yield column, *_against(column, telling)


def _left_out(values: Mapping[str, Any], summary: DatasetSummary) -> Iterator[Decision]:
    """Each column that is no input, with what speaks against it; nothing is left out unsaid."""
    named: dict[str, int] = {}
    for column, reason, why in _unused(values, summary):
        if not why:
            continue
        named[reason] = named.get(reason, 0) + 1
        if named[reason] <= _NAMED:
            fix = _use(values, summary, column)
            title, detail = f"{strong(column.name)} {why}", say("left out of the inputs")
            yield _told("fit.x-left-out", "fit.x", title, detail, fix)
    more = sum(max(0, count - _NAMED) for count in named.values())
    if more:
        title, detail = (
            say(
                "{more} likewise",
                more=say_count(more, "{number} more column", "{number} more columns"),
            ),
            say("left out of the inputs"),
        )
        yield _told("fit.x-left-out", "fit.x", title, detail, None)


def _against(column: ColumnSummary, telling: Mapping[str, str]) -> tuple[str, str]:
    """Why a column makes no good input, by kind and in words; empty if nothing speaks against."""
    if column.dates:
        # As long as they are text, the file's own finding says so and offers to count days.
        return ("dates", say("holds dates")) if column.numeric else ("", "")
    if column.repeats:
        return "repeats", say("names things that have several rows each")
    known = {
        ID: say("is different in every row"),
        CONSTANT: say("is always the same"),
        TEXT: say("holds free text"),
    }
    if column.type in known:
        return column.type, known[column.type]
    if column.name in telling:
        return "telling", say("tells {telling} all by itself", telling=telling[column.name])
    if column.mostly_missing:
        return "missing", say(
            "is missing in {missing}",
            missing=say_count(column.missing, "{number} row", "{number} rows"),
        )
    if column.type == CATEGORY and len(column.classes) > _MANY_CLASSES:
        return "classes", say("has {classes} classes", classes=format_count(len(column.classes)))
    return "", ""


def _use(values: Mapping[str, Any], summary: DatasetSummary, column: ColumnSummary) -> Fix | None:
    """Makes the column an input, where a model could take it."""
    if column.type not in (NUMBER, CATEGORY):
        return None
    return Fix(say("Use it"), {"fit.x": _in_file_order(summary, values["fit.x"], column.name)})


def _in_file_order(summary: DatasetSummary, names: Sequence[str] | None, added: str) -> list[str]:
    place = {name: number for number, name in enumerate(summary.names)}
    return sorted({*(names or ()), added}, key=lambda name: place.get(name, math.inf))
