"""Chooses the arrays of a file that belong together as columns, and says which do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.data.formats.arrays.columns import largest_group
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say
from fitstudio.words.tables import Spoken

# The option's value for all groups: every dataset of one number of rows, wherever it stands.
ALL_GROUPS = "*"
_NAMED = 6


@dataclass(frozen=True)
class Naming:
    """What a format calls the arrays in its files, and how their paths are written.

    Args:
        array: What one is called: "dataset".
        group: What holds several: "group".
        mark: What stands between the parts of a path.
        option: The reading option that lists single ones.
        top: What the place is called that is in no group.
        outside: What a chip says of it; "" for the usual words.
    """

    array: str = "dataset"
    group: str = "group"
    mark: str = "/"
    option: str = "datasets"
    top: str = "/"
    outside: Spoken = Spoken("")

    def group_of(self, place: str) -> str:
        """The group that an array is in; "" for none."""
        return place.rpartition(self.mark)[0]

    def name_of(self, place: str) -> str:
        """What an array is called within its group."""
        return place.rpartition(self.mark)[2]


HDF5_NAMING = Naming()


@dataclass(frozen=True)
class Choice:
    """The arrays that are columns.

    Args:
        names: The column's name by the array's path.
        guess: How they were chosen, where there was a choice.
    """

    names: dict[str, str]
    guess: Guess | None = None


def choose(
    lengths: Mapping[str, int],
    options: Mapping[str, Any],
    file: str,
    naming: Naming = HDF5_NAMING,
) -> Choice:
    """The arrays that are the columns, and the group that they were found in.

    Args:
        lengths: Rows by path, of every array that can be used.
        options: ``data.options``.
        file: The file's name, for messages.
        naming: What the format calls its arrays.

    Raises:
        DataError: If the options name what is not there.
    """
    if options.get(naming.option) is not None:
        return Choice({place: place for place in _named_arrays(lengths, options, file, naming)})
    groups = sorted({naming.group_of(place) for place in lengths})
    group = options.get("group")
    if group == ALL_GROUPS:
        return _everything(lengths, say("As you said."), given=True)
    if group is not None:
        group = str(group).strip(naming.mark)
        if group not in groups:
            raise DataError(
                say(
                    "{file} has no {kind} {group} with {array}s.",
                    file=repr(file),
                    kind=naming.group,
                    group=repr(group),
                    array=naming.array,
                ),
                code="data.option",
                remedy=say(
                    "It has {groups}; {all_groups} stands for all of them.",
                    groups=", ".join(repr(name or naming.top) for name in groups[:10]),
                    all_groups=repr(ALL_GROUPS),
                ),
            )
        chosen, _ = largest_group(_inside(lengths, group, naming))
        return _of_group(chosen, group, say("As you said."), naming, given=True)
    if len(groups) == 1:
        chosen, _ = largest_group(lengths)
        return Choice({place: place for place in chosen})

    # The group that can train on its own: inputs and targets, called training, with most rows.
    def worth(name: str) -> tuple[int, bool, int]:
        chosen, _ = largest_group(_inside(lengths, name, naming))
        return min(2, len(chosen)), "train" in name.lower(), lengths[chosen[0]]

    best = max(groups, key=worth)
    if worth(best)[0] < 2:
        chosen, _ = largest_group(lengths)
        return Choice({place: place for place in chosen})
    chosen, _ = largest_group(_inside(lengths, best, naming))
    if _goes_on_elsewhere(lengths, chosen, naming):
        return _everything(
            lengths,
            say(
                "{arrays}s in several {group}s have {lengths} rows.",
                arrays=naming.array.capitalize(),
                group=naming.group,
                lengths=lengths[chosen[0]],
            ),
            given=False,
        )
    sentence = say("It has the most rows of inputs and targets.")
    return _of_group(chosen, best, sentence, naming, given=False)


def other_findings(
    lengths: Mapping[str, int],
    choice: Choice,
    options: Mapping[str, Any],
    naming: Naming = HDF5_NAMING,
) -> Iterator[Finding]:
    """Says which arrays are no columns here, and how they can be."""
    rows = lengths[next(iter(choice.names))]
    left = [place for place in lengths if place not in choice.names]
    others = [
        say("{place} ({lengths} rows)", place=place, lengths=lengths[place])
        for place in left
        if lengths[place] != rows
    ]
    if others:
        yield Finding(
            "data.other-lengths",
            Severity.ADVICE,
            "data.file",
            say("Not part of these {rows} rows: **{others}**.", rows=rows, others=_listed(others)),
        )
    alike = [place for place in left if lengths[place] == rows]
    if alike and naming.option not in options:
        has, stands = ("has", "stands") if len(alike) == 1 else ("have", "stand")
        yield Finding(
            "data.other-groups",
            Severity.ADVICE,
            "data.options",
            say(
                "**{alike}** {has} {rows} rows as well, but {stands} in another {group}, which "
                "is not read. The reading option group takes another {group}; {option} takes a "
                "list of paths.",
                alike=_listed(alike),
                has=has,
                rows=rows,
                stands=stands,
                group=naming.group,
                option=naming.option,
            ),
            Fix(
                say("Read all {group}s together", group=naming.group),
                {"data.options": {**options, "group": ALL_GROUPS}},
            ),
        )


def _named_arrays(
    lengths: Mapping[str, int], options: Mapping[str, Any], file: str, naming: Naming
) -> list[str]:
    chosen = [str(place).strip(naming.mark) for place in options[naming.option]]
    missing = [place for place in chosen if place not in lengths]
    if missing:
        raise DataError(
            say(
                "{file} has no {array} {missing} that can be used.",
                file=repr(file),
                array=naming.array,
                missing=repr(missing[0]),
            ),
            code="data.missing-column",
            remedy=say("It has {lengths}.", lengths=", ".join(list(lengths)[:10])),
        )
    if len({lengths[place] for place in chosen}) > 1:
        listed = ", ".join(f"{place} ({lengths[place]})" for place in chosen)
        raise DataError(
            say(
                "The chosen {array}s have different numbers of rows: {listed}.",
                array=naming.array,
                listed=listed,
            ),
            code="data.rows-differ",
        )
    return chosen


def _goes_on_elsewhere(lengths: Mapping[str, int], chosen: list[str], naming: Naming) -> bool:
    """Whether other groups hold more columns of the same rows.

    Groups that repeat a name (``train/x`` and ``test/x``) are parts of the data or other takes of
    it, and no more columns.
    """
    rows = lengths[chosen[0]]
    alike = [place for place, count in lengths.items() if count == rows and place not in chosen]
    own = {naming.name_of(place) for place in chosen}
    repeated = {naming.group_of(place) for place in lengths if naming.name_of(place) in own}
    return any(naming.group_of(place) not in repeated for place in alike)


def _everything(lengths: Mapping[str, int], sentence: str, *, given: bool) -> Choice:
    chosen, _ = largest_group(lengths)
    guess = Guess("group", ALL_GROUPS, sentence, say("All groups"), given=given)
    return Choice({place: place for place in chosen}, guess)


def _of_group(
    chosen: list[str], group: str, sentence: str, naming: Naming, *, given: bool
) -> Choice:
    # Names without the group that all of them are in, so that other groups match by name.
    prefix = f"{group}{naming.mark}" if group else ""
    label = say("{kind}: {group}", kind=naming.group.capitalize(), group=group or naming.top)
    if not group and naming.outside:
        label = naming.outside
    guess = Guess("group", group, sentence, label, given=given)
    return Choice({place: place.removeprefix(prefix) for place in chosen}, guess)


def _inside(lengths: Mapping[str, int], group: str, naming: Naming) -> dict[str, int]:
    return {place: count for place, count in lengths.items() if naming.group_of(place) == group}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
