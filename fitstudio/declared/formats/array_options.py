"""Options of reading that all formats of arrays have."""

from __future__ import annotations

from fitstudio.declared.formats.format import ReadingOption, Travels
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Flag, Real

ONE_HOT = ReadingOption(
    name="one_hot",
    kind=Flag(),
    title="0 and 1 are classes",
    help="Whether columns of 0 with a single 1 in each row are classes.",
    unset="found out",
)
MISSING = ReadingOption(
    name="missing",
    kind=Several(what="a list of numbers, such as [-9999]", item=Real(), longest=100),
    title="Also missing",
    help="Numbers that stand for no value.",
    unset="none",
)
SINGLE_VALUES = ReadingOption(
    name="single_values",
    kind=Flag(),
    title="Single values are a row",
    help="Whether arrays that hold one value each are read as columns with one row.",
    unset="no",
    level=Level.ADVANCED,
    travels=Travels.NEVER,
)
