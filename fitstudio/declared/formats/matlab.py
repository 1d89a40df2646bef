"""MATLAB's files before version 7.3 (v4, v5, v6, v7): variables, perhaps in structs."""

from __future__ import annotations

from collections.abc import Sequence

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT, SINGLE_VALUES
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Text
from fitstudio.words import marked, say

_NAME = Text(what=marked("a variable's name"))


def _structs_among(paths: Sequence[str]) -> list[tuple[str, str]]:
    structs = sorted({path.rpartition(".")[0] for path in paths})
    return [(struct, struct or say("not in a struct")) for struct in structs]


MATLAB = Format(
    name="matlab",
    title=marked("MATLAB"),
    help=marked("Variables of MATLAB"),
    params=(
        ReadingOption(
            name="group",
            kind=Text(what=marked("the name of a struct, or * for all of them")),
            title=marked("Struct of the file"),
            help=marked("The struct whose fields are read, * for all of them."),
            unset=marked("found out"),
            among=_structs_among,
        ),
        ReadingOption(
            name="variables",
            kind=Several(what=marked("a list of names"), item=_NAME, shortest=1),
            title=marked("Variables"),
            help=marked("The names of the variables that are read, instead of a struct."),
            unset=marked("those that have as many rows"),
            level=Level.ADVANCED,
        ),
        ONE_HOT,
        ReadingOption(
            name="samples_last",
            kind=Several(what=marked("a list of names"), item=_NAME),
            title=marked("Samples along the last axis"),
            help=marked("Arrays that hold one sample for each place of their last axis."),
            unset=marked("found out"),
            level=Level.ADVANCED,
        ),
        MISSING,
        SINGLE_VALUES,
    ),
    called=("MATLAB",),
    endings=(".mat",),
    signatures=(Signature(b"MATLAB 5.0"),),
    content=marked("MATLAB variables"),
    has_tree=True,
)
