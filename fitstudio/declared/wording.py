"""Numbers, names and amounts as sentences have them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, several: str | None = None) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def listed(words: Sequence[str], *, last: str = "and", most: int = 6) -> str:
    """Words in a row: "a, b and c"; a long list is cut."""
    words = list(words)
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} {last} {len(words) - most + 1:,} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def strong(text: object) -> str:
    """Text that stands out in a sentence; asterisks of the text itself are taken out."""
    return f"**{str(text).replace('**', '')}**"


def percent(part: float) -> str:
    """A part of one as a percentage: 0.2 is "20 %", 0.125 is "12.5 %"."""
    return f"{100 * part:.6g} %"


def amount_of_bytes(number: float) -> str:
    """Memory as people read it: "0.2 GB", "76 kB"."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size or (unit == "GB" and number >= 1e8):
            value = number / size
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{number:.0f} bytes"


def plain_number(value: float) -> str:
    """A number without needless digits: 0.001, 1.64, 3e-05."""
    return f"{value:.4g}"
