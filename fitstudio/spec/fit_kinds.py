"""Kinds that only fit() and compile() need: columns, class weights, epochs to check, entries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.spec.kinds import Int, Kind, ListOf, OneOf, Text, is_number, joined, quoted
from fitstudio.spec.limits import LONGEST_LIST
from fitstudio.spec.param import Entry
from fitstudio.spec.spelling import did_you_mean

COLUMN_NAME = Text(what="a column's name", longest=1_000, empty_allowed=False)


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
        return "a list of columns" if self.many else "a column"

    def check(self, value: Any) -> str | None:
        return self._kind.check(value)

    def parse(self, text: str) -> Any:
        return self._kind.parse(text)

    def show(self, value: Any) -> str:
        return self._kind.show(value)

    def to_json(self, value: Any) -> Any:
        return self._kind.to_json(value)

    def from_json(self, data: Any) -> Any:
        # One column may stand without a list, as one array may in Keras.
        if self.many and isinstance(data, str):
            return [data]
        return self._kind.from_json(data)


@dataclass(frozen=True)
class ValidationData(Kind):
    """Data to check on: a second file, or the rows where a column has certain values."""

    def say(self) -> str:
        return 'a second file {"file": …} or rows chosen by a column {"column": …, "values": […]}'

    def check(self, value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return self._wrong(value)
        if set(value) == {"file"}:
            problem = Text(what="a file's path", longest=4_000, empty_allowed=False).check(
                value["file"]
            )
            return None if problem is None else f"names no file: the path {problem}"
        if set(value) == {"column", "values"}:
            problem = COLUMN_NAME.check(value["column"])
            if problem is not None:
                return f"names no column: it {problem}"
            labels = value["values"]
            if not isinstance(labels, list | tuple) or not labels:
                return f"must list the values of {value['column']} that mark the rows to check on"
            if len(labels) > LONGEST_LIST:
                return f"must list at most {LONGEST_LIST:,} values"
            odd = next((v for v in labels if not isinstance(v, str | int | float)), None)
            return None if odd is None else f"holds {quoted(odd)}, which is no value of a column"
        return self._wrong(dict(value))

    def parse(self, text: str) -> Any:
        text = text.strip()
        if text and not text.startswith("{"):
            return self._checked({"file": text})
        return super().parse(text)

    def to_json(self, value: Any) -> Any:
        return dict(value)

    def from_json(self, data: Any) -> Any:
        return {"file": data} if isinstance(data, str) else data


@dataclass(frozen=True)
class ClassWeights(Kind):
    """How much each class counts, by class number from 0.

    JSON has only text as keys; `from_json` turns them into whole numbers, as Keras has them.
    """

    def say(self) -> str:
        return "a weight, 0 or more, for each class number from 0"

    def check(self, value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return self._wrong(value)
        if len(value) > LONGEST_LIST:
            return f"must have at most {LONGEST_LIST:,} classes"
        for number, weight in value.items():
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                return f"has the key {quoted(number)}: keys are class numbers 0, 1, 2 …"
            if not is_number(weight) or not math.isfinite(weight) or weight < 0:
                return f"has {quoted(weight)} for class {number}: a weight is a number, 0 or more"
        missing = [number for number in range(len(value)) if number not in value]
        if missing:
            return f"has no weight for class {missing[0]}: every class from 0 on needs one"
        return None

    def parse(self, text: str) -> dict[int, float]:
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
        if not value:
            return "{}"
        return ", ".join(f"{number}: {float(weight)!r}" for number, weight in value.items())

    def to_json(self, value: Any) -> Any:
        return {str(number): weight for number, weight in value.items()}

    def from_json(self, data: Any) -> Any:
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
VALIDATION_FREQ = OneOf((EPOCH, ListOf(item=EPOCH, distinct=True)))


@dataclass(frozen=True)
class ValidationFreq(Kind):
    """Check every so many epochs, or in the listed epochs; epochs count from 1 here."""

    def say(self) -> str:
        return "a whole number, 1 or more, or a list of epochs counted from 1"

    def check(self, value: Any) -> str | None:
        if isinstance(value, set | frozenset):
            value = list(value)
        problem = VALIDATION_FREQ.check(value)
        return problem if problem is None or isinstance(value, list | tuple) else self._wrong(value)

    def parse(self, text: str) -> Any:
        value = VALIDATION_FREQ.parse(text) if text.strip() else None
        return self._checked(value)

    def show(self, value: Any) -> str:
        if isinstance(value, int):
            return str(value)
        # A list of one epoch keeps its brackets, or it would be read as a number of epochs.
        numbers = ", ".join(str(epoch) for epoch in sorted(value))
        return numbers if len(value) > 1 else f"[{numbers}]"

    def to_json(self, value: Any) -> Any:
        return value if isinstance(value, int) else sorted(value)

    def from_json(self, data: Any) -> Any:
        return VALIDATION_FREQ.from_json(data)


@dataclass(frozen=True)
class Chosen(Kind):
    """The name of one entry of the catalogue, in any of its spellings."""

    entries: Mapping[str, Entry]
    what: str

    def say(self) -> str:
        return f"the name of {self.what}"

    def find(self, name: object) -> Entry | None:
        """The entry of this name or alias, letter case aside."""
        if not isinstance(name, str):
            return None
        if name in self.entries:
            return self.entries[name]
        word = name.lower()
        for entry in self.entries.values():
            if word in (entry.name.lower(), *(alias.lower() for alias in entry.aliases)):
                return entry
        return None

    def check(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return self._wrong(value)
        if self.find(value) is not None:
            return None
        known = [*self.entries, *(name for e in self.entries.values() for name in e.aliases)]
        hint = did_you_mean(value, known) or f" There are {self._list()}"
        return f"names {quoted(value)}, which is not {self.say()}.{hint}"

    def parse(self, text: str) -> str:
        name = self._checked(text.strip())
        entry = self.find(name)
        return entry.name if entry is not None else name

    def show(self, value: Any) -> str:
        return str(value)

    def from_json(self, data: Any) -> Any:
        # "mse" and "Adam" are stored under their full names.
        entry = self.find(data)
        return data if entry is None else entry.name

    def _list(self) -> str:
        return joined(list(self.entries), "and")


@dataclass(frozen=True)
class EntryList(Kind):
    """Several entries of the catalogue, each a name or {"kind": name, its settings…}.

    Args:
        entries: What can be chosen.
        what: One of them, such as "a callback".
        always_settings: Whether a bare name becomes {"kind": name} (callbacks) or stays (metrics).
    """

    entries: Mapping[str, Entry]
    what: str
    always_settings: bool = False

    @property
    def chosen(self) -> Chosen:
        """The kind of one entry's name."""
        return Chosen(self.entries, self.what)

    def say(self) -> str:
        return f"a list, each value the name of {self.what} or its settings"

    def entry_of(self, item: Any) -> Entry | None:
        """The entry that a list's item stands for."""
        return self.chosen.find(item.get("kind") if isinstance(item, Mapping) else item)

    def check(self, value: Any) -> str | None:
        if not isinstance(value, list | tuple) or len(value) > 1_000:
            return self._wrong(value)
        for number, item in enumerate(value, start=1):
            problem = self._check_item(item)
            if problem is not None:
                return f"has a value that does not fit, number {number}: {problem}"
        return None

    def _check_item(self, item: Any) -> str | None:
        if isinstance(item, str):
            return self._check_name(item)
        if not isinstance(item, Mapping) or "kind" not in item:
            return f"it must be a name or an object with a kind, not {quoted(item)}"
        problem = self._check_name(item["kind"])
        if problem is not None:
            return problem
        entry = self.entry_of(item)
        assert entry is not None  # check() has found it
        return check_settings(entry, {name: v for name, v in item.items() if name != "kind"})

    def _check_name(self, name: Any) -> str | None:
        problem = self.chosen.check(name)
        return None if problem is None else f"it {problem}"

    def parse(self, text: str) -> Any:
        text = text.strip()
        if text.startswith("["):
            return super().parse(text)
        if text.startswith("{"):
            return super().parse(f"[{text}]")
        names = [piece.strip() for piece in text.split(",") if piece.strip()]
        return self._checked(self.from_json([self._known_name(name) for name in names]))

    def _known_name(self, name: str) -> str:
        entry = self.chosen.find(name)
        # A short name ("mae") stays as typed: metrics are reported under the name they were given.
        return name if entry is None or name in entry.aliases else entry.name

    def show(self, value: Any) -> str:
        if value and all(isinstance(item, str) for item in value):
            return ", ".join(value)
        return super().show(value)

    def to_json(self, value: Any) -> Any:
        return [dict(item) if isinstance(item, Mapping) else item for item in value]

    def from_json(self, data: Any) -> Any:
        if isinstance(data, str | Mapping):
            data = [data]
        if not isinstance(data, list | tuple):
            return data
        return [self._item_from_json(item) for item in data]

    def _item_from_json(self, item: Any) -> Any:
        if isinstance(item, str) and self.always_settings:
            return {"kind": self._known_name(item)}
        entry = self.entry_of(item)
        if not isinstance(item, Mapping) or entry is None:
            return item
        read = dict(item)
        if self.always_settings:
            read["kind"] = entry.name
        for param in entry.params:
            if param.name in read and read[param.name] is not None:
                read[param.name] = param.kind.from_json(read[param.name])
        return read


def check_settings(entry: Entry, settings: Mapping[str, Any]) -> str | None:
    """What is wrong with the settings of an entry, or None."""
    for name, value in settings.items():
        param = entry.param(name)
        if param is None:
            hint = did_you_mean(name, [param.name for param in entry.params])
            return f"{entry.title} has no setting {quoted(name)}.{hint}".rstrip(".")
        problem = param.check(value)
        if problem is not None:
            return f"{entry.title}: {problem}".rstrip(".")
    return None
