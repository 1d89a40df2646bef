"""Makes the few fonts of the window from the shipped typeface, in points, figures of one width."""

from __future__ import annotations

import sys
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from fitstudio import resources
from fitstudio.gui.theme.tokens import Text

# What Qt reports on Linux where no desktop names a font: then the size is ours to choose, too.
_GENERIC = {"Sans Serif", "Sans", "sans-serif", "DejaVu Sans", "Bitstream Vera Sans"}
_SHIPPED = ("Inter-Regular.otf", "Inter-SemiBold.otf")
# For the characters that the shipped typeface lacks.
_CHINESE = ("Microsoft YaHei UI", "Noto Sans CJK SC", "WenQuanYi Micro Hei")
_SMALLEST_BODY_PT = 9.75
_FACTORS = {
    "title": Text.TITLE,
    "body": Text.BODY,
    "strong": Text.BODY,
    "small": Text.SMALL,
    "mono": Text.MONO,
}


@cache
def body_family() -> str:
    """The family that text is set in: the same on every system, so that no text is cut on one."""
    numbers = [
        QFontDatabase.addApplicationFont(str(resources.path("fonts", file))) for file in _SHIPPED
    ]
    assert min(numbers) >= 0, "the shipped typeface is no font that Qt can read"
    return QFontDatabase.applicationFontFamilies(numbers[0])[0]


@cache
def body_points() -> float:
    """The size of ordinary text in points."""
    points = QApplication.font().pointSizeF()
    if sys.platform.startswith("linux") and QApplication.font().family() in _GENERIC:
        # No desktop has set a size: 13 logical pixels.
        return max(points, _SMALLEST_BODY_PT)
    return points if points > 0 else _SMALLEST_BODY_PT


@cache
def mono_family() -> str:
    """The family for real parameter names and code."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


def points(role: str) -> float:
    """The size of a role in points."""
    return round(body_points() * _FACTORS[role], 2)


def font(role: str) -> QFont:
    """The font of a role: title, body, strong, small or mono."""
    made = QFont()
    if role == "mono":
        made.setFamilies([mono_family()])
        made.setStyleHint(QFont.StyleHint.Monospace)
    else:
        made.setFamilies([body_family(), QApplication.font().family(), *_CHINESE])
    made.setPointSizeF(points(role))
    if role in ("title", "strong"):
        made.setWeight(QFont.Weight.DemiBold)
    # Figures of one width, so that a running number does not tremble.
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def forget() -> None:
    """Reads the platform's fonts anew (the person changed the text size)."""
    for remembered in (body_points, mono_family):
        remembered.cache_clear()
