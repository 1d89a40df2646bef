"""Divides rows into their parts: at random, by classes, by groups, by time or by a column."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.parts.drawing import drawn_keys
from fitstudio.data.preparing.parts.split_rows import NO_PART, PART_NUMBERS
from fitstudio.declared.parameters.split import (
    BY_COLUMN,
    COLUMN,
    GROUP,
    RANDOM,
    STRATIFIED,
)
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.split_words import drawn_how
from fitstudio.declared.task.dataset_summary import CATEGORY
from fitstudio.declared.task.split import (
    TEST,
    TRAINING,
    VALIDATION,
    grouped,
    measures,
    part_of,
    part_sizes,
    strata_of_numbers,
    stratified_sizes,
)
from fitstudio.declared.task.task import Task
from fitstudio.errors import DataError
from fitstudio.words import say, say_count
from fitstudio.words.numbers import listed

_MOST_NAMED = 5


class Division:
    """One division of some rows."""

    def __init__(
        self,
        source: Source,
        spec: RunSpec,
        task: Task,
        rows: np.ndarray,
        kind: str,
        checking: float,
        test: float,
    ) -> None:
        self._source, self._task, self._rows, self._kind = source, task, rows, kind
        self._shares = checking, 0.0 if kind == COLUMN else test
        self._drawn_by = int(spec.get("data.split_seed"))
        chosen = spec.get("data.split_column")
        self.column = chosen if kind in (*BY_COLUMN, STRATIFIED) else None
        self.seed = self._drawn_by if kind in (RANDOM, STRATIFIED, GROUP) else None
        self.notes: list[str] = []
        if kind in BY_COLUMN and not chosen:
            raise DataError(
                say("The split needs a column, and none is chosen."),
                code="split.no-column",
                remedy=say("Choose the column that decides (data.split_column)."),
            )
        if self.column is not None:
            source.require([self.column])
            if source.column(self.column).shape:
                raise DataError(
                    say("{column} holds arrays: it cannot split the rows.", column=self.column),
                    code="split.column-of-arrays",
                    remedy=say("Choose a column with a single value in each row."),
                )

    def parts(self) -> np.ndarray:
        """For each of the rows its part."""
        match self._kind:
            case "stratified":
                return self._stratified()
            case "group":
                return self._grouped()
            case "time":
                return self._by_time()
            case "column":
                return self._by_column()
        order = np.arange(len(self._rows))
        if self._kind == RANDOM:
            order = np.argsort(drawn_keys(self._drawn_by, self._rows), kind="stable")
        return self._in_order(order)

    def _in_order(self, order: np.ndarray) -> np.ndarray:
        sizes = part_sizes(len(order), *self._shares)
        found = np.zeros(len(order), np.int8)
        found[order[sizes.training : len(order) - sizes.test]] = PART_NUMBERS[VALIDATION]
        found[order[len(order) - sizes.test :]] = PART_NUMBERS[TEST]
        return found

    def _stratified(self) -> np.ndarray:
        found = np.full(len(self._rows), NO_PART, np.int8)
        keys = drawn_keys(self._drawn_by, self._rows)
        strata = self._strata()
        each = stratified_sizes([len(places) for places in strata], *self._shares)
        for places, sizes in zip(strata, each, strict=True):
            order = places[np.argsort(keys[places], kind="stable")]
            counts = (sizes.training, sizes.validation, sizes.test)
            found[order] = np.repeat(np.arange(3, dtype=np.int8), counts)
        return found

    def _strata(self) -> list[np.ndarray]:
        """The places of the rows of each stratum."""
        name = self.column or next(
            (output.class_column for output in self._task.outputs if output.class_column), None
        )
        by_size = name is None or (
            self.column is not None and measures(self._source.column(self.column))
        )
        if not by_size:
            assert name is not None
            labels = self._labels(name)
            groups: dict[str, list[int]] = {}
            for place, label in enumerate(labels):
                if label is not None:
                    groups.setdefault(str(label), []).append(place)
            return [np.array(groups[label]) for label in sorted(groups)]
        name = name or self._first_number()
        if name is None:
            return [np.arange(len(self._rows))]
        values = self._source.scalars(name, "number").numbers()[self._rows]
        present = np.flatnonzero(np.isfinite(values))
        self._tell_left_out(len(values) - len(present), name)
        order = present[np.argsort(values[present], kind="stable")]
        ends = np.cumsum(strata_of_numbers(len(order)))
        return np.split(order, ends[:-1])

    def _first_number(self) -> str | None:
        """The first target that is one number; None where the targets are arrays."""
        columns = (column for output in self._task.outputs for column in output.columns)
        single = (each.name for each in columns if not self._source.column(each.name).shape)
        return next(single, None)

    def _grouped(self) -> np.ndarray:
        labels = self._labels(str(self.column))
        counts: dict[str, int] = {}
        for label in labels:
            if label is not None:
                counts[label] = counts.get(label, 0) + 1
        wanted = 1 + sum(share > 0 for share in self._shares)
        if len(counts) < wanted:
            raise DataError(
                say(
                    "{column} names {groups}, and {wanted} parts need at least as many groups.",
                    column=repr(self.column),
                    groups=say_count(len(counts), "{number} group", "{number} groups"),
                    wanted=wanted,
                ),
                code="split.few-groups",
                remedy=say("Choose another column, or fewer parts."),
            )
        parts = grouped(counts, *self._shares, self._drawn_by)
        numbers = {label: PART_NUMBERS[part] for label, part in parts.items()}
        return np.array([numbers.get(label, NO_PART) for label in labels], np.int8)

    def _by_time(self) -> np.ndarray:
        # Dates that stand there as words are days since 1970 where a number is wanted.
        times = self._source.scalars(str(self.column), "number").numbers()[self._rows]
        present = np.flatnonzero(np.isfinite(times))
        if not len(present):
            raise DataError(
                say("{column} holds neither dates nor numbers.", column=repr(self.column)),
                code="split.no-time",
                remedy=say("Choose the column that says when a row was measured."),
            )
        self._tell_left_out(len(times) - len(present), str(self.column))
        order = present[np.argsort(times[present], kind="stable")]
        risen = times[order]
        # Rows of one time are never parted, so that nothing of the latest is known before.
        starts = np.flatnonzero(np.concatenate(([False], risen[1:] > risen[:-1])))
        sizes = part_sizes(len(order), *self._shares)
        found = np.full(len(times), NO_PART, np.int8)
        found[order] = PART_NUMBERS[TRAINING]
        last = len(order)
        for part, size in ((TEST, sizes.test), (VALIDATION, sizes.validation)):
            before = starts[starts < last]
            if not size or not len(before):
                continue
            start = int(before[np.argmin(np.abs(before - (last - size)))])
            found[order[start:last]] = PART_NUMBERS[part]
            last = start
        return found

    def _by_column(self) -> np.ndarray:
        labels = self._labels(str(self.column))
        named = {label: part_of(str(label)) for label in set(labels) if label is not None}
        unknown = sorted(str(label) for label, part in named.items() if part is None)
        if unknown:
            raise DataError(
                say(
                    "{column} holds {unknown}, which names no part.",
                    column=repr(self.column),
                    unknown=listed([repr(each) for each in unknown[:_MOST_NAMED]]),
                ),
                code="split.unknown-part",
                remedy=say(
                    "Parts are called train, validation or test. Choose another column, or name "
                    "the rows to check on by their values (fit.validation_data)."
                ),
            )
        numbers = {label: PART_NUMBERS[part] for label, part in named.items() if part is not None}
        return np.array([numbers.get(label, NO_PART) for label in labels], np.int8)

    def _labels(self, name: str) -> np.ndarray:
        labels = self._source.scalars(name, CATEGORY).labels()[self._rows]
        self._tell_left_out(sum(label is None for label in labels), name)
        return labels

    def _tell_left_out(self, rows: int, name: str) -> None:
        if rows:
            self.notes.append(
                say_count(
                    rows,
                    "{number} row has no value of {name} and is in no part.",
                    "{number} rows have no value of {name} and are in no part.",
                    name=name,
                )
            )

    def require_parts(self, found: np.ndarray) -> None:
        """Refuses a division with which nothing could be trained, or a part that stayed empty.

        Raises:
            DataError: Naming what is missing.
        """
        wanted = {TRAINING: True, VALIDATION: self._shares[0] > 0, TEST: self._shares[1] > 0}
        for part, is_wanted in wanted.items():
            if not is_wanted or (found == PART_NUMBERS[part]).any():
                continue
            what = {
                TRAINING: say("to train on"),
                VALIDATION: say("to check on"),
                TEST: say("for the test part"),
            }[part]
            raise DataError(
                say(
                    "The split of {rows} leaves none {what}.",
                    rows=say_count(len(found), "{number} row", "{number} rows"),
                    what=what,
                ),
                code="split.empty-part",
                remedy=say("Choose other shares, or another way to split."),
            )
        used, trained = found != NO_PART, found == PART_NUMBERS[TRAINING]
        for output in self._task.outputs:
            if output.class_column is None:
                continue
            labels = self._source.scalars(output.class_column, CATEGORY).labels()[self._rows]
            there, learned = ({str(each) for each in labels[which]} for which in (used, trained))
            absent = sorted(there - learned)
            if absent:
                raise DataError(
                    say_count(
                        len(absent),
                        "{absent} has no row among those that train: the model could never learn "
                        "this class.",
                        "{absent} have no rows among those that train: the model could never learn "
                        "these classes.",
                        absent=listed([repr(each) for each in absent[:_MOST_NAMED]]),
                    ),
                    code="split.class-not-trained",
                    remedy=say("Choose a stratified split, another seed or another column."),
                )

    def sentence(self, found: np.ndarray, *, checking_elsewhere: bool) -> str:
        """What ``fit()`` is given to check on, and what is kept from it."""
        counts = {part: int((found == number).sum()) for part, number in PART_NUMBERS.items()}
        pieces: list[str] = []
        if counts[VALIDATION] and not checking_elsewhere:
            pieces.append(
                say_count(
                    counts[VALIDATION],
                    "validation_data is {number} row {how}; validation_split is not used.",
                    "validation_data is {number} rows {how}; validation_split is not used.",
                    how=self._how(before_test=counts[TEST] > 0),
                )
            )
        if counts[TEST]:
            pieces.append(
                say_count(
                    counts[TEST],
                    "{number} row {how} is the test part, which nothing sees until it is opened.",
                    "{number} rows {how} are the test part, which nothing sees until it is opened.",
                    how=self._how(),
                )
            )
        return " ".join(pieces)

    def _how(self, *, before_test: bool = False) -> str:
        return drawn_how(self._kind, column=self.column, seed=self.seed, before_test=before_test)
