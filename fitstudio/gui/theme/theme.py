"""Holds the theme in force: which colours, fonts and icons everything is drawn with.

There is one theme a process, as there is one QApplication. Widgets ask `colour("accent")` while
they paint; what is kept longer (a plot's pens) is made anew on `theme().changed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication

from fitstudio.gui.theme import fonts, sheet
from fitstudio.gui.theme.tokens import (
    DARK,
    LIGHT,
    SERIES_DASHES,
    SERIES_MARKERS,
    TOKEN_NAMES,
    Colours,
)


class Mode(StrEnum):
    """What the person chose: the system's look, or one of their own."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Contrast(StrEnum):
    """How strong borders are."""

    SYSTEM = "system"
    HIGH = "high"


@dataclass(frozen=True)
class SeriesStyle:
    """How one series is drawn everywhere: never told apart by colour alone."""

    colour: QColor
    dash: tuple[float, ...]
    marker: str

    def pen(self, width: float = 2.0) -> QPen:
        """A cosmetic pen in the series' colour and dash."""
        pen = QPen(self.colour, width)
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self.dash:
            pen.setDashPattern(list(self.dash))
        return pen


class Theme(QObject):
    """The colours in force, and the signal that they changed."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode = Mode.SYSTEM
        self.contrast = Contrast.SYSTEM
        self.colours: Colours = LIGHT
        self._applied: tuple[Colours, bool, str] | None = None

    @property
    def dark(self) -> bool:
        """Whether the ground is dark."""
        return self.colours is DARK

    @property
    def high_contrast(self) -> bool:
        """Whether borders are the strong ones."""
        if self.contrast is Contrast.HIGH:
            return True
        hints = QGuiApplication.styleHints()
        accessibility = getattr(hints, "accessibility", None)  # Qt 6.10 and later
        if accessibility is None:
            return False
        preference = accessibility().contrastPreference()
        return preference == Qt.ContrastPreference.HighContrast

    @property
    def reduced_motion(self) -> bool:
        """Whether the system asks for no animation (Qt has a hint for it from 6.12 on)."""
        hints = QGuiApplication.styleHints()
        accessibility = getattr(hints, "accessibility", None)
        preference = getattr(accessibility(), "motionPreference", None) if accessibility else None
        return preference is not None and "Reduced" in str(preference())

    def colour(self, token: str) -> QColor:
        """The colour of a token, such as ``"accent"``."""
        if token not in TOKEN_NAMES:
            raise KeyError(f"There is no colour token {token!r}.")
        if token == "border" and self.high_contrast:
            token = "borderStrong"
        return QColor(getattr(self.colours, token))

    def series(self, number: int) -> SeriesStyle:
        """The style of series 0, 1, 2…; 0 is training and 1 is validation everywhere.

        Beyond eight the colours come round again with the next dash.
        """
        count = len(self.colours.series)
        colour = QColor(self.colours.series[number % count])
        turn = number // count
        return SeriesStyle(
            colour,
            SERIES_DASHES[(number + turn) % count],
            SERIES_MARKERS[number % count],
        )

    def apply(self, mode: Mode | None = None, contrast: Contrast | None = None) -> None:
        """Puts the theme onto the application: style, palette, fonts and style sheet."""
        self.mode = mode if mode is not None else self.mode
        self.contrast = contrast if contrast is not None else self.contrast
        self.colours = DARK if self._wants_dark() else LIGHT
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        wanted = (self.colours, self.high_contrast, fonts.body_family())
        if wanted == self._applied:
            return
        if self._applied is None:
            application.setStyle("Fusion")
            application.setFont(fonts.font("body"))
        self._applied = wanted
        application.setPalette(self._palette())
        application.setStyleSheet(sheet.style_sheet(self.colour, dark=self.dark))
        self.changed.emit()

    def follow_system(self) -> None:
        """Applies the theme again whenever the system turns dark, light or high-contrast."""
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _scheme: self.apply())
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None:
            accessibility().contrastPreferenceChanged.connect(lambda _preference: self.apply())

    def _wants_dark(self) -> bool:
        if self.mode is Mode.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self.mode is Mode.DARK

    def _palette(self) -> QPalette:
        role, group = QPalette.ColorRole, QPalette.ColorGroup
        palette = QPalette()
        for name, token in (
            (role.Window, "canvas"),
            (role.WindowText, "text"),
            (role.Base, "card"),
            (role.AlternateBase, "canvas"),
            (role.Text, "text"),
            (role.Button, "raised"),
            (role.ButtonText, "text"),
            (role.BrightText, "error"),
            (role.ToolTipBase, "raised"),
            (role.ToolTipText, "text"),
            (role.PlaceholderText, "text3"),
            (role.Highlight, "accent"),
            (role.HighlightedText, "onAccent"),
            (role.Link, "accentText"),
            (role.LinkVisited, "accentText"),
            (role.Light, "raised"),
            (role.Midlight, "hover"),
            (role.Mid, "border"),
            (role.Dark, "borderHover"),
            (role.Shadow, "borderHover"),
            (role.Accent, "accent"),
        ):
            palette.setColor(name, self.colour(token))
        for name in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(group.Disabled, name, self.colour("off"))
        return palette


_theme: Theme | None = None


def theme() -> Theme:
    """The theme of this process."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme


def colour(token: str) -> QColor:
    """The colour of a token in the theme in force."""
    return theme().colour(token)
