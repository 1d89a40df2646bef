"""How the datasets of an HDF5 file are read: MATLAB's axes, packed values; each told as a guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fitstudio.data.formats.hdf5.tree import Found
from fitstudio.data.formats.matlab.arrays import (
    LAST,
    ROWS,
    VECTOR,
    find_square,
    guess_samples_last,
    samples_along_last,
    shape_as_read,
)
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.words import say

_NAMED = 6
_MOST_NAMES = 100_000


def as_matlab_shows(
    found: list[Found], options: Mapping[str, Any]
) -> tuple[list[Found], tuple[Guess, ...]]:
    """The datasets that MATLAB wrote with their axes as it shows them, and how that was decided.

    Args:
        found: Everything in the file.
        options: ``axes`` ("matlab" or "stored") and ``samples_last`` (paths of arrays that hold
            one sample for each place of their last axis).
    """
    written = {item.node.path: item for item in found if item.layout is not None}
    axes = options.get("axes", "matlab")
    if not written:
        return found, ()
    if axes == "stored":
        guess = Guess("axes", "stored", say("As you said."), say("Axes as stored"), given=True)
        return [_laid_out(item, None) for item in found], (guess,)
    guesses = [
        Guess(
            "axes",
            "matlab",
            say(
                "MATLAB wrote these arrays and stores their axes in reverse; they are read as "
                "MATLAB shows them, vectors as columns."
            ),
            say("MATLAB's axes"),
            given="axes" in options,
        )
    ]
    last = _samples_last(written, options)
    if last or "samples_last" in options:
        guesses.append(guess_samples_last(last, given="samples_last" in options))
    return (
        [_laid_out(item, LAST) if item.node.path in last else item for item in found],
        tuple(guesses),
    )


def say_square(columns: Mapping[str, Found], options: Mapping[str, Any]) -> Iterator[Finding]:
    """Arrays of MATLAB that are as wide as they are long: either axis could hold the samples."""
    if "samples_last" in options:
        return
    for name, item in columns.items():
        if item.layout == ROWS:
            yield from find_square(name, item.node.path, item.node.shape, options)


def say_packing(
    columns: Mapping[str, Found], options: Mapping[str, Any]
) -> tuple[Guess | None, tuple[Finding, ...]]:
    """How values become the numbers that they stand for, as the datasets say it themselves."""
    heeded = options.get("packing", True)
    packed = {name: item.packing for name, item in columns.items() if item.packing is not None}
    findings = [
        Finding(
            "data.packing-doubt",
            Severity.ADVICE,
            "data.file",
            say(
                "**{name}** {doubt}, which makes no sense: its values are taken as they are "
                "stored.",
                name=name,
                doubt=item.doubt,
            ),
        )
        for name, item in list(columns.items())[:_NAMED]
        if item.doubt
    ]
    if not packed:
        return None, tuple(findings)
    if not heeded:
        return Guess("packing", False, say("As you said."), say("Values as stored"), given=True), ()
    said = [f"**{name}**: {packing.sentence()}" for name, packing in packed.items()]
    more = say("; {said} more likewise", said=len(said) - _NAMED) if len(said) > _NAMED else ""
    sentence = say(
        "The file says of its values: {said}{more}.", said="; ".join(said[:_NAMED]), more=more
    )
    findings.append(
        Finding(
            "data.packed",
            Severity.ADVICE,
            "data.options",
            sentence,
            Fix(
                say("Take values as they are stored"),
                {"data.options": {**options, "packing": False}},
            ),
        )
    )
    guess = Guess(
        "packing",
        True,
        sentence.replace("**", ""),
        say("Values by the file's own marks"),
        given="packing" in options,
    )
    return guess, tuple(findings)


def name_codes(
    handle: Any, found: Mapping[str, Found], options: Mapping[str, Any]
) -> tuple[dict[str, Found], Guess | None]:
    """Codes of categories by the names that stand beside them, as tables of cells have them.

    A group with ``codes``, whole numbers, and ``categories``, their names, is one column of
    categories; -1 stands for a missing one.

    Args:
        handle: The open file.
        found: The datasets that can be used, by path.
        options: ``categories`` (False leaves the codes as numbers).
    """
    wanted = options.get("categories", True)
    named = dict(found)
    for place, item in found.items():
        group = place.rpartition("/")[0]
        categories = found.get(f"{group}/categories")
        if place != f"{group}/codes" or categories is None or item.dtype is None:
            continue
        whole = item.dtype.kind in "iu" and item.layout is None
        count = categories.node.shape[0]
        if (
            whole
            and len(item.node.shape) == len(categories.node.shape) == 1
            and count <= _MOST_NAMES
        ):
            codes = handle[place]
            step = 1 << 20
            blocks = (codes[start : start + step] for start in range(0, codes.shape[0], step))
            # Numbers that are no places in the list of names are no codes for it.
            if all(block.min() >= -1 and block.max() < count for block in blocks):
                words = [
                    word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)
                    for word in handle[categories.node.path][:].tolist()
                ]
                named[place] = replace(item, names=dict(enumerate(words)), packing=None)
    places = [place for place in named if named[place] is not found[place]]
    if not places:
        return dict(found), None
    if not wanted:
        guess = Guess("categories", False, say("As you said."), say("Codes as numbers"), given=True)
        return dict(found), guess
    guess = Guess(
        "categories",
        True,
        say("The names of {places} stand in a dataset beside the codes.", places=_listed(places)),
        say("Names for {places}", places=_listed(places)),
        given="categories" in options,
    )
    return named, guess


def _all_between(numbers: Any, low: int, high: int) -> bool:
    step = 1 << 20
    blocks = (numbers[start : start + step] for start in range(0, numbers.shape[0], step))
    return all(block.min() >= low and block.max() <= high for block in blocks)


def _samples_last(written: Mapping[str, Found], options: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = options.get("samples_last")
    if wanted is None:
        by_group: dict[str, dict[str, tuple[int, ...]]] = {}
        for place, item in written.items():
            by_group.setdefault(place.rpartition("/")[0], {})[place] = item.node.shape
        return tuple(name for shapes in by_group.values() for name in samples_along_last(shapes))
    # A later file need not hold all of them: one for predictions has no target.
    names = {str(name).strip("/") for name in wanted}
    return tuple(name for name in written if name in names and written[name].layout != VECTOR)


def _laid_out(item: Found, layout: str | None) -> Found:
    if item.layout is None:
        return item
    shape = shape_as_read(item.stored_shape, layout)
    return replace(item, layout=layout, node=replace(item.node, shape=shape))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
