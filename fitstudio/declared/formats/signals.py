"""Recordings of signals, as sound, EDF or TDMS: what can be set in how they are read."""

from __future__ import annotations

import re

from fitstudio.declared.formats.array_options import MISSING
from fitstudio.declared.formats.folder_options import CLASSES
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.formats.kinds import Several
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Real, Text
from fitstudio.words import marked, say

_ENDINGS = (".wav", ".flac", ".ogg", ".edf", ".bdf", ".tdms")
WHOLE = "whole"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s)?", re.IGNORECASE)


def parse_duration(text: str, rate: float | None) -> int | None:
    """How many values "1024", "0.5 s" or "200 ms" are; None for "whole".

    Args:
        text: What was said.
        rate: Values a second; None where that is not known.

    Raises:
        ValueError: If it is neither, or seconds are said and the rate is not known.
    """
    words = text.strip().lower()
    if words == WHOLE:
        return None
    found = _DURATION.fullmatch(words)
    if found is None:
        raise ValueError(f"{text!r} is no duration such as 1024 or 0.5 s.")
    number, unit = float(found[1]), found[2]
    if unit:
        if rate is None:
            raise ValueError(f"{text!r} needs a sampling rate.")
        number *= rate / (1000 if unit == "ms" else 1)
    elif not number.is_integer():
        raise ValueError(f"{text!r} is no number of values.")
    return max(1, round(number))


class _Duration(Text):
    """A number of values, or of seconds with their unit."""

    def check(self, value: object) -> str | None:
        problem = super().check(value)
        if problem is not None:
            return problem
        try:
            parse_duration(str(value), 1.0)
        except ValueError:
            return say("is {what}", what=self.what)
        return None


SIGNALS = Format(
    name="signals",
    title=marked("Signals"),
    help=marked("WAV, FLAC, OGG, EDF, BDF or TDMS, a file or a folder"),
    params=(
        ReadingOption(
            name="length",
            kind=_Duration(what="a number of values, such as 1024, a time such as 0.5 s, or whole"),
            title=marked("Length of a window"),
            help=marked("How much of a recording is one sample; whole: each recording is one."),
            unset=marked("found out"),
        ),
        ReadingOption(
            name="step",
            kind=_Duration(what="a number of values, such as 512, or a time such as 0.25 s"),
            title=marked("From window to window"),
            help=marked("How far each window begins behind the one before it."),
            unset=marked("the length: windows do not overlap"),
        ),
        ReadingOption(
            name="channels",
            kind=Several(
                what=marked("a list of channels' names"),
                item=Text(what=marked("a channel's name")),
                shortest=1,
            ),
            title=marked("Channels"),
            help=marked("The channels that are read, in this order."),
            unset=marked("all that every recording has"),
        ),
        CLASSES,
        ReadingOption(
            name="rate",
            kind=Real(minimum=0, open_minimum=True),
            title=marked("Sampling rate"),
            help=marked("Values a second; recordings with another rate are left out."),
            unset=marked("that of most recordings"),
            level=Level.ADVANCED,
        ),
        MISSING,
    ),
    called=("WAV", "FLAC", "EDF", "TDMS"),
    endings=_ENDINGS,
    folder_endings=_ENDINGS,
    signatures=(
        Signature(b"RIFF", b"WAVE"),
        Signature(b"RIFX", b"WAVE"),
        Signature(b"RF64", b"WAVE"),
        Signature(b"fLaC"),
        Signature(b"OggS"),
        Signature(b"TDSm"),
        Signature(b"\xffBIOSEMI"),
    ),
    content=marked("Signals"),
    row="window",
    column="column",
    icon="chart-line",
    binding=("channels", "length", "rate"),
)
