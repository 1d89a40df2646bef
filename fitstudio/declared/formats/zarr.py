"""Zarr stores: folders that hold arrays in chunks, in groups."""

from __future__ import annotations

from collections.abc import Sequence

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT
from fitstudio.declared.formats.format import Format, ReadingOption
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Text
from fitstudio.words import marked

# One of these stands in the folder itself.
STORE_MARKS = ("zarr.json", ".zgroup", ".zarray")


def _groups_among(paths: Sequence[str]) -> list[tuple[str, str]]:
    groups = sorted({path.rpartition("/")[0] for path in paths})
    return [(group, group or "/") for group in groups]


ZARR = Format(
    name="zarr",
    title=marked("Zarr"),
    help=marked("Arrays in chunks, in a folder"),
    params=(
        ReadingOption(
            name="group",
            kind=Text(what=marked("the path of a group, or * for all of them")),
            title=marked("Group of the store"),
            help=marked("The group that is read, * for all of them."),
            unset=marked("found out"),
            among=_groups_among,
        ),
        ReadingOption(
            name="arrays",
            kind=Several(
                what=marked("a list of paths"), item=Text(what=marked("an array's path")),
                shortest=1,
            ),
            title=marked("Arrays"),
            help=marked("The paths of the arrays that are read, instead of a group."),
            unset=marked("those of the group"),
            level=Level.ADVANCED,
        ),
        ONE_HOT,
        MISSING,
    ),
    called=("Zarr",),
    endings=(".zarr",),
    content=marked("Zarr arrays"),
    icon="chart-line",
    has_tree=True,
    is_folder=True,
)  # fmt: skip
