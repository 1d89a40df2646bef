"""What a declaration is made of: settings, the conditions between them, and what checks find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from fitstudio.declared.kinds.conditions import ALWAYS, Condition, Situation
from fitstudio.declared.kinds.values import Kind, ended
from fitstudio.storage.checked import Plain
from fitstudio.words import marked, say, say_marked
from fitstudio.words.tables import Spoken


class Level(StrEnum):
    """How much of the form a person wants to see."""

    BASIC = "basic"
    ADVANCED = "advanced"
    EXPERT = "expert"


class Severity(StrEnum):
    """What a finding means for the run."""

    ERROR = "error"  # training cannot start
    NO_EFFECT = "no_effect"  # the setting is ignored, and why
    ADVICE = "advice"  # training can start, but look at this
    TOLD = "told"  # decided already; said so that it can be changed


@dataclass(frozen=True)
class Fix(Plain):
    """A change that mends what was found.

    Args:
        sentence: What the button says.
        set: Values by key; None puts a setting back to its default.
    """

    sentence: str
    set: Mapping[str, Any]

    def said(self) -> Fix:
        """The same with its sentence said; for those that stand in a table."""
        return replace(self, sentence=say_marked(self.sentence))


@dataclass(frozen=True)
class Finding(Plain):
    """One thing that a check has to say; the same words in the form, on the terminal and in files.

    Args:
        code: Stable name of the kind of finding, such as ``"fit.validation-split-empty"``.
        severity: What it means for the run.
        where: The key of the setting it belongs to, such as ``"fit.epochs"``.
        sentence: One sentence for a person; may hold ``**strong**`` words.
        fix: A change that mends it, where one is obvious.
        rows: Some of the rows that it is about, numbered from 1.
    """

    code: str
    severity: Severity
    where: str
    sentence: str
    fix: Fix | None = None
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Param:
    """A setting, declared once; forms, flags, files, checks and help pages are made from it.

    Args:
        section: Part of the run specification: data, model, compile, fit or run.
        name: The reference's spelling where it has the setting.
        kind: What its value may be.
        default: The value while nothing was set.
        title: Two or three words.
        help: One plain sentence.
        more: A paragraph for the help page.
        unset: What None means, in words; empty where None is no value.
        applies: When the setting has an effect.
        group: The question in the form that it answers.
        level: How much of the form shows it unfolded.
        unit: A word shown after the number, such as "epochs"; its forms are among the nouns.
    """

    section: str
    name: str
    kind: Kind
    title: Spoken = Spoken()
    help: Spoken = Spoken()
    default: Any = None
    more: Spoken = Spoken("")
    unset: Spoken = Spoken("")
    applies: Condition = ALWAYS
    group: str = marked("More")
    level: Level = Level.BASIC
    unit: str = ""

    @property
    def key(self) -> str:
        """The setting's name in ``run.json``, findings and ``--set``, such as ``"fit.epochs"``."""
        return f"{self.section}.{self.name}"

    @property
    def accepts_none(self) -> bool:
        """Whether None is a value of its own: "automatic", "none" or the like."""
        return bool(self.unset)

    def check(self, value: Any) -> str | None:
        """What is wrong with the value as a sentence that names the setting, or None."""
        if value is None and self.accepts_none:
            return None
        problem = self.kind.check(value)
        return None if problem is None else ended(f"{self.called} {problem}")

    @property
    def called(self) -> str:
        """The setting in a sentence: its title, and its real name where that is another word."""
        same = self.title.lower().replace(" ", "_") == self.name
        return self.title if same else f"{self.title} ({self.name})"

    def show(self, value: Any) -> str:
        """The value as text: what a form, a list of changes or the help page prints."""
        if value is None:
            return self.unset or say("not set")
        return self.kind.show(value)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A relation between settings that holds whatever the data are.

    Args:
        code: Stable name of the finding.
        where: The key that the finding stands at.
        when: The condition under which it is found.
        severity: What it means for the run.
        sentence: What is wrong, for a person.
        fix: A change that mends it.
        reference: What Keras does here: raises, warns or stays silent.
    """

    code: str
    where: str
    when: Condition
    severity: Severity
    sentence: Spoken = Spoken()
    fix: Fix | None = None
    reference: str = "raises"

    def find(self, situation: Situation) -> Finding | None:
        """The finding, if the rule's condition holds."""
        if not self.when.holds(situation):
            return None
        return Finding(
            self.code, self.severity, self.where, self.sentence, self.fix and self.fix.said()
        )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something chosen by name (an optimizer, a loss, a model), with its own settings."""

    name: str
    # As it stands within a sentence, but for losses, models and callbacks, which begin one.
    title: Spoken = Spoken()
    help: Spoken = Spoken()
    params: tuple[Param, ...] = ()
    more: Spoken = Spoken("")
    # The title where there is room for a word or two; empty where the title itself is short.
    short: Spoken = Spoken("")
    aliases: tuple[str, ...] = ()
    # What it suits; losses and metrics name the targets that they can be used for.
    suits: frozenset[str] = field(default_factory=frozenset)
    # Of a metric: whether a higher value is better; None where that is not known.
    higher_is_better: bool | None = None
    # Settings that it gets when it is added by hand, where the defaults would be of little use.
    starts_with: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def param(self, name: str) -> Param | None:
        """The entry's setting of this name."""
        return next((param for param in self.params if param.name == name), None)

    def defaults(self) -> dict[str, Any]:
        """Default values by name."""
        return {param.name: param.default for param in self.params}


Named = TypeVar("Named", bound=Entry)


def by_name(*entries: Named) -> Mapping[str, Named]:
    """A table of entries in the order in which they are offered."""
    return MappingProxyType({entry.name: entry for entry in entries})
