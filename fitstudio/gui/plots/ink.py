"""The colours, fonts and widths that plots are drawn with, from the theme in force.

Asked for at each painting, so that a plot needs no more than a repaint when the theme changes.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontMetricsF

from fitstudio.gui.plots.series import SeriesStyle
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.theme import theme

LINE = 2.0
STEP_LINE = 1.5


def colour(token: str) -> QColor:
    """A colour of the theme, to be changed at will."""
    return theme().colour(token)


def series(style: SeriesStyle) -> QColor:
    """The colour of a series."""
    return colour("text2") if style.number < 0 else QColor(theme().series(style.number).colour)


def dark() -> bool:
    """Whether the ground is dark."""
    return theme().dark


def raw_opacity() -> float:
    """Of raw values under a smoothed line."""
    return 0.34 if dark() else 0.30


def font(*, small: bool = False, strong: bool = False) -> QFont:
    """The font of labels (small) and of readouts."""
    made = fonts.font("small" if small else "body")
    if strong:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def line_height(*, small: bool = False) -> int:
    """Height of a line of text."""
    return round(QFontMetricsF(font(small=small)).lineSpacing())
