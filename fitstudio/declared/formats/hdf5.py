"""HDF5 files: datasets in a tree, those of netCDF, NeXus and MATLAB among them."""

from __future__ import annotations

from collections.abc import Sequence

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT, SINGLE_VALUES
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Choice, Flag, Option, Text
from fitstudio.words import marked

_PATH = Text(what=marked("a dataset's path"))


def _groups_among(paths: Sequence[str]) -> list[tuple[str, str]]:
    groups = sorted({path.rpartition("/")[0].strip("/") for path in paths})
    return [(group, group or "/") for group in groups]


HDF5 = Format(
    name="hdf5",
    title=marked("HDF5"),
    help=marked("Datasets in a tree"),
    params=(
        ReadingOption(
            name="group",
            kind=Text(what=marked("the path of a group, or * for all of them")),
            title=marked("Group of the file"),
            help=marked("The group that is read, * for all of them."),
            unset=marked("found out"),
            among=_groups_among,
        ),
        ReadingOption(
            name="datasets",
            kind=Several(what=marked("a list of paths"), item=_PATH, shortest=1),
            title=marked("Datasets"),
            help=marked("The paths of the datasets that are read, instead of a group."),
            unset=marked("those of the group"),
            level=Level.ADVANCED,
        ),
        ONE_HOT,
        ReadingOption(
            name="packing",
            kind=Flag(),
            title=marked("Scale, offset and gaps by the file"),
            help=marked(
                "Whether the scale, offset and gaps count that the file names; without them "
                "numbers are taken as they are stored."
            ),
            unset=marked("yes, where the file names any"),
        ),
        ReadingOption(
            name="axes",
            kind=Choice(
                (
                    Option("matlab", marked("As MATLAB shows them")),
                    Option("stored", marked("As stored")),
                )
            ),
            title=marked("Axes of MATLAB's arrays"),
            help=marked("Whether arrays that MATLAB wrote are read as MATLAB shows them."),
            unset=marked("as MATLAB shows them"),
            level=Level.ADVANCED,
        ),
        ReadingOption(
            name="samples_last",
            kind=Several(what=marked("a list of paths"), item=_PATH),
            title=marked("Samples along the last axis"),
            help=marked("Arrays of MATLAB that hold one sample for each place of their last axis."),
            unset=marked("found out"),
            level=Level.ADVANCED,
        ),
        ReadingOption(
            name="categories",
            kind=Flag(),
            title=marked("Names for codes"),
            help=marked("Whether codes are read by the names that stand beside them."),
            unset=marked("yes, where there are names"),
        ),
        MISSING,
        SINGLE_VALUES,
    ),
    called=("HDF5",),
    endings=(".h5", ".hdf5", ".hdf", ".he5", ".nc4", ".nxs"),
    signatures=(
        Signature(b"\x89HDF\r\n\x1a\n"),
        Signature(b"MATLAB 7.3"),
        Signature(b"MATLAB 7.0", b"HDF5 schema"),  # the first versions of -v7.3
    ),
    content=marked("HDF5 datasets"),
    icon="chart-line",
    has_tree=True,
)
