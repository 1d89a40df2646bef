"""What columns of the data are to a model: numbers, categories, arrays; and the rows they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.preparations import DATE, DROP, TEXT_WAYS
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import (
    ARRAY,
    CATEGORY,
    CONSTANT,
    ID,
    NUMBER,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)

# Types that no model can take as they are.
LEFT_OUT = frozenset({TEXT})

# Where a picture begins, and how much longer than wide it may be; where a signal begins.
_LEAST_SIDE = 5
_MOST_ASPECT = 4
_LEAST_SIGNAL = 64


@dataclass(frozen=True)
class Rows:
    """How many rows are used, and whether that is exact."""

    used: int
    exact: bool


def chosen(summary: DatasetSummary, names: Sequence[str] | None) -> tuple[ColumnSummary, ...]:
    """The columns of these names, those left out that do not exist."""
    by_name = {column.name: column for column in summary.columns}
    return tuple(by_name[name] for name in names or () if name in by_name)


def role_type(spec: RunSpec, column: ColumnSummary) -> str:
    """What a column is taken for: number, category, array or text."""
    settings = spec.get("data.columns")
    wanted = None
    if settings and isinstance(settings, Mapping):
        given = settings.get(column.name)
        wanted = given.get("type") if isinstance(given, Mapping) else None
        prepare = given.get("prepare") if isinstance(given, Mapping) else None
        if wanted is None and prepare in TEXT_WAYS and not column.shape:
            return CATEGORY
        if wanted is None and prepare == DATE and column.dates and not column.shape:
            return NUMBER
    if wanted == CATEGORY and not column.shape:
        return CATEGORY
    if wanted == NUMBER and column.numeric:
        return ARRAY if column.shape else NUMBER
    if column.shape:
        return ARRAY if column.numeric else TEXT
    if column.type == CATEGORY:
        return CATEGORY
    if column.type in (ID, CONSTANT, NUMBER, ARRAY) and column.numeric:
        return NUMBER
    # Text with few different values is as good as a category.
    return (
        CATEGORY
        if column.type == TEXT and column.classes
        else (CATEGORY if column.type == CONSTANT else TEXT)
    )


def usual_model(columns: Sequence[ColumnSummary]) -> str:
    """The kind of model that people take first for such inputs.

    A picture has two long sides of about the same length; a table of many steps and few channels
    is a signal, as is one long row of an array. Single values are a table's, however many.
    """
    shape = max((column.shape for column in columns), key=len, default=())
    if len(shape) == 3:
        return "cnn2d"
    if len(shape) == 2:
        return "cnn2d" if is_picture(shape) else "cnn1d"
    if len(shape) == 1 and shape[0] >= _LEAST_SIGNAL:
        return "cnn1d"
    return "mlp"


def is_picture(shape: Sequence[int]) -> bool:
    """Whether a sample of this shape is a picture: two long sides, and a few channels or none."""
    if len(shape) == 3:
        return True
    if len(shape) != 2:
        return False
    short, long = sorted(shape)
    return short >= _LEAST_SIDE and long <= _MOST_ASPECT * short


def kept_rows(
    values: Mapping[str, Any], summary: DatasetSummary, columns: Sequence[ColumnSummary]
) -> Rows:
    """The rows that are left when those with a missing value are left out.

    A value too large for training counts as missing. Only gaps of single inputs can be filled.
    """
    targets = set(values["fit.y"] or ())
    weights = values["fit.sample_weight"]
    must_be_there = {*targets, weights}
    columns = (*columns, *chosen(summary, [weights] if weights else []))
    asked = values.get("data.columns")
    own = asked if isinstance(asked, Mapping) else {}

    def drops(name: str) -> bool:
        settings = own.get(name)
        said = settings.get("missing") if isinstance(settings, Mapping) else None
        return (said or values["data.missing"]) == DROP

    counted = {
        column.name: min(summary.rows, max(1, column.missing + column.infinite))
        for column in columns
        if column.has_gaps and (drops(column.name) or column.name in must_be_there or column.shape)
    }
    known = summary.complete_rows_for(counted)
    if known is not None:
        return Rows(known, exact=summary.sampled_rows is None)
    most = summary.rows - max(counted.values(), default=0)
    least = max(0, summary.rows - sum(counted.values()))
    if len(counted) < 2:
        return Rows(most, exact=summary.sampled_rows is None)
    if summary.complete_rows is not None and least <= summary.complete_rows <= most:
        names = {column.name for column in columns}
        all_counted = all(each.name in names for each in summary.columns if each.has_gaps)
        return Rows(summary.complete_rows, exact=all_counted and summary.sampled_rows is None)
    return Rows(least, exact=False)
