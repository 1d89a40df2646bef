"""Several data files as one dataset: `data.sources`, and the settings that show its first file.

    {"spectra": {"path": "spectra.h5"}, "samples": {"path": "samples.csv", "by": "id", "to": "id"}}

The first source gives the rows. Another one has a row for each of these, in their order; or, with
`by`, its rows are found by a column of it, which holds what the column `to` of the first source
says. With one source, columns keep their names; with several, each is called `source/column`.

`data.file`, `data.kind`, `data.y_file`, `data.options`, `data.columns` and `data.fingerprint` are
no second truth beside `data.sources`: they read and write its first source. `data.columns` tells
all sources' columns, by the names that columns have everywhere.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import Any, TypeGuard

from fitstudio.declared.formats.registry import FORMAT_NAMES
from fitstudio.declared.kinds.composed import OneOf, Settings
from fitstudio.declared.kinds.fit_values import COLUMN_NAME
from fitstudio.declared.kinds.limits import check_limits
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.kinds.values import Choice, Kind, Text, quoted
from fitstudio.declared.parameters.column_settings import ColumnSettings, field_of_column
from fitstudio.words import marked, say
from fitstudio.words.numbers import format_count

MOST_SOURCES = 20
PATH = Text(what=marked("a file's path"), longest=4_000, empty_allowed=False)
FORMAT = Choice(FORMAT_NAMES)
OPTIONS = Settings(marked("options of the format by name"))
COLUMNS = ColumnSettings()
FINGERPRINT = OneOf((Text(what=marked("text")), Settings(marked("size, time and hash"))))

# What a source is made of.
FIELDS: Mapping[str, Kind] = {
    "path": PATH,
    "format": FORMAT,
    "targets": PATH,
    "options": OPTIONS,
    "columns": COLUMNS,
    "by": COLUMN_NAME,
    "to": COLUMN_NAME,
    "fingerprint": FINGERPRINT,
}
# The settings that show the first source, and the field of it that each is.
LENSES: Mapping[str, str] = {
    "file": "path",
    "kind": "format",
    "y_file": "targets",
    "options": "options",
    "columns": "columns",
    "fingerprint": "fingerprint",
}
_NAME = re.compile(r"\w[\w-]{0,39}")
_SEPARATOR = "/"
_EXAMPLE = '{"spectra": {"path": "spectra.h5"}}'


@dataclass(frozen=True)
class Sources(Kind):
    """Data files by name, in their order; what they are and how their rows belong together."""

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("files by name, such as {example}", example=_EXAMPLE)

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, Mapping) and all(
            isinstance(source, Mapping)
            and all(name not in FIELDS or FIELDS[name].is_of_type(source[name]) for name in source)
            for source in value.values()
        )

    def check(self, value: Any) -> str | None:
        """Looks at names, and at each file's path and fields."""
        if not isinstance(value, Mapping) or not value:
            return self._wrong(value)
        if len(value) > MOST_SOURCES:
            return say(
                "must name at most {most_sources} files, not {value}",
                most_sources=MOST_SOURCES,
                value=format_count(len(value)),
            )
        try:
            check_limits(value)
        except ValueError as error:
            return str(error)
        for place, (name, source) in enumerate(value.items()):
            problem = name_problem(name)
            if problem is not None:
                return say(
                    "has the name {name}, which {problem}", name=quoted(name), problem=problem
                )
            if not isinstance(source, Mapping):
                return say(
                    "must have for {name} an object with a path, not {source}",
                    name=repr(name),
                    source=quoted(source),
                )
            problem = _source_problem(source, first=place == 0, alone=len(value) == 1)
            if problem is not None:
                return say("has for {name} {problem}", name=repr(name), problem=problem)
        return None

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return {name: dict(source) for name, source in value.items()}


def name_problem(name: object) -> str | None:
    """Why a source cannot be called this, as a clause behind "which", or None."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return None
    return say("is no simple word: letters, digits, _ and -, at most 40 of them")


def simple_word(file: str, taken: Mapping[str, Any] | None = None) -> str:
    """A name for the source of a file: its own, as a simple word that no other source has.

    Args:
        file: The file's path.
        taken: The sources that there are.
    """
    stem = PureWindowsPath(file).stem if "\\" in file else PurePath(file).stem
    word = re.sub(r"\W+", "_", stem).strip("_")[:36] or "data"
    name, number = word, 2
    while name in (taken or {}):
        name, number = f"{word}_{number}", number + 1
    return name


def joined_name(source: str, column: str) -> str:
    """What a column is called where there are several sources."""
    return f"{source}{_SEPARATOR}{column}"


def parted_name(name: str) -> tuple[str, str]:
    """The source and the column of a name that `joined_name` made."""
    source, _, column = name.partition(_SEPARATOR)
    return source, column


def sources_of(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sources that a description of data names; also one of a single file, by `file`.

    Args:
        data: The data section of a run specification, or what is said about a later file.
    """
    sources = folded(data).get("sources")
    if not isinstance(sources, Mapping):
        return {}
    return {
        str(name): dict(source) for name, source in sources.items() if isinstance(source, Mapping)
    }


def are_several(data: Mapping[str, Any]) -> bool:
    """Whether the data are in several sources, so that columns are called `source/column`."""
    return len(sources_of(data)) > 1


def as_single(source: Mapping[str, Any]) -> dict[str, Any]:
    """A source as the description of a single file: `file`, `kind`, `options` and so on."""
    return {lens: source[field] for lens, field in LENSES.items() if field in source}


def folded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data section with everything that the first source's settings say in `sources`."""
    values = {name: value for name, value in data.items() if name not in LENSES}
    for lens in LENSES:
        if data.get(lens) is not None:
            write(values, lens, data[lens])
    return values


def holds(values: Mapping[str, Any], name: str) -> bool:
    """Whether a setting of the data section was made."""
    return name in values if _is_plain(name) else _read(values, name) is not None


def read(values: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """The value of a setting of the data section."""
    if _is_plain(name):
        return values.get(name, default)
    found = _read(values, name)
    return default if found is None else found


def write(values: dict[str, Any], name: str, value: Any) -> None:
    """Sets a setting of the data section, or with None takes it back."""
    if not _is_plain(name):
        sources = values.get("sources")
        sources = dict(sources) if _are_sources(sources) else {}
        name, value = "sources", _written(sources, name, value) or None
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def set_names(values: Mapping[str, Any]) -> Iterator[str]:
    """The settings of the data section that were made, each once.

    One source is told by the settings that show it, several by `sources`.
    """
    for name, value in values.items():
        if name == "sources" and _is_one_file(value):
            (source,) = value.values()
            yield from (lens for lens, field in LENSES.items() if field in source)
        else:
            yield name


def are_alike(mine: Any, theirs: Any) -> bool:
    """Whether two values of `data.sources` name the same files, read and joined the same way."""
    return _without_fingerprints(mine) == _without_fingerprints(theirs)


def unknown_fields(sources: Any) -> list[str]:
    """The keys of what stands in sources and is no field of one."""
    if not _are_sources(sources):
        return []
    return [
        f"data.sources.{name}.{field}"
        for name, source in sources.items()
        for field in source
        if field not in FIELDS
    ]


def field_of(name: str) -> tuple[str, str] | None:
    """The source and the field that a setting such as `sources.spectra.options` means, or None."""
    match name.split("."):
        case ["sources", source, field] if field in FIELDS and name_problem(source) is None:
            return source, field
    return None


def _source_problem(source: Mapping[str, Any], *, first: bool, alone: bool) -> str | None:
    for field, value in source.items():
        if field not in FIELDS:
            return say(
                "the field {field}, which there is not.{did_you_mean}",
                field=quoted(field),
                did_you_mean=did_you_mean(field, FIELDS),
            )
        problem = FIELDS[field].check(value)
        if problem is not None:
            return say("a value that does not fit: {field} {problem}", field=field, problem=problem)
    if not alone and "path" not in source:
        return say("no path")
    if first and ("by" in source or "to" in source):
        return say(
            "a column to find its rows by: it is the first, whose rows the others are found for"
        )
    if "to" in source and "by" not in source:
        return say("a column `to` without a column `by`")
    return None


def _without_fingerprints(value: Any) -> Any:
    if not _are_sources(value):
        return value
    return [
        (name, {field: each for field, each in source.items() if field != "fingerprint"})
        for name, source in value.items()
    ]


def _is_plain(name: str) -> bool:
    return name not in LENSES and not name.startswith(("sources.", "columns."))


def _are_sources(value: Any) -> TypeGuard[Mapping[str, Mapping[str, Any]]]:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(source, Mapping) for name, source in value.items()
    )


def _is_one_file(value: Any) -> bool:
    if not _are_sources(value) or len(value) != 1:
        return False
    ((name, source),) = value.items()
    return name_problem(name) is None and set(source) <= set(LENSES.values())


def _read(values: Mapping[str, Any], name: str) -> Any:
    sources = values.get("sources")
    if not _are_sources(sources) or not sources:
        return None
    column = field_of_column(name)
    if column is not None:
        settings = (_read(values, "columns") or {}).get(column[0])
        return settings.get(column[1]) if isinstance(settings, Mapping) else None
    if name == "columns" and len(sources) > 1:
        return _all_columns(sources)
    place = field_of(name) or (next(iter(sources)), LENSES.get(name, ""))
    return copy.deepcopy(sources.get(place[0], {}).get(place[1]))


def _written(sources: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    column = field_of_column(name)
    if column is not None:
        all_columns = dict(_read({"sources": sources}, "columns") or {})
        own = all_columns.get(column[0])
        changed = {**(own if isinstance(own, Mapping) else {}), column[1]: value}
        changed = {field: each for field, each in changed.items() if each is not None}
        all_columns[column[0]] = changed
        kept = {each: all_columns[each] for each in all_columns if all_columns[each]}
        return _written(sources, "columns", kept or None)
    if name == "columns" and len(sources) > 1:
        return _with_columns(sources, value)
    place = field_of(name)
    if place is None:
        source, field = next(iter(sources), "data"), LENSES[name]
    else:
        source, field = place
    changed = {**sources.get(source, {}), field: value}
    kept = {each: changed[each] for each in FIELDS if changed.get(each) is not None}
    kept |= {each: changed[each] for each in changed if each not in FIELDS}
    if len(sources) < 2 and place is None and field == "path" and isinstance(value, str):
        return {simple_word(value): kept}  # a source that is alone is called as its file
    found = {**sources, source: kept}
    return {each: found[each] for each in found if found[each]}


def _all_columns(sources: Mapping[str, Any]) -> dict[str, Any] | None:
    found = {
        joined_name(name, column): settings
        for name, source in sources.items()
        if isinstance(source.get("columns"), Mapping)
        for column, settings in source["columns"].items()
    }
    return copy.deepcopy(found) or None


def _with_columns(sources: dict[str, Any], value: Any) -> dict[str, Any]:
    bare = {
        name: {field: each for field, each in source.items() if field != "columns"}
        for name, source in sources.items()
    }
    if isinstance(value, Mapping):
        for whole, settings in value.items():
            name, column = parted_name(str(whole))
            if name not in bare:
                name, column = next(iter(bare)), str(whole)
            bare[name].setdefault("columns", {})[column] = settings
    return bare
