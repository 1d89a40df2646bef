"""Says what was done with the columns of an input, for people who read about a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.declared.catalogue import preparations as ways
from fitstudio.declared.task.preparation import Preparation
from fitstudio.words import say
from fitstudio.words.numbers import listed

_MOST_NAMED = 5
# What a person says, and no row teaches.
_NOT_LEARNED = frozenset({ways.PERIODIC, ways.DATE})


def preparation_notes(
    columns: Sequence[RecipeColumn], done: Mapping[str, Preparation], rows: int
) -> Iterator[str]:
    """Sentences for the recipe.

    Args:
        columns: What was learned.
        done: By name, in which way.
        rows: How many rows it was learned from.
    """
    numbers = [each.name for each in columns if each.role != "category"]
    words = {
        ways.STANDARD: say("centred and scaled"),
        ways.MINMAX: say("brought to the range from 0 to 1"),
    }
    used = list(dict.fromkeys(done[name].way.name for name in numbers))
    for way in used:
        names = [name for name in numbers if done[name].way.name == way]
        if way in words and len(used) == 1:
            yield say(
                "Numbers are {words}, as the {rows} training rows have them.",
                words=words[way],
                rows=rows,
            )
        elif way in _NOT_LEARNED:
            yield say("{columns}: {way}.", columns=_named(names), way=done[names[0]].way.short)
        elif way != ways.AS_IT_IS:
            yield say(
                "{columns}: {way}, as the {rows} training rows have it.",
                columns=_named(names),
                way=done[names[0]].way.short,
                rows=rows,
            )
    classes = [each for each in columns if each.role == "category"]
    if any(each.encoding == "one_hot" for each in classes):
        yield say("Words become a 0 or 1 for each class.")
    coded = [each.name for each in columns if each.codes]
    if coded:
        yield say("The model learns numbers for each class of {columns}.", columns=_named(coded))
    for each in classes:
        if each.encoding not in ("one_hot", "codes"):
            yield say("{columns}: {way}.", columns=each.name, way=done[each.name].way.short)
        if each.rare:
            yield say(
                "{number} classes of {column} are rare, and told as one: {names}.",
                number=len(each.rare),
                column=each.name,
                names=_named(each.rare),
            )
    filled = {done[each.name].missing for each in columns if each.fill is not None}
    if ways.FILL in filled or ways.INDICATOR in filled:
        yield say("Gaps are filled with the middle value or the commonest class.")
    if ways.MEAN in filled:
        yield say("Gaps are filled with the mean or the commonest class.")
    if ways.CONSTANT in filled:
        yield say("Gaps are filled with the values that were set.")
    told = [each.name for each in columns if each.indicator]
    if told:
        yield say("The model is told which values of {columns} were missing.", columns=_named(told))


def _named(names: Sequence[str]) -> str:
    shown = listed(names[:_MOST_NAMED])
    return shown + (" …" if len(names) > _MOST_NAMED else "")
