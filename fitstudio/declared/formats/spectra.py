"""Spectra of instruments, JCAMP-DX and SPC: what can be set in how they are read."""

from __future__ import annotations

from fitstudio.declared.formats.array_options import MISSING
from fitstudio.declared.formats.folder_options import CLASSES
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Choice, Flag, Option, Real, Text
from fitstudio.words import marked

_ENDINGS = (".jdx", ".dx", ".jcamp", ".jcm", ".spc")

SPECTRA = Format(
    name="spectra",
    title=marked("Spectra"),
    help=marked("JCAMP-DX or SPC, a file or a folder"),
    params=(
        ReadingOption(
            name="other_axes",
            kind=Choice(
                (
                    Option(
                        "interpolate",
                        marked("Interpolate"),
                        marked("They are brought to the axis by straight lines."),
                    ),
                    Option("skip", marked("Leave out"), marked("They are no samples.")),
                )
            ),
            title=marked("Other axes"),
            help=marked("What is done with spectra that were measured at other places."),
            unset=marked("asked"),
        ),
        ReadingOption(
            name="split",
            kind=Flag(),
            title=marked("Columns apart"),
            help=marked("Whether each place of the axis is a column of its own."),
            unset=marked("no"),
        ),
        CLASSES,
        ReadingOption(
            name="axis",
            kind=Several(
                what=marked("a list of numbers: first, last and how many, or each place"),
                item=Real(),
                shortest=2,
                longest=1_000_000,
            ),
            title=marked("Axis"),
            help=marked("The places that every spectrum has its values at."),
            unset=marked("those of the first spectrum"),
            level=Level.ADVANCED,
        ),
        ReadingOption(
            name="units",
            kind=Text(what=marked("a unit as the file writes it")),
            title=marked("Unit of the values"),
            help=marked("What the values are, such as absorbance; files with another are refused."),
            unset=marked("that of the first spectrum"),
            level=Level.ADVANCED,
        ),
        MISSING,
    ),
    called=("JCAMP-DX", "SPC"),
    endings=_ENDINGS,
    folder_endings=_ENDINGS,
    # Other programs end their own spectra in .spc as well; the reader says so.
    signatures=(Signature(b"\xd0\xcf\x11\xe0", b"a spectrum"), Signature(b"##TITLE=")),
    content=marked("Spectra"),
    row="spectrum",
    column="column",
    icon="chart-line",
    binding=("other_axes", "split", "axis", "units"),
)
