"""The run specification: what a person asked for, frozen; only what was set, to and from JSON."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fitstudio.declared.kinds.limits import check_limits
from fitstudio.declared.kinds.param import Finding, Fix, Param, Severity
from fitstudio.declared.kinds.values import ended
from fitstudio.declared.parameters import sources
from fitstudio.declared.parameters.model import model_params
from fitstudio.declared.parameters.registry import (
    FIXED,
    SECTIONS,
    find_param,
    known_keys,
    unknown_key_sentence,
)
from fitstudio.errors import SpecError
from fitstudio.words import say

# Settings that belong to what another setting names.
_SETTINGS_OF = {
    "compile.optimizer": "compile.optimizer_settings",
    "compile.loss": "compile.loss_settings",
}


@dataclass(frozen=True)
class Difference:
    """A setting in which two specifications differ; a value that was not set is its default."""

    key: str
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class RunSpec:
    """What a run is to do, in five sections by name.

    A specification holds only what was set. It may hold a value that cannot work, because a form is
    filled in step by step: `problems` says so, and `fitstudio.declared.resolve.resolve` asks it.
    What the data files are is held in `data.sources` alone; the settings of a single file
    (`data.file`, `data.options` …) read and write the first of them.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    compile: Mapping[str, Any] = field(default_factory=dict)
    fit: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for section in SECTIONS:
            values = copy.deepcopy(dict(getattr(self, section)))
            if section == "data":
                values = sources.folded(values)
            object.__setattr__(self, section, MappingProxyType(values))

    def __deepcopy__(self, memo: object) -> RunSpec:
        return self  # frozen, and mapping proxies cannot be copied

    def __reduce__(self) -> Any:
        return RunSpec, tuple(dict(getattr(self, section)) for section in SECTIONS)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.set_keys())))

    def set_keys(self) -> Iterator[str]:
        """The keys that were set."""
        for section in SECTIONS:
            values = getattr(self, section)
            for name in sources.set_names(values) if section == "data" else values:
                yield f"{section}.{name}"

    def is_set(self, key: str) -> bool:
        """Whether the setting was made."""
        section, _, name = key.partition(".")
        if section == "data":
            return sources.holds(self.data, name)
        return section in SECTIONS and name in getattr(self, section)

    def param(self, key: str) -> Param:
        """The declaration of a setting.

        Raises:
            SpecError: If there is no such setting; with the name that was probably meant.
        """
        param = find_param(key, self.model.get("kind", "mlp"))
        if param is None:
            raise _unknown([key])
        return param

    def get(self, key: str) -> Any:
        """The value that was set, or the default.

        Raises:
            SpecError: If there is no such setting.
        """
        return copy.deepcopy(self._stored(key, self.param(key).default))

    def params(self) -> tuple[Param, ...]:
        """Every setting that there is for this model."""
        return (*FIXED.values(), *model_params(self.get("model.kind")))

    def values(self, problems: Iterable[Finding] | None = None) -> dict[str, Any]:
        """The value of every setting by key; one that does not fit its kind is at its default.

        Args:
            problems: What `problems` found, where that is known already.
        """
        found = self.problems() if problems is None else problems
        broken = {finding.where for finding in found}
        return {
            param.key: param.default if param.key in broken else self.get(param.key)
            for param in self.params()
        }

    def with_values(self, values: Mapping[str, Any]) -> RunSpec:
        """A specification with these values set; None puts a setting back to its default.

        Another optimizer or loss does not take over the settings of the one before: a name may mean
        something else there. Its own are set together with it, or afterwards.

        Raises:
            SpecError: If a key is no setting.
        """
        unknown = [key for key in values if find_param(key) is None]
        if unknown:
            raise _unknown(unknown)
        sections = {section: dict(getattr(self, section)) for section in SECTIONS}
        for key, value in (self._left_behind(values) | dict(values)).items():
            section, _, name = key.partition(".")
            stored = None if value is None else _from_json(find_param(key), value)
            if section == "data":
                sources.write(sections[section], name, stored)
            elif stored is None:
                sections[section].pop(name, None)
            else:
                sections[section][name] = stored
        return RunSpec(**sections)

    def _left_behind(self, values: Mapping[str, Any]) -> dict[str, None]:
        return {
            settings: None
            for key, settings in _SETTINGS_OF.items()
            if key in values and settings not in values and values[key] != self._stored(key)
        }

    def problems(self) -> tuple[Finding, ...]:
        """What is wrong with single values, whatever the others are."""
        findings: list[Finding] = []
        for key in self.set_keys():
            param = self.param(key)
            problem = param.check(self._stored(key))
            if problem is not None:
                default = param.show(param.default)
                fix = Fix(
                    say("Use {default}", default=default) if len(default) < 20 else say("Reset"),
                    {key: None},
                )
                findings.append(Finding(f"{key}-value", Severity.ERROR, key, problem, fix))
        return tuple(findings)

    def of_another_type(self) -> tuple[str, ...]:
        """The keys whose values no form could have made: a number where columns are listed."""
        return tuple(
            key for key in self.set_keys() if not self.param(key).kind.is_of_type(self._stored(key))
        )

    def differences(self, other: RunSpec) -> list[Difference]:
        """The settings in which this specification differs from another, in declared order."""
        found: list[Difference] = []
        keys = {*self.set_keys(), *other.set_keys()}
        if "data.sources" in keys:
            keys -= {f"data.{name}" for name in sources.LENSES}  # which show a part of the same
        for key in sorted(keys, key=known_keys().index):
            mine, theirs = self.get(key), other.get(key)
            if key == "data.sources":
                differ = not sources.are_alike(mine, theirs)
            else:
                differ = mine != theirs or type(mine) is not type(theirs)
            if differ:
                found.append(Difference(key, mine, theirs))
        return found

    def to_json(self) -> dict[str, Any]:
        """The specification as plain JSON data: sections with what was set in them."""
        data: dict[str, Any] = {}
        for section in SECTIONS:
            values = getattr(self, section)
            if values:
                data[section] = {
                    name: _to_json(find_param(f"{section}.{name}"), value)
                    for name, value in values.items()
                }
        return data

    def _stored(self, key: str, default: Any = None) -> Any:
        section, _, name = key.partition(".")
        if section == "data":
            return sources.read(self.data, name, default)
        return getattr(self, section).get(name, default)

    @classmethod
    def from_json(cls, data: Any) -> RunSpec:
        """Read a specification from JSON data.

        A name that does not exist is an error; a value that cannot work is kept, for `problems` to
        name, so that a half-filled form can be stored and opened again.

        Raises:
            SpecError: With a finding for each unknown section or name.
        """
        if not isinstance(data, Mapping):
            raise _broken(
                say("a run specification is an object with sections, not {type}", type=type(data))
            )
        try:
            check_limits(data)
        except ValueError as error:
            raise _broken(say("the run specification {error}", error=error)) from None
        unknown = [str(name) for name in data if name not in SECTIONS]
        sections: dict[str, dict[str, Any]] = {}
        for section in SECTIONS:
            values = data.get(section, {})
            if not isinstance(values, Mapping):
                raise _broken(
                    say(
                        "the section {section} holds names and values, not {values}",
                        section=repr(section),
                        values=f"{values!r:.60}",
                    )
                )
            sections[section] = {}
            for name, value in values.items():
                param = find_param(f"{section}.{name}")
                if param is None or "." in name:
                    unknown.append(f"{section}.{name}")
                elif value is not None:
                    sections[section][name] = _from_json(param, value)
        unknown += sources.unknown_fields(sections["data"].get("sources"))
        if unknown:
            raise _unknown(unknown)
        return cls(**sections)


def parse_setting(text: str, spec: RunSpec | None = None) -> tuple[str, Any]:
    """Read ``KEY=VALUE`` as it stands after ``--set``; an empty value or "none" is None.

    Args:
        text: Such as ``"fit.epochs=10"``, or ``"model.units=[64, 64]"``.
        spec: The specification that it is meant for: its model decides which settings there are.

    Raises:
        SpecError: If it is no setting, or the value does not fit.
    """
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals:
        raise _broken(
            say(
                "a setting is written KEY=VALUE, such as fit.epochs=10, not {text}",
                text=f"{text!r:.80}",
            )
        )
    param = find_param(key, (spec or RunSpec()).model.get("kind", "mlp"))
    if param is None:
        raise _unknown([key])
    word = value.strip()
    if word.lower() in ("", "none", "null", "default"):
        return key, None
    if param.accepts_none and word.lower() in (param.unset.lower(), "automatic", "auto"):
        return key, None
    try:
        return key, param.kind.parse(word)
    except ValueError as error:
        sentence = ended(f"{param.title} ({key}) {error}")
        finding = Finding(f"{key}-value", Severity.ERROR, key, sentence)
        raise SpecError(sentence, [finding], code=finding.code) from None


def _from_json(param: Param | None, value: Any) -> Any:
    return copy.deepcopy(value) if param is None else param.kind.from_json(copy.deepcopy(value))


def _to_json(param: Param | None, value: Any) -> Any:
    # A value that does not fit its kind is stored as it is, to be named again when it is read.
    if param is None or param.kind.check(value) is not None:
        return copy.deepcopy(value)
    return param.kind.to_json(value)


def _unknown(keys: list[str]) -> SpecError:
    findings = [
        Finding("spec.unknown-name", Severity.ERROR, key[:200], unknown_key_sentence(key))
        for key in keys[:100]
    ]
    return SpecError(
        " ".join(finding.sentence for finding in findings), findings, code="spec.unknown-name"
    )


def _broken(what: str) -> SpecError:
    sentence = f"{what[0].upper()}{what[1:]}."
    finding = Finding("spec.broken", Severity.ERROR, "", sentence)
    return SpecError(sentence, [finding], code="spec.broken")
