"""Kinds that choose from the catalogue: one entry by name, or a list of entries with settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.param import Entry
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.kinds.values import Kind, joined, quoted
from fitstudio.words import say
from fitstudio.words.tables import Spoken


@dataclass(frozen=True)
class Chosen(Kind):
    """The name of one entry of the catalogue, in any of its spellings."""

    entries: Mapping[str, Entry]
    what: Spoken = Spoken()

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("the name of {what}", what=self.what)

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, str)

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
        """Names the entry that may have been meant where there is none of this name."""
        if not isinstance(value, str):
            return self._wrong(value)
        if self.find(value) is not None:
            return None
        known = [*self.entries, *(name for e in self.entries.values() for name in e.aliases)]
        hint = did_you_mean(value, known) or say(" There are {list}", list=self._list())
        return say(
            "names {value}, which is not {say}.{hint}",
            value=quoted(value),
            say=self.say(),
            hint=hint,
        )

    def parse(self, text: str) -> str:
        """The entry's own name, whichever of its spellings was typed."""
        name = self._checked(text.strip())
        entry = self.find(name)
        return entry.name if entry is not None else name

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return str(value)

    def from_json(self, data: Any) -> Any:
        """The value that JSON held; what cannot be one stays as it is, for `check` to name it."""
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
    what: Spoken = Spoken()
    always_settings: bool = False

    @property
    def chosen(self) -> Chosen:
        """The kind of one entry's name."""
        return Chosen(self.entries, self.what)

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("a list, each value the name of {what} or its settings", what=self.what)

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, list | tuple) and all(
            isinstance(each, str) or (isinstance(each, Mapping) and self.entry_of(each) is not None)
            for each in value
        )

    def entry_of(self, item: Any) -> Entry | None:
        """The entry that a list's item stands for."""
        return self.chosen.find(item.get("kind") if isinstance(item, Mapping) else item)

    def check(self, value: Any) -> str | None:
        """Names the first wrong entry by its number, from 1."""
        if not isinstance(value, list | tuple) or len(value) > 1_000:
            return self._wrong(value)
        for number, item in enumerate(value, start=1):
            problem = self._check_item(item)
            if problem is not None:
                return say(
                    "has a value that does not fit, number {number}: {problem}",
                    number=number,
                    problem=problem,
                )
        return None

    def _check_item(self, item: Any) -> str | None:
        if isinstance(item, str):
            return self._check_name(item)
        if not isinstance(item, Mapping) or "kind" not in item:
            return say("it must be a name or an object with a kind, not {item}", item=quoted(item))
        problem = self._check_name(item["kind"])
        if problem is not None:
            return problem
        entry = self.entry_of(item)
        assert entry is not None  # check() has found it
        return check_settings(entry, {name: v for name, v in item.items() if name != "kind"})

    def _check_name(self, name: Any) -> str | None:
        problem = self.chosen.check(name)
        return None if problem is None else say("it {problem}", problem=problem)

    def parse(self, text: str) -> Any:
        """Reads JSON in brackets, or names parted by commas."""
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
        """Names parted by commas; JSON as soon as one has settings."""
        if value and all(isinstance(item, str) for item in value):
            return ", ".join(value)
        return super().show(value)

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return [dict(item) if isinstance(item, Mapping) else item for item in value]

    def from_json(self, data: Any) -> Any:
        """A single entry is taken for a list of one."""
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
            return say(
                "{entry} has no setting {name}.{hint}",
                entry=entry.title,
                name=quoted(name),
                hint=hint,
            ).rstrip(".")
        problem = param.check(value)
        if problem is not None:
            return f"{entry.title}: {problem}".rstrip(".")
    return None
