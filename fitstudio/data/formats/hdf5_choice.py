"""Chooses the datasets of an HDF5 file that belong together as columns, and says which do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.data.formats.array_columns import largest_group
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say

# The option's value for all groups: every dataset of one number of rows, wherever it stands.
ALL_GROUPS = "*"
_NAMED = 6


@dataclass(frozen=True)
class Choice:
    """The datasets that are columns.

    Args:
        names: The column's name by the dataset's path.
        guess: How they were chosen, where there was a choice.
    """

    names: dict[str, str]
    guess: Guess | None = None


def choose(lengths: Mapping[str, int], options: Mapping[str, Any], file: str) -> Choice:
    """The datasets that are the columns, and the group that they were found in.

    Args:
        lengths: Rows by path, of every dataset that can be used.
        options: ``data.options``.
        file: The file's name, for messages.

    Raises:
        DataError: If the options name what is not there.
    """
    if options.get("datasets") is not None:
        return Choice({place: place for place in _named_datasets(lengths, options, file)})
    groups = sorted({_group_of(place) for place in lengths})
    group = options.get("group")
    if group == ALL_GROUPS:
        return _everything(lengths, say("As you said."), given=True)
    if group is not None:
        group = str(group).strip("/")
        if group not in groups:
            raise DataError(
                say(
                    "{file} has no group {group} with datasets.", file=repr(file), group=repr(group)
                ),
                code="data.option",
                remedy=say(
                    "It has {groups}; {all_groups} stands for all of them.",
                    groups=", ".join(repr(name or "/") for name in groups[:10]),
                    all_groups=repr(ALL_GROUPS),
                ),
            )
        chosen, _ = largest_group(_inside(lengths, group))
        return _of_group(chosen, group, say("As you said."), given=True)
    if len(groups) == 1:
        chosen, _ = largest_group(lengths)
        return Choice({place: place for place in chosen})

    # The group that can train on its own: inputs and targets, called training, with most rows.
    def worth(name: str) -> tuple[int, bool, int]:
        chosen, _ = largest_group(_inside(lengths, name))
        return min(2, len(chosen)), "train" in name.lower(), lengths[chosen[0]]

    best = max(groups, key=worth)
    if worth(best)[0] < 2:
        chosen, _ = largest_group(lengths)
        return Choice({place: place for place in chosen})
    chosen, _ = largest_group(_inside(lengths, best))
    if _goes_on_elsewhere(lengths, chosen):
        return _everything(
            lengths,
            say("Datasets in several groups have {lengths} rows.", lengths=lengths[chosen[0]]),
            given=False,
        )
    return _of_group(chosen, best, say("It has the most rows of inputs and targets."), given=False)


def other_findings(
    lengths: Mapping[str, int], choice: Choice, options: Mapping[str, Any]
) -> Iterator[Finding]:
    """Says which datasets are no columns here, and how they can be."""
    rows = lengths[next(iter(choice.names))]
    left = [place for place in lengths if place not in choice.names]
    others = [
        say("{place} ({lengths} rows)", place=place, lengths=lengths[place])
        for place in left
        if lengths[place] != rows
    ]
    if others:
        yield Finding(
            "data.other-lengths", Severity.ADVICE, "data.file",
            say(
"Not part of these {rows} rows: **{others}**.",
rows=rows,
others=_listed(others)
),
        )  # fmt: skip
    alike = [place for place in left if lengths[place] == rows]
    if alike and "datasets" not in options:
        has, stands = ("has", "stands") if len(alike) == 1 else ("have", "stand")
        yield Finding(
            "data.other-groups", Severity.ADVICE, "data.options",
            say(
"**{alike}** {has} {rows} rows as well, but {stands} in another group, which "
"is not read. The reading option group takes another group; datasets takes a "
"list of paths.",
alike=_listed(alike),
has=has,
rows=rows,
stands=stands
),
            Fix(say("Read all groups together"), {"data.options": {**options, "group": ALL_GROUPS}}),
        )  # fmt: skip


def _named_datasets(lengths: Mapping[str, int], options: Mapping[str, Any], file: str) -> list[str]:
    chosen = [str(place).strip("/") for place in options["datasets"]]
    missing = [place for place in chosen if place not in lengths]
    if missing:
        raise DataError(
            say(
                "{file} has no dataset {missing} that can be used.",
                file=repr(file),
                missing=repr(missing[0]),
            ),
            code="data.missing-column",
            remedy=say("It has {lengths}.", lengths=", ".join(list(lengths)[:10])),
        )
    if len({lengths[place] for place in chosen}) > 1:
        listed = ", ".join(f"{place} ({lengths[place]})" for place in chosen)
        raise DataError(
            say("The chosen datasets have different numbers of rows: {listed}.", listed=listed),
            code="data.rows-differ",
        )
    return chosen


def _goes_on_elsewhere(lengths: Mapping[str, int], chosen: list[str]) -> bool:
    """Whether other groups hold more columns of the same rows.

    Groups that repeat a name (``train/x`` and ``test/x``) are parts of the data or other takes of
    it, and no more columns.
    """
    rows = lengths[chosen[0]]
    alike = [place for place, count in lengths.items() if count == rows and place not in chosen]
    own = {_name_of(place) for place in chosen}
    repeated = {_group_of(place) for place in lengths if _name_of(place) in own}
    return any(_group_of(place) not in repeated for place in alike)


def _everything(lengths: Mapping[str, int], sentence: str, *, given: bool) -> Choice:
    chosen, _ = largest_group(lengths)
    guess = Guess("group", ALL_GROUPS, sentence, say("All groups"), given=given)
    return Choice({place: place for place in chosen}, guess)


def _of_group(chosen: list[str], group: str, sentence: str, *, given: bool) -> Choice:
    # Names without the group that all of them are in, so that other groups match by name.
    prefix = f"{group}/" if group else ""
    guess = Guess("group", group, sentence, say("Group: {group}", group=group or "/"), given=given)
    return Choice({place: place.removeprefix(prefix) for place in chosen}, guess)


def _inside(lengths: Mapping[str, int], group: str) -> dict[str, int]:
    return {place: count for place, count in lengths.items() if _group_of(place) == group}


def _group_of(place: str) -> str:
    return place.rpartition("/")[0]


def _name_of(place: str) -> str:
    return place.rpartition("/")[2]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
