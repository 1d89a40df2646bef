"""What the training form shows: cards of rows, folded by level, found by search; no Qt in here.

A row is worked out anew from the session whenever something changed: its value, whether it was
changed, what stands beside it, what was found, and why it has no effect. The page only draws it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psygnal import Signal

from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.kinds.entries import Chosen
from fitstudio.declared.kinds.param import Finding, Fix, Level, Param, Severity
from fitstudio.declared.kinds.values import Choice
from fitstudio.declared.parameters import groups
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.viewmodel.field_units import in_field_units
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.cards import CARDS, TRAINING_KEYS, CardModel, level_of
from fitstudio.viewmodel.training.hints import (
    automatic_text,
    done_sentence,
    hint_for,
)
from fitstudio.words import marked, say, say_marked

_ORDER = (Level.BASIC, Level.ADVANCED, Level.EXPERT)


@dataclass(frozen=True)
class Row:
    """One setting as the form shows it.

    Args:
        param: Its declaration.
        value: What ``fit()`` would get; None for "automatic".
        changed: Whether it was set to something else than the default.
        default_text: The default in words, for "Default 1".
        automatic: What stands in the field while the value is None.
        hint: A sentence beside the editor.
        greyed: Why the setting has no effect, as a clause, or None.
        findings: What was found at it; a finding that only repeats `greyed` is left out.
        done: What was mended a moment ago, as a sentence, or None.
        fixed: Whether it cannot be changed, because the project is open for reading only.
    """

    param: Param
    value: Any
    changed: bool
    default_text: str
    automatic: str
    hint: str
    greyed: str | None
    findings: tuple[Finding, ...]
    done: str | None
    fixed: bool = False

    @property
    def key(self) -> str:
        """The setting's key, which is also its editor's object name."""
        return self.param.key

    @property
    def state(self) -> str:
        """The colour of the field's border: "error", "warning", "success" or "" for none."""
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            return "error"
        if Severity.ADVICE in severities:
            return "warning"
        return "success" if self.done else ""


@dataclass(frozen=True)
class _Mended:
    """What a fix did a moment ago, and what stood there before it."""

    sentence: str
    fix: Fix
    before: dict[str, Any]


class TrainingForm:
    """The form's own state: level, search, what was mended; rows come from the session.

    Signals:
        rows_changed: Values, findings or hints changed.
        layout_changed: Other rows are to be seen.
        shown: A row is to be scrolled to and focused (its key).
    """

    rows_changed = Signal()
    layout_changed = Signal()
    shown = Signal(str)

    def __init__(self, session: ProjectSession) -> None:
        self.session = session
        self._level = Level.ADVANCED
        self._search = ""
        self._unfolded: set[str] = set()
        self._done: dict[str, _Mended] = {}
        session.resolved_changed.connect(self._on_resolved)

    def close(self) -> None:
        """Stops listening to the session."""
        self.session.resolved_changed.disconnect(self._on_resolved)

    # What is to be seen

    @property
    def level(self) -> Level:
        """How much of the form stands unfolded."""
        return self._level

    def set_level(self, level: Level) -> None:
        """Shows more or less of the form."""
        if level is not self._level:
            self._level = level
            self._unfolded.clear()
            self.layout_changed.emit()

    @property
    def search(self) -> str:
        """What is looked for; empty shows the form as it is."""
        return self._search

    def set_search(self, text: str) -> None:
        """Shows only rows that have something to do with the text."""
        text = text.strip()
        if text != self._search:
            self._search = text
            self.layout_changed.emit()

    def unfolded(self, card: CardModel) -> bool:
        """Whether the card's "More" stands open."""
        return card.group.title in self._unfolded

    def set_unfolded(self, card: CardModel, unfolded: bool) -> None:
        """Opens or closes the card's "More"."""
        if unfolded != self.unfolded(card):
            self._unfolded ^= {card.group.title}
            self.layout_changed.emit()

    def folded_keys(self, card: CardModel) -> tuple[str, ...]:
        """The rows that stand behind the card's "More" at this level."""
        if self._search or self._concerns_other_data(card):
            return ()
        return tuple(key for key in card.keys if not self._within_level(key))

    def visible_keys(self, card: CardModel) -> tuple[str, ...]:
        """The rows that are to be seen, in order: those behind "More" come last."""
        if self._search:
            return tuple(key for key in card.keys if self._matches(key))
        if self._concerns_other_data(card):
            return ()
        plain = [key for key in card.keys if self._within_level(key)]
        folded = self.folded_keys(card)
        # A row with something to say is never hidden.
        telling = [key for key in folded if self.unfolded(card) or self._tells(key)]
        return tuple(plain + telling)

    def show(self, key: str) -> None:
        """Makes a row visible and has the page go to it."""
        card = next((each for each in CARDS if key in each.keys), None)
        if card is None:
            return
        self.set_search("")
        if key in self.folded_keys(card):
            self.set_unfolded(card, True)
        self.shown.emit(key)

    def _concerns_other_data(self, card: CardModel) -> bool:
        """Whether a card is for data of another kind, and nobody has set anything in it."""
        if card.group.title != groups.AT_RANDOM:
            return False
        rows = map(self.row, card.keys)
        return all(row.greyed and not row.changed and not row.findings for row in rows)

    def _within_level(self, key: str) -> bool:
        return _ORDER.index(level_of(key)) <= _ORDER.index(self._level)

    def _tells(self, key: str) -> bool:
        row = self.row(key)
        return bool(row.findings) or row.done is not None

    def _matches(self, key: str) -> bool:
        found = self._found_by_name()
        return key in found if found else _says(FIXED[key], self._search, thoroughly=True)

    def _found_by_name(self) -> set[str]:
        """The rows whose name has to do with the search; only without one do the texts count."""
        return {key for key in TRAINING_KEYS if _says(FIXED[key], self._search)}

    # Rows

    def row(self, key: str) -> Row:
        """The row as it is now."""
        session, param = self.session, FIXED[key]
        resolved = session.resolved
        value = session.spec.get(key)
        findings = tuple(
            finding
            for finding in resolved.findings_at(key)
            if finding.severity is not Severity.NO_EFFECT or key not in resolved.greyed
        )
        errors = tuple(each for each in findings if each.severity is Severity.ERROR)
        # What follows from a value that cannot be holds no longer when it is mended.
        findings = tuple(in_field_units(param, value, each) for each in errors or findings)
        done = self._done.get(key)
        return Row(
            param=param,
            value=value,
            changed=session.spec.is_set(key) and not same(value, param.default),
            default_text=_default_text(param),
            automatic=automatic_text(param, resolved),
            hint=hint_for(param, session.spec, resolved),
            greyed=resolved.greyed.get(key),
            findings=findings,
            done=done.sentence if done is not None and not findings else None,
            fixed=session.read_only is not None,
        )

    # What a person does

    def set_value(self, key: str, value: Any) -> None:
        """Sets a row's value; the default's value counts as not set."""
        self._forget(key)
        self.session.set_value(key, None if same(value, FIXED[key].default) else value)

    def reset(self, key: str) -> None:
        """Puts a row back to its default."""
        self._forget(key)
        self.session.reset(key)

    def apply_fix(self, finding: Finding) -> None:
        """Does what a finding proposes and says so where it stood."""
        if finding.fix is None:
            return
        spec, fix = self.session.spec, finding.fix
        before = {key: spec.get(key) if spec.is_set(key) else None for key in fix.set}
        self._done[finding.where] = _Mended(done_sentence(finding), fix, before)
        self.session.apply_fix(finding.fix)

    def undo_fix(self, key: str) -> None:
        """Takes back what was mended at a row."""
        done = self._done.pop(key, None)
        if done is None:
            return
        if self.session.edits.undo_text == done.fix.sentence:
            self.session.undo()
        else:
            # Something else was changed since: that stays.
            self.session.set_many(done.before, say("Undo {sentence}", sentence=done.fix.sentence))

    def dismiss_done(self, key: str) -> None:
        """Stops saying that something was mended."""
        self._forget(key)
        self.rows_changed.emit()

    def _forget(self, key: str) -> None:
        self._done.pop(key, None)

    def _on_resolved(self) -> None:
        # What was mended and is now different again (undo, another change) is no news any more.
        for key, done in list(self._done.items()):
            spec = self.session.spec
            if any(
                not same(spec.get(each), FIXED[each].default if value is None else value)
                for each, value in done.fix.set.items()
                if each in FIXED
            ):
                self._forget(key)
        self.rows_changed.emit()


# What people call a setting whose own words do not say so.
_ALSO_CALLED = {
    "run.device": "gpu graphics card cuda processor cpu",
    "fit.callbacks": "early stopping patience stop when overfitting",
    "fit.validation_split": "test split hold out",
    "data.split": "stratify grouped patient time series holdout validation train test",
    "data.test_share": "hold out final holdout",
    "compile.learning_rate": "step size lr speed",
    "data.scale": "normalise normalize standardise standardize",
    "data.scale_target": "normalise normalize standardise standardize",
    "data.row_order": "random shuffle order",
    "fit.shuffle": "random mix order",
    "run.seed": "random repeat",
    "run.time_budget_min": "minutes hours stop after",
    "run.on_nan": "missing nan not a number",
}


def _says(param: Param, search: str, *, thoroughly: bool = False) -> bool:
    text = f"{param.title} {param.name} {param.key} {_ALSO_CALLED.get(param.key, '')}"
    text += f" {_choices(param)}"
    if thoroughly:
        text += f" {param.help} {param.more}"
    text = f"{text} {text.replace('_', ' ')}".lower()
    return all(word in text for word in search.lower().split())


def _choices(param: Param) -> str:
    """The words of what can be chosen: those of a helper's settings lead to the helpers."""
    if param.key == "fit.callbacks":
        return " ".join(
            f"{entry.name} {entry.title} {' '.join(each.title for each in entry.params)}"
            for entry in CALLBACKS.values()
        )
    if isinstance(param.kind, Choice):
        return " ".join(option.title for option in param.kind.options)
    if isinstance(param.kind, Chosen):
        return " ".join(f"{each.name} {each.title}" for each in param.kind.entries.values())
    return ""


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same setting; True is not 1, and 1.0 is not True."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return one == other


# What None means where "none" says it as well.
_UNSET = (marked("not chosen"), marked("nothing"), marked("its defaults"))


def _default_text(param: Param) -> str:
    if param.default is None:
        return say("none") if param.unset in map(say_marked, _UNSET) else param.unset
    if param.key in ("fit.validation_split", "data.test_share"):
        return "0 %"
    if isinstance(param.kind, Choice):
        title = param.kind.title(param.default)
        return f"{title[:1].lower()}{title[1:]}"
    if isinstance(param.kind, Chosen):
        return param.kind.entries[param.default].title
    return param.show(param.default)
