"""Checks of the rows that train against those that check: classes in both, nobody on both sides."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.parameters.split import GROUP, LAST, RANDOM, STRATIFIED
from fitstudio.declared.task.dataset_summary import ColumnSummary
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.task import CLASSIFICATION
from fitstudio.words import say, say_count, saying
from fitstudio.words.nouns import several
from fitstudio.words.numbers import counted, format_count, listed, percent, strong

NOT_TRAINED = "fit.class-not-trained"
SHARES_DIFFER = "fit.shares-differ"
_MIX = Fix(saying.marked("Pick rows at random"), {"data.row_order": "random"})
# Shares that differ by less are worth no word, however sure it is that they do.
_LEAST_DIFFERENCE = 0.2


def check_parts(checked: Checked) -> Iterator[Finding]:
    """What is found where some rows of the file are held out, at its end or marked by a column."""
    facts = checked.facts
    if facts is not None and facts.task == CLASSIFICATION:
        yield from _classes_of_marked_rows(checked)
    held_out = facts is not None and facts.validation_rows and facts.training_rows
    by_split = checked.values["fit.validation_data"] is None
    if facts is None or checked.summary is None or not held_out or not by_split:
        return
    last = checked.values["data.split"] == LAST and not facts.test_rows
    if last and checked.values["data.row_order"] == "file" and facts.task == CLASSIFICATION:
        for column in checked.class_columns():
            yield from _classes_in_order(column, facts)
    yield from _things_on_both_sides(checked, facts)


def _classes_of_marked_rows(checked: Checked) -> Iterator[Finding]:
    """Classes all of whose rows are marked to check on: the model would never see them."""
    given = checked.values["fit.validation_data"]
    if checked.summary is None or not given or "column" not in given:
        return
    marks = {str(value) for value in given["values"]}
    for column in checked.class_columns():
        absent = [
            label
            for name, label, other, values in checked.summary.only_with
            if (name, other) == (column.name, given["column"]) and marks.issuperset(values)
        ]
        if absent:
            yield error(
                NOT_TRAINED,
                "fit.validation_data",
                say_count(
                    len(absent),
                    "{classes} stands only in rows that {marker} marks for checking: it would "
                    "never be trained on this class.",
                    "{classes} stand only in rows that {marker} marks for checking: it would "
                    "never be trained on these classes.",
                    classes=strong(listed(absent)),
                    marker=strong(given["column"]),
                ),
                Fix(
                    say("Hold out 20 % at random instead"),
                    {
                        "fit.validation_data": None,
                        "fit.validation_split": 0.2,
                        "data.row_order": "random",
                    },
                ),
            )


def _classes_in_order(column: ColumnSummary, facts: Facts) -> Iterator[Finding]:
    if len(column.class_starts) != len(facts.class_names):
        return
    # Rows may be left out before a class begins: only what is sure is said.
    absent = [
        label
        for label, start in zip(facts.class_names, column.class_starts, strict=True)
        if start - facts.left_out >= facts.training_rows
    ]
    if absent:
        stands = "stands" if len(absent) == 1 else "stand"
        yield error(
            NOT_TRAINED,
            "fit.validation_split",
            say_count(
                len(absent),
                "{absent} {stands} only among the last {validation_rows} {rows} of the "
                "file, which check the model: it would never be trained on this class.",
                "{absent} {stands} only among the last {validation_rows} {rows} of the "
                "file, which check the model: it would never be trained on these classes.",
                absent=strong(listed(absent)),
                stands=stands,
                validation_rows=format_count(facts.validation_rows or 0),
                rows=several(facts.row_name),
            ),
            _MIX,
        )
        return
    training, checking = _counts(column, facts.training_rows / facts.used_rows)
    place = _most_unlike(training, checking)
    if place is not None:
        label = facts.class_names[place]
        yield advice(
            SHARES_DIFFER,
            "fit.validation_split",
            say(
                "{label} makes up {training} of the {rows} that train and {checking} of "
                "the last {validation_rows}, which check: the score would mislead.",
                label=strong(label),
                training=_share(training, place),
                rows=several(facts.row_name),
                checking=_share(checking, place),
                validation_rows=format_count(facts.validation_rows or 0),
            ),
            _MIX,
        )


def _counts(column: ColumnSummary, part: float) -> tuple[list[float], list[float]]:
    """Rows of each class in the first part of the file, and in the rest."""
    training, checking = [], []
    for blocks in column.class_blocks:
        limit = part * len(blocks)
        inside = [min(1.0, max(0.0, limit - number)) for number in range(len(blocks))]
        first = sum(share * count for share, count in zip(inside, blocks, strict=True))
        training.append(first)
        checking.append(sum(blocks) - first)
    return training, checking


def _most_unlike(training: Sequence[float], checking: Sequence[float]) -> int | None:
    """The class whose share differs most, where chance does not explain it; else None."""
    first, second = sum(training), sum(checking)
    if not first or not second:
        return None
    differences = [abs(a / first - b / second) for a, b in zip(training, checking, strict=True)]
    place = max(range(len(differences)), key=lambda each: differences[each])
    share = (training[place] + checking[place]) / (first + second)
    by_chance = math.sqrt(share * (1 - share) * (1 / first + 1 / second))
    # Five times what chance does, so that of a hundred classes none is found by accident.
    unlikely = differences[place] > max(_LEAST_DIFFERENCE, 5 * by_chance)
    return place if unlikely else None


def _share(counts: Sequence[float], place: int) -> str:
    return percent(round(counts[place] / sum(counts), 2))


def _things_on_both_sides(checked: Checked, facts: Facts) -> Iterator[Finding]:
    """Things with several rows each, such as patients, that the split would part."""
    assert checked.summary is not None
    kind = checked.values["data.split"]
    if kind not in (LAST, RANDOM, STRATIFIED):
        return
    mixed = kind != LAST or checked.values["data.row_order"] == "random"
    for column in checked.summary.columns:
        together = column.sorted_runs and not mixed
        if not column.repeats or together or column.name in (checked.values["fit.y"] or ()):
            continue
        things = column.distinct or len(column.classes)
        yield advice(
            "fit.things-on-both-sides",
            "fit.validation_split",
            say(
                "{column} names {things} things with about {count} each. Rows of one stand on "
                "both sides of the split: the score would look better than it is for new ones.",
                column=strong(column.name),
                things=format_count(things),
                count=counted(round(column.count / things), facts.row_name),
            ),
            Fix(
                say("Keep all rows of one {column} on one side", column=column.name),
                {"data.split": GROUP, "data.split_column": column.name},
            ),
        )
