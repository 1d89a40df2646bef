"""What is counted, by the word that a format calls it: a table has rows, an array has samples."""

from __future__ import annotations

from fitstudio.words.saying import marked, say_marked

# One and several. `counted` finds its forms for a number under "{number} row", "{number} rows".
NOUNS = {
    "row": (marked("row"), marked("rows")),
    "sample": (marked("sample"), marked("samples")),
    "spectrum": (marked("spectrum"), marked("spectra")),
    "window": (marked("window"), marked("windows")),
    "picture": (marked("picture"), marked("pictures")),
    "column": (marked("column"), marked("columns")),
    "array": (marked("array"), marked("arrays")),
    "training row": (marked("training row"), marked("training rows")),
    "training sample": (marked("training sample"), marked("training samples")),
    "epoch": (marked("epoch"), marked("epochs")),
    "minute": (marked("minute"), marked("minutes")),
    "thread": (marked("thread"), marked("threads")),
    "degree": (marked("degree"), marked("degrees")),
    "point": (marked("point"), marked("points")),
    "process": (marked("process"), marked("processes")),
}


def one(noun: str) -> str:
    """The noun for one: "row"."""
    return say_marked(NOUNS[noun][0]) if noun in NOUNS else noun


def several(noun: str) -> str:
    """The noun for several, without a number: "rows"."""
    return say_marked(NOUNS[noun][1]) if noun in NOUNS else f"{noun}s"
