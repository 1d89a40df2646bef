"""Looks at the parts of a file side by side: copies, drift, classes, leaks, numbers far out.

Whatever is judged by values is judged by rows that train and rows that check; the test part is only
counted. Every look costs a number of steps that grows with the rows and columns, no faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.parts import part_leaks
from fitstudio.data.preparing.parts.part_rows import PartRows, rows_of_parts
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.parameters.split import LAST, RANDOM, STRATIFIED
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import CATEGORY, ID, ColumnSummary, DatasetSummary
from fitstudio.declared.task.parts_report import PartsReport, parts_key
from fitstudio.declared.task.split import measures
from fitstudio.declared.task.time_order import time_order
from fitstudio.errors import FitStudioError
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import format_value, listed, strong

# Arrays beyond this are not read through for a check.
_MOST_ARRAY_BYTES = 256 << 20
_ROWS_NAMED = 20
# Below this, rows that happen to be alike are no news.
_FEWEST_COPIES = 3
_LEAST_COPIES = 0.03
# Rows are nearly the same where no number differs by more than about this part of its spread.
_NEARLY = 0.005
_FEWEST_MEASURES = 4
# Values so many middle halves away from the middle are far out.
_FAR_OUT = 15.0
_FAR_OUT_IN_LOGARITHM = 6.0
_MOST_FAR_OUT = 0.01
_FEWEST_ROWS = 40
# Two parts whose distributions are so far apart are not of one kind.
_DRIFT = 0.5


def report_on_parts(source: Source, summary: DatasetSummary, spec: RunSpec) -> PartsReport | None:
    """What there is to say about the parts; None where they are too large to be looked at.

    Args:
        source: The opened file.
        summary: What is known about it.
        spec: The settings.
    """
    key = parts_key(spec.get)
    names = [*(spec.get("fit.x") or ()), *(spec.get("fit.y") or ())]
    if not names or any(name not in source.names for name in names) or source.problems():
        return None
    arrays = [source.array(name) for name in names if source.column(name).shape]
    size = sum(
        float(np.prod(each.shape, dtype=np.float64)) * each.dtype.itemsize for each in arrays
    )
    if size > _MOST_ARRAY_BYTES or any(getattr(each, "is_slow", False) for each in arrays):
        return None
    try:
        rows = rows_of_parts(source, spec)
    except FitStudioError as problem:
        if not (problem.code or "").startswith("split."):
            return None  # other checks say it
        return PartsReport(key=key, findings=(_refused(problem),))
    found = [
        *_classes(source, rows),
        *_copies(source, spec, rows),
        *(() if time_order(summary, spec.get("fit.y")) else _drift(source, spec, rows)),
        *part_leaks.find_leaks(source, summary, spec, rows),
        *_outliers(source, spec, rows),
    ]
    return PartsReport(
        key=key,
        training=len(rows.training),
        validation=len(rows.validation),
        test=len(rows.test),
        findings=tuple(found),
    )


def _refused(problem: FitStudioError) -> Finding:
    fix = None
    if problem.code == "split.class-not-trained":
        fix = Fix(
            say("Split stratified instead"), {"data.split": STRATIFIED, "data.split_column": None}
        )
    sentence = f"{problem.message} {problem.remedy or ''}".strip()
    return Finding(str(problem.code), Severity.ERROR, "data.split", sentence, fix)


def _advice(
    code: str, where: str, sentence: str, fix: Fix | None = None, rows: np.ndarray | None = None
) -> Finding:
    named = () if rows is None else tuple(int(row) + 1 for row in rows[:_ROWS_NAMED])
    return Finding(code, Severity.ADVICE, where, sentence, fix, named)


def _stratify() -> Fix:
    return Fix(say("Split stratified"), {"data.split": STRATIFIED, "data.split_column": None})


def _classes(source: Source, rows: PartRows) -> Iterator[Finding]:
    """Classes that are only trained on, or only checked on."""
    if not len(rows.validation) or not rows.own_file or not rows.is_sure:
        return
    for output in rows.task.outputs:
        if output.class_column is None:
            continue
        labels = source.scalars(output.class_column, CATEGORY).labels()
        train, check = (
            {str(each) for each in labels[part]} for part in (rows.training, rows.validation)
        )
        counts = {label: int((labels[rows.training] == label).sum()) for label in train - check}
        unlearned = sorted(check - train)
        if unlearned:
            held_out = np.isin(labels[rows.validation].astype(str), unlearned)
            yield Finding(
                "fit.class-not-trained",
                Severity.ERROR,
                "fit.validation_split",
                say_count(
                    len(unlearned),
                    "{classes} stands only in rows that check: the model would never be trained "
                    "on this class.",
                    "{classes} stand only in rows that check: the model would never be trained "
                    "on these classes.",
                    classes=strong(listed(unlearned)),
                ),
                _stratify() if rows.is_free else None,
                tuple(int(row) + 1 for row in rows.validation[held_out][:_ROWS_NAMED]),
            )
        unchecked = sorted(label for label, count in counts.items() if count >= 5)
        if unchecked and not unlearned:
            yield _advice(
                "fit.class-not-checked",
                "fit.validation_split",
                say(
                    "No row of {classes} checks the model: the score says nothing about it.",
                    classes=strong(listed(unchecked)),
                ),
                _stratify() if rows.is_free else None,
            )


def _copies(source: Source, spec: RunSpec, rows: PartRows) -> Iterator[Finding]:
    """Rows that check whose inputs are those of rows that train, exactly or nearly."""
    if not len(rows.validation) or not rows.own_file:
        return
    columns = [source.column(name) for name in spec.get("fit.x") if name not in spec.get("fit.y")]
    measured = [each for each in columns if not each.shape and measures(each)]
    # Of few kinds of things many are alike; so are rows with a single number.
    if not any(each.shape for each in columns) and len(measured) < 2:
        return
    for nearly in (False, True):
        if nearly and (len(measured) < _FEWEST_MEASURES or len(measured) < len(columns) / 2):
            return
        found = _same(source, columns, rows, nearly=nearly)
        if len(found) < max(_FEWEST_COPIES, _LEAST_COPIES * len(rows.validation)):
            continue
        if nearly:
            said = say_count(
                len(found),
                "{number} of {rows} rows that check has nearly the same inputs as a row that "
                "trains: the score would look better than it is for new ones.",
                "{number} of {rows} rows that check have nearly the same inputs as rows that "
                "train: the score would look better than it is for new ones.",
                rows=len(rows.validation),
            )
        else:
            said = say_count(
                len(found),
                "{number} of {rows} rows that check has the same inputs as a row that trains: "
                "the score would look better than it is for new ones.",
                "{number} of {rows} rows that check have the same inputs as rows that train: "
                "the score would look better than it is for new ones.",
                rows=len(rows.validation),
            )
        reason = say(
            "Which of them are repeats of one measurement, only you can know: a column that names "
            "them would keep them on one side (data.split)."
        )
        yield _advice(
            "split.near-copies" if nearly else "split.copies", "data.split",
            sentences(said, reason), rows=found,
        )  # fmt: skip
        return


def _same(
    source: Source, columns: list[ColumnSummary], rows: PartRows, *, nearly: bool
) -> np.ndarray:
    """The rows that check which have the inputs of a row that trains."""
    train, check = rows.training, rows.validation
    # Two grids, so that the edge of a cell parts no two rows in both of them.
    found = np.zeros(len(check), bool)
    for shift in (0.0, 0.5) if nearly else (0.0,):
        keys = np.zeros(source.rows, np.uint64)
        for column in columns:
            keys = keys * np.uint64(0x9E3779B97F4A7C15) + _codes(source, column, shift, nearly)
            keys ^= keys >> np.uint64(29)
        found |= np.isin(keys[check], keys[train])
    return check[found]


def _codes(source: Source, column: ColumnSummary, shift: float, nearly: bool) -> np.ndarray:
    """A number for each row of a column, the same for what counts as the same."""
    if column.shape:
        array = np.asarray(source.array(column.name)).reshape(source.rows, -1)
        draw = np.random.default_rng(5).integers(1, 2**63, array.shape[1], dtype=np.uint64)
        whole = np.ascontiguousarray(array.astype(np.float64) + 0.0).view(np.uint64)
        return ((whole ^ (whole >> np.uint64(31))) * draw).sum(axis=1, dtype=np.uint64)
    values = source.scalars(column.name)
    if nearly and measures(column):
        numbers = values.numbers()
        cell = _NEARLY * (column.std or 1.0)
        return np.floor(np.nan_to_num(numbers / cell) + shift).astype(np.int64).view(np.uint64)
    _, codes = np.unique(values.labels().astype(str), return_inverse=True)
    return codes.astype(np.uint64)


def _drift(source: Source, spec: RunSpec, rows: PartRows) -> Iterator[Finding]:
    """The input whose values in the rows that check are most unlike those that train."""
    if min(len(rows.training), len(rows.validation)) < _FEWEST_ROWS // 2 or not rows.own_file:
        return
    worst: tuple[float, str] | None = None
    for name in spec.get("fit.x"):
        column = source.column(name)
        if (
            column.shape
            or not measures(column)
            or column.dates
            or column.order
            or column.type == ID
        ):
            continue
        values = source.scalars(name).numbers()
        distance = _distance(values[rows.training], values[rows.validation])
        if worst is None or distance > worst[0]:
            worst = distance, name
    if worst is None or worst[0] < _DRIFT:
        return
    free = rows.is_free and spec.get("data.split") == LAST and spec.get("data.row_order") == "file"
    middles = [
        float(np.nanmedian(source.scalars(worst[1]).numbers()[part]))
        for part in (rows.training, rows.validation)
    ]
    yield _advice(
        "split.drift",
        "data.split",
        say(
            "{column} is another in the rows that check than in those that train: half of the "
            "values are below {checking} there and below {training} here. The score tells of "
            "other rows than the model learned from.",
            column=strong(worst[1]),
            training=format_value(middles[0]),
            checking=format_value(middles[1]),
        ),
        Fix(say("Draw the rows at random"), {"data.split": RANDOM})
        if free and rows.is_free
        else None,
    )


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """How far two distributions are apart, from 0 to 1 (Kolmogorov and Smirnov), less chance."""
    first, second = (np.sort(each[np.isfinite(each)]) for each in (first, second))
    if not len(first) or not len(second):
        return 0.0
    both = np.concatenate([first, second])
    below = [np.searchsorted(each, both, side="right") / len(each) for each in (first, second)]
    by_chance = 1.6 * np.sqrt(1 / len(first) + 1 / len(second))
    return float(np.abs(below[0] - below[1]).max()) - by_chance + 0.2


@dataclass(frozen=True)
class _FarOut:
    """Places of values that are far out, and the middle half of all."""

    rows: np.ndarray
    least: float
    most: float


def _outliers(source: Source, spec: RunSpec, rows: PartRows) -> Iterator[Finding]:
    """Single numbers that are far from all others, in columns that are used."""
    seen = np.concatenate([rows.training, rows.validation]) if rows.own_file else rows.training
    for name in [*spec.get("fit.x"), *spec.get("fit.y")]:
        column = source.column(name)
        if column.shape or not measures(column) or column.dates or column.type == ID:
            continue
        found = _far_out(source.scalars(name).numbers()[seen])
        if found is None:
            continue
        which = np.sort(seen[found.rows])
        value = source.scalars(name).numbers()[which[0]]
        yield _advice(
            "data.outliers",
            "data.columns",
            say_count(
                len(which),
                "{number} value of {column} is far from all others: {value} in row {row}, where "
                "half of them are from {least} to {most}. If it is a mistake, mend or empty the "
                "cell; the program cannot know.",
                "{number} values of {column} are far from all others, the first {value} in row "
                "{row}, where half of them are from {least} to {most}. If they are mistakes, mend "
                "or empty the cells; the program cannot know.",
                column=strong(name),
                value=format_value(float(value), 6),
                row=int(which[0]) + 1,
                least=format_value(found.least),
                most=format_value(found.most),
            ),
            rows=which,
        )


def _far_out(values: np.ndarray) -> _FarOut | None:
    """Where values are far out, on their own scale and, of positive ones, in their logarithm."""
    present = values[np.isfinite(values)]
    if len(present) < _FEWEST_ROWS:
        return None
    least, middle, most = np.percentile(present, [25, 50, 75])
    if most <= least:
        return None
    far = np.abs(values - middle) > _FAR_OUT * (most - least)
    if present.min() > 0:
        low, centre, high = np.log([least, middle, most])
        with np.errstate(invalid="ignore"):
            far &= np.abs(np.log(values) - centre) > _FAR_OUT_IN_LOGARITHM * (high - low)
    if not far.any() or far.sum() > max(2, _MOST_FAR_OUT * len(present)):
        return None
    return _FarOut(np.flatnonzero(far), float(least), float(most))
