"""Kinds that only fit() and compile() need: columns, class weights, epochs to check, entries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.composed import ListOf, OneOf, Settings
from fitstudio.declared.kinds.limits import LONGEST_LIST
from fitstudio.declared.kinds.values import Int, Kind, Text, is_number, quoted
from fitstudio.words import marked, say
from fitstudio.words.numbers import format_count

_FILE_OPTIONS = Settings(marked("options of the format by name"))
COLUMN_NAME = Text(what=marked("a column's name"), longest=1_000, empty_allowed=False)


@dataclass(frozen=True)
class DataRef(Kind):
    """Columns of the project's data.

    Args:
        many: Whether it is a list of columns, or one.
    """

    many: bool = False

    @property
    def _kind(self) -> Kind:
        if not self.many:
            return COLUMN_NAME
        return ListOf(item=COLUMN_NAME, shortest=1, distinct=True)

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("a list of columns") if self.many else say("a column")

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return self._kind.is_of_type(value)

    def check(self, value: Any) -> str | None:
        """What is wrong with a value, in one sentence; None for a good one."""
        return self._kind.check(value)

    def parse(self, text: str) -> Any:
        """The value that a text means, as it is typed in a form or after a flag.

        Raises:
            ValueError: If it means none; the message is a sentence.
        """
        return self._kind.parse(text)

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return self._kind.show(value)

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return self._kind.to_json(value)

    def from_json(self, data: Any) -> Any:
        """A single name is taken for a list of one where many are allowed."""
        # One column may stand without a list, as one array may in Keras.
        if self.many and isinstance(data, str):
            return [data]
        return self._kind.from_json(data)


@dataclass(frozen=True)
class ValidationData(Kind):
    """Data to check on: a second file, or the rows where a column has certain values.

    A file is read as the training file; `options` are for what is different in it. Where the data
    are in several files, `sources` names one for each: `{"sources": {"spectra": {"path": …}}}`.
    """

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say(
            'a second file {{"file": …}} or rows chosen by a column {{"column": …, "values": […]}}'
        )

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, Mapping)

    def check(self, value: Any) -> str | None:
        """Looks at which of the two forms it is, then at the form's own parts."""
        if not isinstance(value, Mapping):
            return self._wrong(value)
        if set(value) in ({"file"}, {"file", "options"}):
            problem = Text(what=marked("a file's path"), longest=4_000, empty_allowed=False).check(
                value["file"]
            )
            if problem is not None:
                return say("names no file: the path {problem}", problem=problem)
            problem = _FILE_OPTIONS.check(value.get("options", {}))
            return (
                None
                if problem is None
                else say("has options that cannot be: they {problem}", problem=problem)
            )
        if set(value) == {"sources"}:
            return self._sources_problem(value["sources"])
        if set(value) == {"column", "values"}:
            problem = COLUMN_NAME.check(value["column"])
            if problem is not None:
                return say("names no column: it {problem}", problem=problem)
            labels = value["values"]
            if not isinstance(labels, list | tuple) or not labels:
                return say(
                    "must list the values of {column} that mark the rows to check on",
                    column=value["column"],
                )
            if len(labels) > LONGEST_LIST:
                return say(
                    "must list at most {longest_list} values",
                    longest_list=format_count(LONGEST_LIST),
                )
            odd = next((v for v in labels if not isinstance(v, str | int | float)), None)
            return (
                None
                if odd is None
                else say("holds {odd}, which is no value of a column", odd=quoted(odd))
            )
        return self._wrong(dict(value))

    def _sources_problem(self, sources: Any) -> str | None:
        if not isinstance(sources, Mapping) or not sources:
            return say('must name its files, such as {{"sources": {{"spectra": {{"path": …}}}}}}')
        for name, source in sources.items():
            known = isinstance(source, Mapping) and set(source) in ({"path"}, {"path", "options"})
            if not isinstance(name, str) or not known:
                return say(
                    "must have for {name} a path, not {source}",
                    name=quoted(name),
                    source=quoted(source),
                )
            problem = self.check({"file" if k == "path" else k: v for k, v in source.items()})
            if problem is not None:
                return say("is wrong for {name}: it {problem}", name=repr(name), problem=problem)
        return None

    def parse(self, text: str) -> Any:
        """Reads JSON in braces; any other text is the path of a second file."""
        text = text.strip()
        if text and not text.startswith("{"):
            return self._checked({"file": text})
        return super().parse(text)

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return dict(value)

    def from_json(self, data: Any) -> Any:
        """A text is the path of a second file, as older projects wrote it."""
        return {"file": data} if isinstance(data, str) else data


@dataclass(frozen=True)
class ClassWeights(Kind):
    """How much each class counts, by class number from 0.

    JSON has only text as keys; `from_json` turns them into whole numbers, as Keras has them.
    """

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("a weight, 0 or more, for each class number from 0")

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, Mapping)

    def check(self, value: Any) -> str | None:
        """Looks at class numbers and weights; every class from 0 on needs one."""
        if not isinstance(value, Mapping):
            return self._wrong(value)
        if len(value) > LONGEST_LIST:
            return say(
                "must have at most {longest_list} classes", longest_list=format_count(LONGEST_LIST)
            )
        for number, weight in value.items():
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                return say(
                    "has the key {number}: keys are class numbers 0, 1, 2 …", number=quoted(number)
                )
            if not is_number(weight) or not math.isfinite(weight) or weight < 0:
                return say(
                    "has {weight} for class {number}: a weight is a number, 0 or more",
                    weight=quoted(weight),
                    number=number,
                )
        missing = [number for number in range(len(value)) if number not in value]
        if missing:
            return say(
                "has no weight for class {missing}: every class from 0 on needs one",
                missing=missing[0],
            )
        return None

    def parse(self, text: str) -> dict[int, float]:
        """Reads JSON in braces, or pairs such as "0: 1, 1: 2.5"."""
        text = text.strip()
        if text.startswith("{"):
            return super().parse(text)
        weights: dict[int, float] = {}
        try:
            for piece in filter(None, (piece.strip() for piece in text.split(","))):
                number, _, weight = piece.partition(":")
                weights[int(number)] = float(weight)
        except ValueError:
            raise ValueError(self._wrong(text)) from None
        return self._checked(weights)

    def show(self, value: Any) -> str:
        """Pairs such as "0: 1.0, 1: 2.5", with every digit."""
        if not value:
            return "{}"
        return ", ".join(f"{number}: {float(weight)!r}" for number, weight in value.items())

    def to_json(self, value: Any) -> Any:
        """With class numbers as texts: JSON has no other keys."""
        return {str(number): weight for number, weight in value.items()}

    def from_json(self, data: Any) -> Any:
        """With class numbers as numbers again."""
        if not isinstance(data, Mapping):
            return data
        return {self._class_number(key): self._weight(weight) for key, weight in data.items()}

    @staticmethod
    def _class_number(key: object) -> object:
        is_digits = isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < 10
        return int(key) if isinstance(key, str) and is_digits else key

    @staticmethod
    def _weight(weight: object) -> object:
        whole = isinstance(weight, int) and not isinstance(weight, bool) and abs(weight) < 2**53
        return float(weight) if isinstance(weight, int) and whole else weight


EPOCH = Int(minimum=1)
# An epoch that is named twice is checked once, as in the reference.
VALIDATION_FREQ = OneOf((EPOCH, ListOf(item=EPOCH)))


@dataclass(frozen=True)
class ValidationFreq(Kind):
    """Check every so many epochs, or in the listed epochs; epochs count from 1 here."""

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("a whole number, 1 or more, or a list of epochs counted from 1")

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return VALIDATION_FREQ.is_of_type(value) or isinstance(value, set | frozenset)

    def check(self, value: Any) -> str | None:
        """What is wrong with a value, in one sentence; None for a good one."""
        if isinstance(value, set | frozenset):
            value = list(value)
        problem = VALIDATION_FREQ.check(value)
        return problem if problem is None or isinstance(value, list | tuple) else self._wrong(value)

    def parse(self, text: str) -> Any:
        """The value that a text means, as it is typed in a form or after a flag.

        Raises:
            ValueError: If it means none; the message is a sentence.
        """
        value = VALIDATION_FREQ.parse(text) if text.strip() else None
        return self._checked(value)

    def show(self, value: Any) -> str:
        """A number, or a list in brackets, also of one epoch."""
        if isinstance(value, int):
            return str(value)
        # A list of one epoch keeps its brackets, or it would be read as a number of epochs.
        numbers = ", ".join(str(epoch) for epoch in sorted(value))
        return numbers if len(value) > 1 else f"[{numbers}]"

    def to_json(self, value: Any) -> Any:
        """A number, or the epochs in their order."""
        return value if isinstance(value, int) else sorted(value)

    def from_json(self, data: Any) -> Any:
        """The value that JSON held; what cannot be one stays as it is, for `check` to name it."""
        return VALIDATION_FREQ.from_json(data)
