"""What the command line prints: the only place that writes to a person's terminal.

Names of files, columns, runs and projects, and notes of strangers, may hold anything. So whatever
is printed goes through `shown`, and a line that is said is one line: no name can end it and go on
with a line of its own that looks like ours.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any, TextIO

# A terminal takes control characters for orders: they must not clear the screen, change the colour
# or reverse the text. Halves of characters cannot be encoded.
_ORDERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What a shell reads within double quotes, besides the name.
_READ_BY_SHELLS = re.compile(r'["$`\\!]')


def say(text: str = "", *, stream: TextIO | None = None) -> None:
    """Prints one line; see `shown` for what becomes of odd characters in it.

    Args:
        text: The line, without its end.
        stream: Where to; the standard output by default.
    """
    print(shown(text), file=stream or sys.stdout)


def complain(text: str) -> None:
    """Prints one line to the standard error."""
    say(text, stream=sys.stderr)


def say_json(value: Any, *, indent: int | None = None) -> None:
    """Prints one JSON value; odd characters in its texts are written as JSON writes them.

    Args:
        value: Plain data.
        indent: How far each level is set in; None for a single line.
    """
    for line in json.dumps(value, ensure_ascii=False, indent=indent).split("\n"):
        say(line)


def shown(text: str) -> str:
    """A text as one line without orders to a terminal: control characters as "\\n", "\\u001b"."""
    return _ORDERS.sub(lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", text)


def as_word(path: Path | str) -> str:
    """A path as a single word of a command that is to be copied into a shell.

    Nothing in a folder's name is carried out there: "$(…)" in one stays a part of the name.
    """
    text = str(path)
    plain = os.name == "nt" or not _READ_BY_SHELLS.search(text)  # Windows has "\\" in every path
    return f'"{text}"' if plain else shlex.quote(text)
