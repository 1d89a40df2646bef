"""Put numbers, durations and metric names into the words that every page shows."""

from __future__ import annotations

import math
from datetime import date, datetime

from fitstudio.declared.catalogue.metrics import measured_words

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

LEARNING_RATE_NAMES = ("learning_rate", "lr")


def format_value(value: float | None, digits: int = 3) -> str:
    """A measured value in a few significant digits, never in a form that hides its size."""
    if value is None:
        return "–"
    if math.isnan(value):
        return "not a number"
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


def format_count(value: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u2009" if abs(value) >= 10_000 else "")


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
        return "A few seconds left"
    if seconds < 55:
        return f"About {max(10, round(seconds / 10) * 10)} s left"
    if seconds < 90 * 60:
        return f"About {max(1, round(seconds / 60))} min left"
    if seconds < 36 * 3600:
        hours, minutes = divmod(round(seconds / 600) * 10, 60)
        return f"About {hours} h {minutes} min left" if minutes else f"About {hours} h left"
    return f"About {round(seconds / 86400)} days left"


def format_bytes(count: float) -> str:
    """A size in memory or on disk."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            value = count / size
            return f"{value:.1f} {unit}" if value < 99.5 else f"{value:.0f} {unit}"
    return f"{count:.0f} bytes"


def format_when(when: float, now: datetime) -> str:
    """A moment as a person says it: 09:41, Yesterday, 12 Nov, 3 Mar 2025."""
    moment = datetime.fromtimestamp(when, tz=now.tzinfo)
    days = (now.date() - moment.date()).days
    if days == 0:
        return moment.strftime("%H:%M")
    if days == 1:
        return "Yesterday"
    return _day(moment.date(), with_year=moment.year != now.year)


def metric_title(name: str) -> str:
    """What a metric is called on screen: ``val_sparse_categorical_accuracy`` → Sparse categorical
    accuracy.
    """
    return _begun(measured_words(name))


def metric_short(name: str) -> str:
    """The metric in the width of a table's column."""
    return _begun(measured_words(name, short=True))


def monitored_title(name: str) -> str:
    """A monitored metric with the part it was measured on: ``val_loss`` → Validation loss."""
    part = "Validation" if name.startswith("val_") else "Training"
    return f"{part} {measured_words(name, short=True)}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``3 epochs``, ``1 epoch``."""
    return f"{format_count(count)} {one if count == 1 else many or one + 's'}"


def superscript(exponent: int) -> str:
    """A whole number in superscript digits."""
    return str(exponent).translate(_SUPERSCRIPT)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _day(day: date, *, with_year: bool) -> str:
    text = f"{day.day} {day.strftime('%b')}"
    return f"{text} {day.year}" if with_year else text
