"""Which column a file most likely wants predicted; none where nothing but a guess would say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fitstudio.declared.parameters.sources import joined_name, parted_name
from fitstudio.declared.task.dataset_summary import (
    ARRAY,
    CATEGORY,
    NUMBER,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.words import say

_GOAL_NAME = re.compile(
    r"(?i)^(y|y_?train|target|targets|label|labels|class|classes|outcome|output|response|species|"
    r"diagnosis|category|type|quality|result|digit|state|fault|condition)$"
)
# Words for nothing but a goal; a type, a state or a condition is just as often an input.
_CLEAR_NAME = re.compile(
    r"(?i)^(y_?train|target|targets|label|labels|class|classes|outcome|diagnosis)$"
)
_TRAINING_WORD = re.compile(r"(?i)^(train|training|learn|learning)[_ -]?\d*$")
_CHECKING_WORD = re.compile(
    r"(?i)^(val|valid|validate|validation|test|testing|dev|development|holdout|hold-out|eval|"
    r"evaluation)[_ -]?\d*$"
)
_GIVEN_NAME = re.compile(r"^column_\d+$")
_NUMBERED = re.compile(r"^(\D*?)([-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)((?:[^\d.,].*)?)$")
_FEWEST_OF_A_FAMILY = 3
_MOST_CLASSES = 100


@dataclass(frozen=True)
class Likely:
    """A column that could be the target.

    Args:
        column: Its name.
        why: What speaks for it, as a clause after "since".
        sure: Whether it can be taken without asking.
    """

    column: str
    why: str
    sure: bool


def likely_target(summary: DatasetSummary) -> Likely | None:
    """The column that is most likely to be predicted.

    A name never decides alone: where the column stands, what it holds, or that no other could be
    meant has to agree.

    Returns:
        The column; None where there is none that could be predicted.
    """
    if summary.sources:
        return _among_several(summary)
    family = numbered_family([column.name for column in summary.columns])
    possible = [c for c in summary.columns if _can_be_target(c)]
    if not possible or len(summary.columns) < 2:
        return None
    if summary.kind != "table" and any(c.shape for c in summary.columns):
        return _beside_arrays(possible)
    outside = [c for c in possible if c.name not in family]
    ends = [c for c in (summary.columns[-1], summary.columns[0]) if c in outside]
    named = [c for c in outside if _GOAL_NAME.match(c.name)]
    for column in named:
        if column in ends:
            place = "last" if column is summary.columns[-1] else "first"
            return Likely(
                column.name, say("it stands {place} and is named so", place=place), sure=True
            )
    clear = [c for c in named if _CLEAR_NAME.match(c.name)]
    rivals = [c for c in ends if c.type == CATEGORY]
    if len(clear) == 1 and (clear[0].type == CATEGORY or not rivals):
        return Likely(clear[0].name, say("no other column could be meant by its name"), sure=True)
    if family and len(outside) == 1:
        return Likely(outside[0].name, say("all other columns belong together"), sure=True)
    classes = [c for c in ends if c.type == CATEGORY and not family]
    if classes:
        place = "last" if classes[0] is summary.columns[-1] else "first"
        return Likely(
            classes[0].name, say("it holds classes and stands {place}", place=place), sure=True
        )
    # Classes in the middle whose name says so, beside a number at the end: who knows?
    named = [c for c in named if c.type == CATEGORY]
    best = (named or outside or possible)[-1]
    sure = best is summary.columns[-1] and not family and not named
    return Likely(best.name, say("it stands last"), sure=sure)


def _among_several(summary: DatasetSummary) -> Likely | None:
    """Of several files: what stands alone in its file, else what the last of them would be for."""
    columns: dict[str, list[ColumnSummary]] = {source.name: [] for source in summary.sources}
    for column in summary.columns:
        if column.name not in summary.row_names:
            source, bare = parted_name(column.name)
            columns[source].append(replace(column, name=bare))
    alone = [
        joined_name(source, found[0].name)
        for source, found in columns.items()
        if len(found) == 1 and not found[0].shape and _can_be_target(found[0])
    ]
    if len(alone) == 1 and sum(map(len, columns.values())) > 1:
        return Likely(alone[0], say("it stands alone in its file"), sure=True)
    for source in reversed(summary.sources):
        own = replace(summary, kind=source.kind, columns=tuple(columns[source.name]), sources=())
        found = likely_target(own)
        if found is not None:
            return replace(found, column=joined_name(source.name, found.column))
    return None


def numbered_family(names: Sequence[str]) -> frozenset[str]:
    """Columns whose names count on: the wavelengths of a spectrum, x1, x2, x3, pixels.

    None of them stands out from the others, so that none is a target by its place.
    """
    found: set[str] = set()
    row: list[str] = []
    before: tuple[str, str, float] | None = None
    direction = 0.0
    for name in (*names, ""):
        parts = _NUMBERED.match(name.strip())
        now = None
        if parts is not None and not _GIVEN_NAME.match(name):
            now = (parts[1], parts[3], float(parts[2].replace(",", ".")))
        follows = before is not None and now is not None and before[:2] == now[:2]
        step = now[2] - before[2] if before is not None and now is not None and follows else 0.0
        if follows and step and (not direction or (step > 0) == (direction > 0)):
            row.append(name)
            direction = step
        else:
            found.update(row if len(row) >= _FEWEST_OF_A_FAMILY else ())
            row, direction = [name], 0.0
        before = now
    return frozenset(found)


def parts_of(column: ColumnSummary) -> list[str]:
    """The values that mark rows to check on, where all values say what their rows are for."""
    labels = [label for label, _ in column.classes]
    checking = [label for label in labels if _CHECKING_WORD.match(label.strip())]
    training = [label for label in labels if _TRAINING_WORD.match(label.strip())]
    whole = len(checking) + len(training) == len(labels)
    return checking if checking and training and whole else []


def _can_be_target(column: ColumnSummary) -> bool:
    # Times that are counted from a moment ("hours since 2000-01-01") are an axis, as dates are.
    if column.repeats or column.dates or parts_of(column) or " since " in (column.unit or ""):
        return False
    if column.type == CATEGORY:
        return 2 <= len(column.classes) <= _MOST_CLASSES
    if column.type == ARRAY:
        return len(column.shape) == 1
    return column.type == NUMBER


def _beside_arrays(possible: Sequence[ColumnSummary]) -> Likely:
    # Beside arrays of inputs, the single values are what they mean.
    single = [c for c in possible if not c.shape]
    named = [c for c in single or possible if _GOAL_NAME.match(c.name)]
    if len(single) == 1:
        return Likely(single[0].name, say("it is the only one with a single value"), sure=True)
    column = (named or single or possible)[0 if named else -1]
    return Likely(column.name, say("it stands beside the arrays"), sure=bool(single) or bool(named))
