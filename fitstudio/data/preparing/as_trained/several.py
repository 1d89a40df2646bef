"""Opens later files as the several files of the training were read, and joins them likewise.

A file that held nothing but targets is needed to measure a model, and not to predict with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio.data.preparing.coding import encoding
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.preparing.recipe.source import RecipeSource
from fitstudio.data.several import Part, SeveralSources
from fitstudio.data.source import Source
from fitstudio.declared.parameters.sources import as_single, sources_of
from fitstudio.errors import DataError
from fitstudio.words import say

# Opens one file by a recipe of its own: recipe, data, base, notes, whether answers are used.
Open = Callable[[Recipe, Mapping[str, Any], Path, list[str], bool], Source]


def open_several(
    recipe: Recipe,
    data: Mapping[str, Any],
    base: Path,
    open_one: Open,
    *,
    notes: list[str],
    answers: bool,
) -> SeveralSources:
    """Opens the files that a model needs and joins them as in training.

    Args:
        recipe: What was learned in training.
        data: ``sources``; or ``file`` and so on, where the model needs one file only.
        base: The folder that a relative path starts from.
        open_one: Opens a single file as its training file was read.
        notes: Gets a sentence for whatever is not quite as in training.
        answers: Whether the targets are used as well.

    Raises:
        DataError: If a file is missing or not known, cannot be read, or its rows do not fit.
    """
    needed = recipe.needed_sources(answers=answers)
    given = _given(recipe, data, needed)
    parts: list[Part] = []
    try:
        for source in recipe.sources:
            if source.name in given:
                single = as_single(given[source.name])
                parts.append(_opened(recipe, source, single, base, open_one, notes, answers))
        joined = SeveralSources(parts)
    except BaseException:
        for part in parts:
            part.source.close()
        raise
    notes.extend(joined.join_notes())
    return joined


def _opened(
    recipe: Recipe,
    trained: RecipeSource,
    data: Mapping[str, Any],
    base: Path,
    open_one: Open,
    notes: list[str],
    answers: bool,
) -> Part:
    own = recipe.of_source(trained.name)
    heard: list[str] = []
    source = open_one(own, data, base, heard, answers)
    notes.extend(f"{trained.name}: {sentence}" for sentence in heard)
    found = encoding.match_columns(own.input_columns, source)
    wanted = [*(column.name for column in own.input_columns), *own.answer_names]
    if len(wanted) == 1 and len(source.names) == 1 and source.kind == "npy":
        # An array that is alone in its file is called as the file, whatever that is called.
        found.setdefault(wanted[0], source.names[0])
    renamed = {name: held for name, held in found.items() if name != held}
    if renamed:
        words = "; ".join(
            say("{held} is taken for {name}", held=repr(held), name=repr(name))
            for name, held in renamed.items()
        )
        notes.append(f"{trained.name}: {words}.")
    by = None if trained.by is None else found.get(trained.by, trained.by)
    return Part(name=trained.name, source=source, by=by, to=trained.to, names=renamed)


def _given(
    recipe: Recipe, data: Mapping[str, Any], needed: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """The files by the names of the sources that they stand for; all that are needed are there."""
    known = [source.name for source in recipe.sources]
    given = sources_of(data)
    if "sources" not in data:
        if len(needed) > 1:
            raise DataError(
                say(
                    "The model was trained on {known}; it needs a file for each of {needed}, "
                    "and one came that is not said to be any of them.",
                    known=_listed(known),
                    needed=_listed(needed),
                ),
                code="data.sources-missing",
                remedy=say("Give each by its name, such as {needed}.", needed=_as_given(needed)),
            )
        given = dict.fromkeys(needed, next(iter(given.values()), {}))
    strange = [name for name in given if name not in known]
    if strange:
        raise DataError(
            say("The model knows no file that is called {strange}.", strange=repr(strange[0])),
            code="data.sources-unknown",
            remedy=say("It was trained on {known}.", known=_listed(known)),
        )
    missing = [name for name in needed if name not in given]
    if missing:
        came = say("only {given} came", given=_listed(list(given))) if given else say("none came")
        verb = "is" if len(missing) == 1 else "are"
        raise DataError(
            say(
                "The model needs a file for each of {needed}; {came}, so {missing} {verb} missing.",
                needed=_listed(needed),
                came=came,
                missing=_listed(missing),
                verb=verb,
            ),
            code="data.sources-missing",
            remedy=say("Give each by its name, such as {needed}.", needed=_as_given(needed)),
        )
    # The first of the files that are opened gives the rows: what only others need is left out.
    return {name: given[name] for name in known if name in given and _is_of_use(recipe, name)}


def _is_of_use(recipe: Recipe, name: str) -> bool:
    return name in recipe.needed_sources(answers=True)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = [repr(name) for name in names]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""


def _as_given(names: tuple[str, ...]) -> str:
    return " ".join(say("--data {name}=FILE", name=name) for name in names)
