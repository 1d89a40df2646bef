"""How many rows train, check and stay unseen, from what is known about a file that is not open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.parameters.split import COLUMN, GROUP, LAST, STRATIFIED, TIME
from fitstudio.declared.task.columns import Rows
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.declared.task.parts_report import parts_key
from fitstudio.declared.task.split import (
    PARTS,
    Sizes,
    grouped,
    measures,
    part_of,
    part_sizes,
    strata_of_numbers,
    stratified_sizes,
    training_count,
)
from fitstudio.declared.task.task import Output


@dataclass(frozen=True)
class SplitFacts:
    """The sizes of the parts.

    Args:
        training: Rows that train.
        validation: Rows that check; None for a second file that was not read.
        test: Rows that nothing sees.
        exact: Whether that is sure; else it is close.
    """

    training: int
    validation: int | None
    test: int = 0
    exact: bool = True


def split_rows(
    values: Mapping[str, Any], summary: DatasetSummary, rows: Rows, output: Output
) -> SplitFacts:
    """The sizes of the parts with these settings.

    Args:
        values: The value of every setting, defaults included.
        summary: What is known about the data.
        rows: The rows that can be used.
        output: What is predicted.
    """
    given, kind = values["fit.validation_data"], values["data.split"]
    report = summary.parts
    counted = report is not None and report.key == parts_key(values.get)
    if counted and report is not None and report.training is not None and given is None:
        return SplitFacts(report.training, report.validation, report.test)
    if is_plain(values):
        part = values["fit.validation_split"] if values["data.feed"] == "arrays" else 0.0
        training = training_count(rows.used, part)
        return SplitFacts(training, rows.used - training)
    test = values["data.test_share"]
    if given is None:
        return _divided(values, summary, rows.used, output)
    marked = 0 if "column" not in given else _marked_rows(given, summary, rows)
    unseen = part_sizes(rows.used - marked, 0.0, test).test if kind != COLUMN else 0
    training = rows.used - marked - unseen
    exact = not unseen or kind in (LAST, "random")
    return SplitFacts(training, marked if "column" in given else None, unseen, exact)


def is_plain(values: Mapping[str, Any]) -> bool:
    """Whether fit() itself holds rows out, as validation_split has it."""
    no_part = values["data.split"] == LAST and not values["data.test_share"]
    return no_part and values["fit.validation_data"] is None


def _marked_rows(given: Mapping[str, Any], summary: DatasetSummary, rows: Rows) -> int:
    column = summary.column(given["column"])
    marks = {str(value) for value in given["values"]}
    counts = column.classes if column is not None else ()
    marked = sum(count for label, count in counts if label in marks)
    return min(rows.used, round(marked * rows.used / max(1, summary.rows)))


def _divided(
    values: Mapping[str, Any], summary: DatasetSummary, used: int, output: Output
) -> SplitFacts:
    kind, seed = values["data.split"], values["data.split_seed"]
    shares = values["fit.validation_split"], values["data.test_share"]
    if kind != COLUMN and sum(shares) >= 1:
        return _by_shares(kind, used, shares)
    name = values["data.split_column"]
    column = summary.column(name) if name is not None else None
    counted = _classes(column, used)
    if kind == COLUMN:
        sizes = dict.fromkeys(PARTS, 0)
        for label, count in counted.items():
            part = part_of(label)
            if part is not None:
                sizes[part] += count
        exact = column is not None and sum(counted.values()) == used
        return SplitFacts(*(sizes[part] for part in PARTS), exact=exact)
    if kind == GROUP and counted:
        parts = grouped(counted, *shares, seed)
        sizes = dict.fromkeys(PARTS, 0)
        for label, rows in counted.items():
            sizes[parts[label]] += rows
        return SplitFacts(*(sizes[part] for part in PARTS), exact=used == summary.rows)
    if kind == STRATIFIED:
        stratum = name or output.class_column
        labelled = summary.column(stratum) if stratum else None
        if labelled is not None and name and measures(labelled):
            labelled = None
        counted = _classes(labelled, used)
        strata = [counted[label] for label in sorted(counted)] or strata_of_numbers(used)
        each = stratified_sizes(strata, *shares)
        sizes = [sum(getattr(size, part) for size in each) for part in PARTS]
        exact = used == summary.rows or stratum is None
        return SplitFacts(*sizes, exact=exact)
    return _by_shares(kind, used, shares)


def _by_shares(kind: str, used: int, shares: tuple[float, float]) -> SplitFacts:
    found: Sizes = part_sizes(used, *shares)
    exact = kind not in (TIME, GROUP)
    return SplitFacts(found.training, found.validation, found.test, exact)


def _classes(column: ColumnSummary | None, used: int) -> dict[str, int]:
    """Each value of a column with its rows; none where there are too many to be listed."""
    if column is None or not column.classes:
        return {}
    whole = sum(count for _, count in column.classes)
    if whole == used:
        return dict(column.classes)
    return {label: round(count * used / max(1, whole)) for label, count in column.classes}
