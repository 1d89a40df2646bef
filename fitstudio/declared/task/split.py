"""How many rows each part gets: those that train, those that check, those that nothing sees.

Only numbers of rows and names of groups are known here, never the rows themselves, so that a check
tells the same sizes as the training will have. Which rows these are, `data.preparing` says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fitstudio.declared.task.dataset_summary import CATEGORY, ColumnSummary

TRAINING = "training"
VALIDATION = "validation"
TEST = "test"
#: In the order of the numbers that stand for them.
PARTS: tuple[str, ...] = (TRAINING, VALIDATION, TEST)

# A target of numbers is drawn from so many equal shares of its sorted rows, fewer in small files.
_STRATA_OF_NUMBERS = 10
_FEWEST_OF_A_STRATUM = 5
# Numbers with no more different values than these are drawn from value by value.
_MOST_VALUES = 20

_PART_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "learn", "fit"), TRAINING),
    **dict.fromkeys(("validation", "valid", "validate", "val", "vali", "dev", "check"), VALIDATION),
    **dict.fromkeys(("test", "testing", "tst", "holdout", "hold-out", "held out"), TEST),
}

_WORD = (1 << 64) - 1


@dataclass(frozen=True)
class Sizes:
    """How many rows each part has."""

    training: int
    validation: int
    test: int

    @classmethod
    def of(cls, counts: Sequence[int]) -> Sizes:
        """From the numbers in the order of `PARTS`."""
        return cls(*counts)


def training_count(rows: int, validation_split: Any) -> int:
    """How many of the rows train, exactly as ``fit()`` counts them.

    Args:
        rows: All rows.
        validation_split: The fraction that is held out; 0 is none, and anything that is no fraction
            is for ``fit()`` to refuse.
    """
    if isinstance(validation_split, bool) or not isinstance(validation_split, int | float):
        return rows
    if not 0 < validation_split < 1:
        return rows
    # In double precision, as the reference does it: 10 rows with 0.8 leave 1, not 2.
    return math.floor(rows * (1.0 - validation_split))


def part_sizes(rows: int, validation: float, test: float) -> Sizes:
    """The parts' sizes where nothing has to stay together; training gets what is left.

    Args:
        rows: All rows.
        validation: The share that checks, of all rows.
        test: The share that nothing sees, of all rows.
    """
    checking, unseen = (rows - training_count(rows, share) for share in (validation, test))
    return Sizes(max(0, rows - checking - unseen), checking, unseen)


def part_of(label: str) -> str | None:
    """Which part a word names, such as "Train", "val" or "test set"; None if it is none."""
    word = label.strip().lower().removesuffix("set").removesuffix("data").strip(" _-")
    return _PART_WORDS.get(word)


def strata_of_numbers(rows: int) -> list[int]:
    """The sizes of the strata that a target of numbers is cut into, from its smallest values on."""
    count = max(1, min(_STRATA_OF_NUMBERS, rows // _FEWEST_OF_A_STRATUM))
    return [rows // count + (place < rows % count) for place in range(count)]


def measures(column: ColumnSummary) -> bool:
    """Whether rows are drawn by how large their values are, instead of value by value."""
    many = (column.distinct or 0) > _MOST_VALUES or not column.classes
    return column.numeric and column.type != CATEGORY and many


def stratified_sizes(strata: Sequence[int], validation: float, test: float) -> list[Sizes]:
    """For each stratum its rows in each part: its share, rounded down or up.

    What rounding leaves over goes where most is missing on the whole, so that the parts have their
    shares too; a stratum trains before it checks.

    Args:
        strata: The size of each.
        validation: The share that checks.
        test: The share that nothing sees.
    """
    checking, unseen = (Fraction(repr(float(share))) for share in (validation, test))
    shares = (1 - checking - unseen, checking, unseen)
    whole = part_sizes(sum(strata), validation, test)
    wanted = [[size * share for share in shares] for size in strata]
    counts = [[math.floor(each) for each in row] for row in wanted]
    lacking = [
        size - sum(row[part] for row in counts)
        for part, size in enumerate((whole.training, whole.validation, whole.test))
    ]
    for size, row, exact in zip(strata, counts, wanted, strict=True):
        for _ in range(size - sum(row)):
            open_parts = [part for part in range(3) if exact[part] > row[part]]
            # Nothing is learned from a stratum that has no row in training.
            trains = 0 in open_parts and row[0] == 0
            part = 0 if trains else max(open_parts, key=lambda each: lacking[each])
            row[part] += 1
            lacking[part] -= 1
    return [Sizes.of(row) for row in counts]


def mixed(seed: int, number: int) -> int:
    """A number that looks drawn by chance and is the same for ever and on every machine.

    The generators of libraries may change from one version to the next; rows that were kept from
    training must stay the same ones. This is the step of SplitMix64 after `number` steps.
    """
    value = (seed * 0xD1342543DE82EF95 + (number + 1) * 0x9E3779B97F4A7C15) & _WORD
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _WORD
    return value ^ (value >> 31)


def grouped(groups: Mapping[str, int], validation: float, test: float, seed: int) -> dict[str, str]:
    """The part of each group, in an order drawn by the seed, as near the shares as groups allow.

    Each part that has a share gets at least one group while there are enough of them.

    Args:
        groups: Each group's rows.
        validation: The share of rows that checks.
        test: The share of rows that nothing sees.
        seed: Decides the order.
    """
    names = sorted(groups)
    names.sort(key=lambda name: mixed(seed, _number_of(name)))
    sizes = part_sizes(sum(groups.values()), validation, test)
    found: dict[str, str] = {}
    left = names
    sought = ((TEST, sizes.test, test), (VALIDATION, sizes.validation, validation))
    for part, wanted, share in sought:
        if share <= 0:
            continue
        still_needed = 1 + (part == TEST and validation > 0)
        taken = _taken(left, groups, wanted, most=len(left) - still_needed)
        found |= dict.fromkeys(taken, part)
        left = [name for name in left if name not in found]
    return found | dict.fromkeys(left, TRAINING)


def _taken(names: Sequence[str], groups: Mapping[str, int], wanted: int, *, most: int) -> list[str]:
    """The groups that bring a part nearest to the rows wanted, in their order."""
    taken: list[str] = []
    rows = 0
    for name in names:
        if len(taken) >= most or rows >= wanted:
            break
        # A group is taken while the part is nearer to its share with it than without it.
        if 2 * (wanted - rows) >= groups[name]:
            taken.append(name)
            rows += groups[name]
    if not taken and most > 0:
        taken.append(min(names, key=lambda name: groups[name]))
    return taken


def _number_of(name: str) -> int:
    """A number for a name, the same in every process; built-in hashes of texts are not."""
    number = 0xCBF29CE484222325
    for byte in name.encode("utf-8", "surrogatepass"):
        number = ((number ^ byte) * 0x100000001B3) & _WORD
    return number
