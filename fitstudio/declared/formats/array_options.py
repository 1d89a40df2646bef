"""Options of reading that all formats of arrays have."""

from __future__ import annotations

from fitstudio.declared.formats.format import ReadingOption
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.values import Flag, Real
from fitstudio.words import marked

ONE_HOT = ReadingOption(
    name="one_hot",
    kind=Flag(),
    title=marked("0 and 1 are classes"),
    help=marked("Whether columns of 0 with a single 1 in each row are classes."),
    unset=marked("found out"),
)
MISSING = ReadingOption(
    name="missing",
    kind=Several(what=marked("a list of numbers, such as [-9999]"), item=Real(), longest=100),
    title=marked("Also missing"),
    help=marked("Numbers that stand for no value."),
    unset=marked("none"),
)
