"""What the command line prints: the only place that writes to a person's terminal."""

from __future__ import annotations

import re
import sys
from typing import TextIO

# A terminal takes control characters for orders: names of files and notes of strangers must not
# clear the screen, change the colour or reverse the text. Halves of characters cannot be encoded.
_ORDERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def say(text: str = "", *, stream: TextIO | None = None) -> None:
    """Prints a text and a line feed; see `shown` for what becomes of odd characters.

    Args:
        text: Lines of text.
        stream: Where to; the standard output by default.
    """
    print(shown(text), file=stream or sys.stdout)


def complain(text: str) -> None:
    """Prints a text and a line feed to the standard error."""
    say(text, stream=sys.stderr)


def shown(text: str) -> str:
    """A text with control characters as "\\u001b", so that JSON stays what it is; tabs stay."""
    return _ORDERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
