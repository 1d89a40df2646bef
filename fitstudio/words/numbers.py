"""Every number that a person reads is written here: counts, values, durations, sizes, dates.

One number has one spelling, in the window, on the terminal and in sentences. Numbers that files
keep or programs read are not written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime

from fitstudio.words.saying import marked, say, say_count, say_marked

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MONTHS = (
    marked("Jan"),
    marked("Feb"),
    marked("Mar"),
    marked("Apr"),
    marked("May"),
    marked("Jun"),
    marked("Jul"),
    marked("Aug"),
    marked("Sep"),
    marked("Oct"),
    marked("Nov"),
    marked("Dec"),
)
_MOST_DIGITS = 12
_SIZES = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def format_count(value: int) -> str:
    """A whole number with marks between its thousands: 12,345."""
    return f"{value:,}"


def counted(number: int, one: str, several: str | None = None) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return say_count(number, f"{{number}} {one}", f"{{number}} {several or one + 's'}")


def listed(words: Sequence[str], *, last: str = "and", most: int = 6) -> str:
    """Words in a row: "a, b and c"; a long list is cut."""
    words = list(words)
    if len(words) > most:
        rest = format_count(len(words) - most + 1)
        words = [*words[: most - 1], say("{rest} more", rest=rest)]
    if len(words) < 2:
        return "".join(words)
    first = ", ".join(words[:-1])
    if last == "or":
        return say("{first} or {last}", first=first, last=words[-1])
    return say("{first} and {last}", first=first, last=words[-1])


def strong(text: object) -> str:
    """Text that stands out in a sentence; asterisks of the text itself are taken out."""
    return f"**{str(text).replace('**', '')}**"


def percent(part: float) -> str:
    """A part of one that was chosen, as a percentage: 0.2 is "20 %", 0.125 is "12.5 %"."""
    return f"{100 * part:.6g} %"


def in_percent(share: float) -> str:
    """A share that was measured, with as many digits as are worth reading: 0.9666 is "96.7 %"."""
    if math.isnan(share):
        return "–"
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    return f"{share * 100:.1f} %"


def plain_number(value: float) -> str:
    """A number without needless digits: 0.001, 1.64, 3e-05."""
    return f"{value:.4g}"


def format_bytes(count: float) -> str:
    """A size in memory or on disk: "0 bytes", "7.6 kB", "220 MB", "1.5 GB"."""
    for unit, size in _SIZES:
        if count >= size:
            value = count / size
            return f"{value:.1f} {unit}" if value < 99.5 else f"{value:.0f} {unit}"
    return say("{count} bytes", count=f"{count:.0f}")


def format_value(value: float | None, digits: int = 3) -> str:
    """A measured value in a few significant digits, never in a form that hides its size."""
    if value is None:
        return "–"
    if math.isnan(value):
        return say("not a number")
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if -4 <= size < 6:
        decimals = max(0, digits - 1 - size)
        text = f"{value:.{decimals}f}"
        if decimals and float(value).is_integer():
            text = text.split(".")[0]
        return text.replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}·10{superscript(int(exponent))}".replace("-", "−")


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """A number in as many digits as there is room for, rounded; other text as it is.

    Cut at its end a number would be another one: of 0.00012 "0.00…" would be left.

    Args:
        text: What is to be shown.
        fits: Whether there is room for a text.

    Example:
        >>> from fitstudio.words.numbers import shortened
        >>> shortened("0.000123456", lambda text: len(text) <= 8)
        '0.000123'
    """
    if fits(text):
        return text
    try:
        value = float(text.replace(",", "").replace("−", "-"))
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    for digits in range(_MOST_DIGITS, 0, -1):
        shorter = format_value(value, digits)
        if fits(shorter):
            return shorter
    return text


def format_measured(value: float | None, unit: str = "", digits: int = 3) -> str:
    """A measured value with its unit: "0.118 %"."""
    text = format_value(value, digits)
    known = value is not None and math.isfinite(value)
    return f"{text}\u00a0{unit}" if unit and known else text


def format_exact(value: float) -> str:
    """A setting as it was given: 0.001, 0.00025, 3·10⁻⁷; no digit added, none lost."""
    if value and not 1e-5 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.9e}".split("e")
        short = mantissa.rstrip("0").rstrip(".")
        power = f"10{superscript(int(exponent))}"
        return power if short == "1" else f"{short}·{power}".replace("-", "−")
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def format_seconds(seconds: float | None) -> str:
    """A duration in the one or two units that matter."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 0.0095:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 10 and seconds < 600:
        whole, rest = divmod(round(seconds), 60)
        return f"{whole} min {rest} s" if rest else f"{whole} min"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def format_time_left(seconds: float | None) -> str:
    """The time left, rounded to what can be known."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 5:
        return say("A few seconds left")
    if seconds < 55:
        return say("About {time} left", time=f"{max(10, round(seconds / 10) * 10)} s")
    if seconds < 90 * 60:
        return say("About {time} left", time=f"{max(1, round(seconds / 60))} min")
    if seconds < 36 * 3600:
        hours, minutes = divmod(round(seconds / 600) * 10, 60)
        time = f"{hours} h {minutes} min" if minutes else f"{hours} h"
        return say("About {time} left", time=time)
    return say_count(round(seconds / 86400), "About {number} day left", "About {number} days left")


def format_when(when: float, now: datetime) -> str:
    """A moment as a person says it: 09:41, Yesterday, 12 Nov, 3 Mar 2025."""
    moment = datetime.fromtimestamp(when, tz=now.tzinfo)
    days = (now.date() - moment.date()).days
    if days == 0:
        return moment.strftime("%H:%M")
    if days == 1:
        return say("Yesterday")
    return _day(moment.date(), with_year=moment.year != now.year)


def superscript(exponent: int) -> str:
    """A whole number in superscript digits."""
    return str(exponent).translate(_SUPERSCRIPT)


def _day(day: date, *, with_year: bool) -> str:
    text = say("{day} {month}", day=day.day, month=say_marked(_MONTHS[day.month - 1]))
    return say("{date} {year}", date=text, year=day.year) if with_year else text
