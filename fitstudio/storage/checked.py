"""What was read from a file, as values of declared types; or one sentence about what is wrong.

Whatever stands in a file is data of the wrong type until it was checked: it may come from a later
version, a damaged disk or a stranger. `convert` checks against the types of a dataclass, a
`TypedDict` or the like, and is the only place where msgspec's complaint becomes our sentence.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, get_type_hints

import msgspec

from fitstudio.storage import atomic
from fitstudio.words import Said, heard, marked, say, say_marked
from fitstudio.words.keeping import LISTS, NAMES, SAID

T = TypeVar("T")

# Counts beyond 2^53 lose digits in other readers. Moments lie from 1902 (a clock may have been set
# wrong) to 2999, since calendars cannot tell what is later. Durations end at 30,000 years.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Moment = Annotated[float, msgspec.Meta(ge=-(2**31), lt=32_503_680_000)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e12)]

_WORDS = {
    "int": marked("a whole number"),
    "float": marked("a number"),
    "str": marked("text"),
    "bool": marked("true or false"),
    "array": marked("a list"),
    "object": marked("an object with names and values"),
    "null": "null",
}
_EXPECTED = re.compile(r"^Expected `(?P<types>[^`]*)`(?P<rule>.*?)(?:, got .*)?$")
_RULES = re.compile(r"^ (?P<sign><=|>=|<|>) (?P<bound>\S+)$")
_SIGNS = {
    ">=": marked("{limit} or more"),
    "<=": marked("at most {limit}"),
    "<": marked("less than {limit}"),
    ">": marked("more than {limit}"),
}
_MISSING = re.compile(r"^Object missing required field `(?P<name>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d*|\.\.\.)\]|\.?(?P<odd>[^.\[]+)")
_SHOWN_LENGTH = 60
# Where a sentence stands until it is written; no name of ours begins so.
_SAID_HERE = "\0said"


class MisfitError(ValueError):
    """A value is not what it is declared to be; the message is a clause that names it."""


class Plain:
    """For dataclasses that cross files and processes: to and from plain data, by their types."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return plain(self)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Reads what `to_json` wrote; fields of a later version are left out.

        Raises:
            MisfitError: If a field is missing or of another type.
        """
        return convert(data, cls)


def convert(data: Any, declared: type[T]) -> T:
    """Plain data as a value of a declared type; names that are not declared are left out.

    Raises:
        MisfitError: If it does not fit, with a clause such as "`epochs` must be a whole number, not
            1.5".
    """
    try:
        return _converted(heard(data), declared)
    except msgspec.ValidationError as problem:
        raise MisfitError(clause(problem, data)) from problem
    except UnicodeEncodeError as problem:  # the name of a file that is no UTF-8, where no name is
        raise MisfitError(
            say("it holds {object} where that cannot be", object=repr(problem.object))
        ) from problem
    except RecursionError as problem:
        raise MisfitError(say("it is nested too deeply")) from problem


# What msgspec found out about a type is there for all threads before it is whole; a thread that
# takes it up then crashes the process. So each type is used once by one thread alone.
_learned: set[Any] = set()
_learning = threading.Lock()


def _converted(data: Any, declared: type[T]) -> T:
    if declared in _learned:
        return msgspec.convert(data, declared)
    with _learning:
        try:
            return msgspec.convert(data, declared)
        finally:
            _learned.add(declared)


def read(path: Path | str, declared: type[T], *, limit_bytes: int = 64_000_000) -> T:
    """A JSON file as a value of a declared type.

    Raises:
        StorageError: If it is missing, too large, not JSON, or holds something else.
    """
    content = atomic.read_json(path, limit_bytes=limit_bytes)
    try:
        return convert(content, declared)
    except MisfitError as problem:
        raise atomic.damaged(Path(path), str(problem)) from problem


def fitting(data: Any, declared: type) -> dict[str, Any]:
    """What of an object fits the fields of a declared type; for what its neighbours must not spoil.

    Args:
        data: As read from a file.
        declared: A dataclass or `TypedDict`.
    """
    found: dict[str, Any] = {}
    for name, type_ in get_type_hints(declared, include_extras=True).items():
        if isinstance(data, Mapping) and name in data:
            try:
                found[name] = convert(data[name], type_)
            except MisfitError:
                continue
    return found


def plain(value: Any) -> Any:
    """A value made of dataclasses, mappings and tuples as what JSON knows."""
    return _written(msgspec.to_builtins(value, str_keys=True, enc_hook=_other))


def clause(problem: msgspec.ValidationError, data: Any) -> str:
    """What is wrong, to stand behind a colon: which value, the rule, what came instead."""
    words, _, path = str(problem).partition(" - at `$")
    path = path.removesuffix("`").removeprefix(".")
    called = f"`{path}`" if path else "it"
    if missing := _MISSING.match(words):
        name = f"`{path}.{missing['name']}`".replace("`.", "`")
        return say("{name} is missing", name=name)
    if expected := _EXPECTED.match(words):
        return say(
            "{called} must be {types}{data}",
            called=called,
            types=_rule(expected["types"], expected["rule"]),
            data=_came(data, path),
        )
    if words.startswith("Invalid enum value"):
        value = words.removeprefix("Invalid enum value ")
        return say("{called} holds {value}, which is not known here", called=called, value=value)
    problem_words = f"{words[:1].lower()}{words[1:]}"
    return say("{called} does not fit: {problem}", called=called, problem=problem_words)


def _rule(types: str, rule: str) -> str:
    *others, last = dict.fromkeys(say_marked(_WORDS.get(each, each)) for each in types.split(" | "))
    words = say("{others} or {last}", others=", ".join(others), last=last) if others else last
    if bound := _RULES.match(rule):
        limit = bound["bound"].removesuffix(".0")
        return say("{words}, {rule}", words=words, rule=say(_SIGNS[bound["sign"]], limit=limit))
    return words + rule


def _came(data: Any, path: str) -> str:
    """ ", not 1.5" where the value can be found; its names may be hidden behind "[...]"."""
    for step in _STEP.finditer(path):
        try:
            data = data[int(step["index"])] if step["index"] else data[step["name"] or step["odd"]]
        except (LookupError, TypeError, ValueError):
            return ""
    if isinstance(data, Mapping | list | tuple):
        return say(
            ", not {data}",
            data=say("an object") if isinstance(data, Mapping) else say(marked("a list")),
        )
    return say(", not {data}", data=_quoted(data) if isinstance(data, str) else _as_json(data))


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…")


def _as_json(value: Any) -> str:
    for constant, word in ((None, "null"), (True, "true"), (False, "false")):
        if value is constant:
            return word
    return str(value)[:_SHOWN_LENGTH]


def _other(value: Any) -> Any:
    if isinstance(value, Said):
        # msgspec takes no text that is more than a text; `_written` puts it beside its English.
        return {_SAID_HERE: {"english": value.english, "made_of": value.to_json()}}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):  # of numpy
        return str(value)
    if hasattr(value, "item"):  # a number of numpy
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot stand in a file: {value!r}.")


def _written(value: Any) -> Any:
    """Tuples as lists, and sentences as `fitstudio.words.kept` writes them."""
    if isinstance(value, dict):
        if _SAID_HERE in value:
            return value[_SAID_HERE]["english"]
        said = {
            name: each[_SAID_HERE]["made_of"]
            for name, each in value.items()
            if name in NAMES and isinstance(each, dict) and _SAID_HERE in each
        }
        for name in LISTS & value.keys():
            each = value[name] if isinstance(value[name], list | tuple) else ()
            made_of = [
                one[_SAID_HERE]["made_of"] if isinstance(one, dict) and _SAID_HERE in one else None
                for one in each
            ]
            if any(made_of):
                said[name] = made_of
        written = {name: _written(each) for name, each in value.items()}
        return written | {SAID: said} if said else written
    return [_written(each) for each in value] if isinstance(value, list | tuple) else value
