"""Takes away what is drawn around a table: lines of dashes, and bars at both ends of each line.

Printed reports, databases and wikis draw tables. A line of dashes between the names and the numbers
is neither; taken for names it hides the real ones.
"""

from __future__ import annotations

import re

from fitstudio.data.formats.text.values.numbers import MISSING_EVERYWHERE, MISSING_IN_NUMBERS

_RULE = re.compile(rb"[-=_~*+|:;,.\s]*(?:--|==|__|~~|\*\*)[-=_~*+|:;,.\s]*")
_CELLS = re.compile(r"[|,;\s]+")
_DRAWN = re.compile(r"[:+]?([-=_~])\1+[-=_~+:]*")
_STARS = re.compile(r"\*{5,}")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_GAPS = frozenset((*MISSING_EVERYWHERE, *MISSING_IN_NUMBERS))
_LOOKED_AT = 200


def undrawn(text: bytes) -> bytes:
    """The text with blank lines for lines that are drawn, and without bars at the ends of lines.

    Lines keep their numbers. A line of nothing but "---" in its cells may be a sample without
    values; it is drawn only where no numbers stand above it.
    """
    return _without_bars(_without_rules(text))


def _without_rules(text: bytes) -> bytes:
    if not re.search(rb"(?m)^[-=_~*+|:;,. \t]*(?:--|==|__|~~|\*\*)[-=_~*+|:;,. \t]*\r?$", text):
        return text
    lines = text.split(b"\n")
    numbers_above = False
    for place, line in enumerate(lines):
        if _RULE.fullmatch(line):
            if _is_drawn(line.decode("ascii").strip(), numbers_above=numbers_above):
                lines[place] = b"\r" if line.endswith(b"\r") else b""
        elif not numbers_above and place < _LOOKED_AT:
            cells = _CELLS.split(line.decode("utf-8", "replace"))
            numbers_above = any(map(_NUMBER.fullmatch, cells))
    return b"\n".join(lines)


def _is_drawn(line: str, *, numbers_above: bool) -> bool:
    cells = [cell for cell in _CELLS.split(line) if cell]
    if not all(map(_DRAWN.fullmatch, cells)) and not _STARS.fullmatch(line):
        return False
    if all(cell in _GAPS for cell in cells):
        return not numbers_above
    return bool(cells)


def _without_bars(text: bytes) -> bytes:
    """Without the bars at both ends, where every line has them, as in boxes and in wikis."""
    head = [line.strip() for line in text[: 1 << 16].split(b"\n")[:-1] or [text]]
    filled = [line for line in head if line][:_LOOKED_AT]
    boxed = [line for line in filled if line[:1] == b"|" == line[-1:] and line.count(b"|") > 2]
    if len(boxed) < 2 or len(boxed) < 0.8 * len(filled):
        return text
    return re.sub(rb"(?m)^[ \t]*\|(.*)\|[ \t]*(\r?)$", rb"\1\2", text)
