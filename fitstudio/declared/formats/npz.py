"""NPZ files: several arrays of NumPy in an archive, perhaps in parts such as train and test."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.kinds.values import Text
from fitstudio.words import marked

# The part of a name that tells which part of the data an array belongs to.
PART = re.compile(
    r"(?i)(?:^|[_.-])(train(?:ing)?|test(?:ing)?|val(?:id(?:ation)?)?|dev)(?=$|[_.-])"
)


def part_of(name: str) -> str | None:
    """The part that the name of an array tells: "train" for x_train; None where it tells none."""
    found = PART.search(name)
    return found[1].lower() if found else None


def _parts_among(paths: Sequence[str]) -> list[tuple[str, str]]:
    parts = sorted({part for path in paths if (part := part_of(path)) is not None})
    return [(part, part) for part in parts]


NPZ = Format(
    name="npz",
    title=marked("NPZ"),
    help=marked("Several arrays"),
    params=(
        ReadingOption(
            name="part",
            kind=Text(what=marked("the name of a part")),
            title=marked("Part of the file"),
            help=marked(
                "The part that is read, such as train, where the arrays' names end in parts."
            ),
            unset=marked("found out"),
            among=_parts_among,
        ),
        ONE_HOT,
        MISSING,
    ),
    called=("NumPy",),
    endings=(".npz",),
    signatures=(Signature(b"PK\x03\x04", b".npy"), Signature(b"PK\x05\x06", b".npy")),
    content=marked("NPZ arrays"),
    has_tree=True,
)
