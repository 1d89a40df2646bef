"""Opens a later file as the model's training file was read: to predict, to measure, to check on.

Three things say how it is read, the first that speaks wins: options given for this very file; what
was decided for the training file; the file itself. How it is laid out (encoding, separator, where
the names stand) may differ from the training file, so there the file itself is heard before what
was merely found out about the training file, and the needed columns decide what is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitstudio.data.preparing.as_trained.pictures import open_other_pictures
from fitstudio.data.preparing.as_trained.several import open_several
from fitstudio.data.preparing.as_trained.single_sample import single_sample
from fitstudio.data.preparing.coding import encoding
from fitstudio.data.preparing.recipe.reading import Reading
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.preparing.recipe.source import RecipeSource
from fitstudio.data.several import SeveralSources
from fitstudio.data.source import Source, find_file, kind_of, open_source
from fitstudio.declared.formats.format import Travels
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.parameters.sources import are_several, as_single, sources_of
from fitstudio.errors import DataError
from fitstudio.words import marked, say, say_marked

if TYPE_CHECKING:
    from fitstudio.data.formats.text.table import TableSource

_LIKE_TRAINING = marked(
    "It is laid out as the training file was; read otherwise, its columns are not there."
)


def _own_layout(places: Sequence[str]) -> str:
    return say(
        "What the model needs does not stand where it stood in the training file: “{places}”.",
        places=", ".join(places),
    )


@dataclass(frozen=True)
class _Way:
    """One way to read a file.

    Args:
        options: ``data.options``.
        note: What is to be said if it is taken.
        own: Whether the file itself says how it is laid out: its errors are the telling ones.
    """

    options: dict[str, Any]
    note: str = ""
    own: bool = True


def learn_reading(source: Source, recipe: Recipe, given: Mapping[str, Any]) -> Reading:
    """How the training file was read, for its recipe.

    Args:
        source: The training file.
        recipe: What was learned from it.
        given: ``data.options``, as a person set them.
    """
    if source.kind == "table":
        from fitstudio.data.preparing.as_trained import table_reading

        return table_reading.learn(_table(source), recipe.number_names, given)
    found = {guess.name: guess.value for guess in source.guesses}
    format = find_format(source.kind)
    # Whether classes are told by a 1 among zeros must not hang on how few rows a later file has.
    if format.option("one_hot") is not None:
        found.setdefault("one_hot", False)
    of_one_file = format.options_that(Travels.NEVER)
    options = {
        name: value
        for name, value in {**found, **source.options}.items()
        if name not in of_one_file
    }
    return Reading(kind=source.kind, options=options, given=tuple(given))


def learn_sources(
    source: SeveralSources, recipe: Recipe, data: Mapping[str, Any]
) -> tuple[RecipeSource, ...]:
    """How each of several training files was read, and how their rows found each other.

    Args:
        source: The training files.
        recipe: What was learned from them.
        data: The data section of the run specification.
    """
    bare = tuple(
        RecipeSource(name=part.name, reading=Reading(kind=part.source.kind), by=part.by,
                     to=part.shown_to)
        for part in source.parts
    )  # fmt: skip
    recipe = replace(recipe, sources=bare)
    said = sources_of(data)
    return tuple(
        replace(
            each,
            reading=learn_reading(
                part.source, recipe.of_source(each.name), said[each.name].get("options") or {}
            ),
        )
        for each, part in zip(bare, source.parts, strict=True)
    )


def open_as_trained(
    recipe: Recipe,
    data: Mapping[str, Any],
    base: Path,
    *,
    notes: list[str],
    answers: bool = False,
) -> Source:
    """Opens a file as the training file was read.

    Args:
        recipe: What was learned in training, how files are read among it.
        data: ``file``, and ``kind``, ``options`` and so on where they are given for this file; or
            ``sources``, for a model that was trained on several files.
        base: The folder that a relative path starts from.
        notes: Gets a sentence for whatever is not quite as in training.
        answers: Whether the targets of the file are used as well.

    Raises:
        DataError: If the file cannot be read, or contradicts how the training file was read.
    """
    if recipe.sources:
        return open_several(recipe, data, base, _open_one, notes=notes, answers=answers)
    if are_several(data):
        raise DataError(
            say("The model was trained on one file, and {data} came.", data=len(sources_of(data))),
            code="data.sources-unknown",
            remedy=say("Give the one file that has its columns."),
        )
    given = next(map(as_single, sources_of(data).values()), {})
    return _open_one(recipe, given, base, notes, answers)


def _open_one(
    recipe: Recipe, data: Mapping[str, Any], base: Path, notes: list[str], answers: bool
) -> Source:
    reading = recipe.reading
    said = data.get("options") or {}
    if reading is None:
        source = open_source(data, base)
        if source.kind == "table":
            notes.append(
                say(
                    "The model is from a version that did not keep how its file was read: how "
                    "this one is read was found out anew."
                )
            )
        return source
    heard: list[str] = []
    source = open_other_pictures(recipe, reading, data, base, heard)
    if source is None:
        source = single_sample(recipe, _best(recipe, reading, data, base, heard), heard)
    try:
        names = _number_columns(recipe, source, answers=answers)
        if source.kind == "table":
            _compare_table(source, reading, names, said, heard)
        else:
            source.refuse_problems()
            heard.extend(each.sentence.replace("**", "") for each in source.remarks())
            if reading.kind == "table" and {"missing", "missing_numbers"} & set(reading.given):
                heard.append(
                    say("What stood for a missing value in the training table is not looked for.")
                )
    except BaseException:
        source.close()
        raise
    notes.extend(_overruled(reading, said))
    notes.extend(heard)
    return source


def _compare_table(
    source: Source,
    reading: Reading,
    names: Mapping[str, str],
    said: Mapping[str, Any],
    heard: list[str],
) -> None:
    from fitstudio.data.preparing.as_trained import table_reading

    table = _table(source)
    source.refuse_problems()
    if reading.kind == "table":
        heard.extend(table_reading.compare(table, reading, names, said))
    for guess in source.guesses:
        if not guess.sure and guess.label and guess.name not in reading.options:
            heard.append(
                say(
                    "{label} is the likeliest way to read the file, but not certain. {sentence}",
                    label=guess.label,
                    sentence=guess.sentence,
                ).rstrip()
            )
    if table.layout.row_names:
        heard.append(
            say(
                "The first field of each line, which has no name, is {names}.",
                names=repr(source.names[0]),
            )
        )
    heard.extend(table_reading.remarks(table, names))


def _best(
    recipe: Recipe, reading: Reading, data: Mapping[str, Any], base: Path, heard: list[str]
) -> Source:
    """The file, read in the first way that finds the needed columns; else by its own layout."""
    kinds = [data.get("kind") or kind_of(find_file(str(data.get("file") or ""), base))]
    if not data.get("kind") and reading.kind != kinds[0]:
        kinds.append(reading.kind)  # a table may have the ending of another format
    otherwise: Source | DataError | None = None
    for kind in kinds:
        for way in _ways(reading, kind, data.get("options") or {}):
            try:
                source = open_source({**data, "kind": kind, "options": way.options}, base)
            except DataError as problem:
                otherwise = otherwise or problem
                continue
            if _fits(recipe, source, way.options):
                _close(otherwise)
                if way.note:
                    heard.append(way.note)
                return _better_encoded(source, reading, data, way.options, base)
            if kind == kinds[0] and way.own and not isinstance(otherwise, Source):
                otherwise = source
            else:
                source.close()
    if isinstance(otherwise, Source):
        return otherwise  # whoever needs the columns says which of them are missing
    assert otherwise is not None
    raise otherwise


def _ways(reading: Reading, kind: str, said: Mapping[str, Any]) -> Iterator[_Way]:
    """How the file may be read, the likeliest first."""
    if kind != reading.kind:
        yield _Way(dict(said))
    elif kind == "table":
        from fitstudio.data.preparing.as_trained.table_reading import LAYOUT, MARKS, options_for

        given = [name for name in LAYOUT if name in reading.given]
        if given:
            yield _Way(options_for(reading, said, layout=given), own=False)
        yield _Way(options_for(reading, said))
        if not MARKS & set(said):
            # Where its names stand shows by the numbers below them, in the file's own marks.
            options = options_for(reading, said)
            yield _Way({name: options[name] for name in options if name not in MARKS})
        yield _Way(options_for(reading, said, layout=LAYOUT), say_marked(_LIKE_TRAINING), own=False)
    else:
        yield _Way({**reading.options, **said}, own=False)
        # What a model has learned hangs on these, whatever else a file says of itself.
        binding = ("one_hot", *find_format(kind).binding)
        kept = {name: value for name, value in reading.options.items() if name in binding}
        places = [
            f"{name}={value}"
            for name, value in reading.options.items()
            if name not in kept and name not in said
        ]
        note = _own_layout(places) if places else ""
        yield _Way({**kept, **said}, note)
        if find_format(kind).option("single_values") is not None:
            alone = {**reading.options, **said, "single_values": True}
            yield _Way(alone, say("The file holds one row: a single value for each column."))


def _fits(recipe: Recipe, source: Source, options: Mapping[str, Any]) -> bool:
    """Whether the file, read like this, has all inputs."""
    found = encoding.match_columns(recipe.input_columns, source)
    if len(found) < len(recipe.input_columns):
        return False
    if source.kind != "table" or not options.get("units_line"):
        return True
    from fitstudio.data.preparing.as_trained.table_reading import units_are_data

    numbers = [found[name] for name in recipe.number_names if name in found]
    return not units_are_data(_table(source), numbers)


def _better_encoded(
    source: Source,
    reading: Reading,
    data: Mapping[str, Any],
    options: Mapping[str, Any],
    base: Path,
) -> Source:
    """The file in the training file's encoding, where its own is but a guess."""
    stored = reading.options.get("encoding")
    unsure = any(guess.name == "encoding" and not guess.sure for guess in source.guesses)
    if not unsure or stored is None or source.options.get("encoding") == stored:
        return source
    try:
        again = open_source(
            {**data, "kind": source.kind, "options": {**options, "encoding": stored}}, base
        )
    except DataError:
        return source  # its bytes do not fit the training file's encoding
    source.close()
    return again


def _number_columns(recipe: Recipe, source: Source, *, answers: bool) -> dict[str, str]:
    """The columns that are read as numbers: their names in training by those in this file."""
    found = encoding.match_columns(recipe.input_columns, source)
    if answers:
        found |= {name: name for name in recipe.answer_names if name in source.names}
    return {found[name]: name for name in recipe.number_names if name in found}


def _overruled(reading: Reading, said: Mapping[str, Any]) -> list[str]:
    """What was said about this file and differs from training."""
    return [
        say(
            "As you said, {name} is {value} here; in training it was {options}.",
            name=name,
            value=_shown(value),
            options=_shown(reading.options[name]),
        )
        for name, value in said.items()
        if name in reading.options and reading.options[name] != value
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value[:12])) + (" …" if len(value) > 12 else "") or "nothing"
    return f"“{value}”" if value != "" else "nothing"


def _table(source: Source) -> TableSource:
    from fitstudio.data.formats.text.table import TableSource

    assert isinstance(source, TableSource)
    return source


def _close(opened: Source | DataError | None) -> None:
    if isinstance(opened, Source):
        opened.close()
