"""Makes names of files and folders that every system can hold.

What we create is plain: small letters, digits, hyphens. So a project made on Linux opens on Windows
and on a share, whatever a person called the run.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 48
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = {
    "con", "prn", "aux", "nul",
    *(f"com{digit}" for digit in "0123456789"),
    *(f"lpt{digit}" for digit in "0123456789"),
}  # fmt: skip
# What NFKD does not take apart by itself.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "µ": "u"})


def plain_name(text: str, *, fallback: str = "run") -> str:
    """`text` as a name for a file: "Lernrate ÷ 2 (größer)" becomes "lernrate-2-grosser".

    Args:
        text: Anything.
        fallback: The name where nothing of `text` can be kept (it is all emoji, or Chinese).
    """
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    text = re.sub(r"[^a-z0-9]+", "-", text.encode("ascii", "ignore").decode())
    text = text.strip("-")[:LONGEST].rstrip("-") or fallback
    return f"{text}-{fallback}" if text in _RESERVED else text


def run_folder_name(number: int, title: str) -> str:
    """The folder of a run: "0007-lr-halved"."""
    return f"{number:04d}-{plain_name(title)}"
