"""Text in the few styles that the window has, and sentences with **strong** words."""

from __future__ import annotations

import html
import math
import re
from functools import lru_cache

from PySide6 import QtGui
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.tokens import Text

_NARROWEST = 80
_TYPICAL = 300
_STRONG = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
# Names of files and columns; Qt breaks lines between words only.
_LONG_WORD = re.compile(r"[^\s*]{24,}")
_LONGEST_PIECE = 16


def rich(sentence: str) -> str:
    """A sentence with `**strong**` words as rich text with the window's line height."""
    breakable = html.escape(_LONG_WORD.sub(_with_breaks, sentence), quote=False)
    marked = _STRONG.sub(r"<b style='font-weight:600'>\1</b>", breakable)
    return f"<p style='line-height:{Text.LINE_HEIGHT_PERCENT}%;margin:0'>{marked}</p>"


def _with_breaks(word: re.Match[str]) -> str:
    """A word too long for a line, with places where it may be broken."""
    pieces = re.findall(rf"[^_/\\.-]{{1,{_LONGEST_PIECE}}}[_/\\.-]?|[_/\\.-]", word.group())
    return "\u200b".join(pieces)


def plain(sentence: str) -> str:
    """The sentence without its marks, for accessible names and the clipboard."""
    return _STRONG.sub(r"\1", sentence)


def as_tip(text: str) -> str:
    """Text for a tooltip, shown as it is.

    Qt takes a tooltip that looks like HTML for HTML, and would load the pictures that it names; a
    run's title or a cell of a file may be anything.
    """
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return f"<span style='white-space:pre-wrap'>{html.escape(text)}</span>"


class Label(QLabel):
    """One line of text.

    Args:
        text: What it says; taken as it is, never as rich text.
        ink: A text token: text, text2, text3, accentText, success, warning or error.
        style: body, strong, title, small or mono.
    """

    def __init__(
        self,
        text: str = "",
        *,
        ink: str = "text",
        style: str = "body",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("ink", ink)
        self.setProperty("type", style)
        self.setText(text)

    def set_ink(self, ink: str) -> None:
        """Changes the colour to another text token."""
        set_property(self, "ink", ink)


class Sentence(QLabel):
    """One or more sentences that wrap; `**words**` are strong."""

    def __init__(self, text: str = "", *, ink: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setProperty("ink", ink)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._sentence = ""
        self.set_sentence(text)

    def sentence(self) -> str:
        """The text as it was given, with its marks."""
        return self._sentence

    def set_sentence(self, text: str) -> None:
        """Shows another text."""
        self._sentence = text
        self.setText(rich(text) if text else "")
        self.setAccessibleName(plain(text))
        if self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self._fit_height()

    def set_ink(self, ink: str) -> None:
        """Changes the colour to another text token."""
        set_property(self, "ink", ink)

    def sizeHint(self) -> QSize:
        """As high as its lines at its present width."""
        width = self.width() if self.width() > _NARROWEST else _TYPICAL
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Asks for another height where the width changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_height()

    def heightForWidth(self, width: int) -> int:
        """The height of its lines at this width, in pixels."""
        # Qt's own answer counts the least height in, which is what this one is asked for.
        if not self._sentence:
            return 0
        margins = self.contentsMargins()
        room = width - margins.left() - margins.right()
        height = _height_of(self.text(), self.font().toString(), max(room, 1))
        return height + margins.top() + margins.bottom()

    def _fit_height(self) -> None:
        # Layouts that do not ask for the height at a width (dialogs, centred rows) would cut it.
        # Told at most once for a width: this happens in the middle of the layout of the page.
        needed = self.heightForWidth(self.width())
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)

    def minimumSizeHint(self) -> QSize:
        """One line of its narrowest width."""
        # Qt's own answer is the height at some narrow width, which leaves gaps at the real one.
        return QSize(_NARROWEST, QFontMetrics(self.font()).lineSpacing())


_WORDS = QTextOption()
_WORDS.setWrapMode(QTextOption.WrapMode.WordWrap)


@lru_cache(maxsize=512)
def _height_of(text: str, font: str, width: int) -> int:
    """How high rich text gets at a width, as `QLabel` sets it."""
    described = QFont()
    described.fromString(font)
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultTextOption(_WORDS)
    document.setDefaultFont(described)
    document.setHtml(text)
    document.setTextWidth(width)
    return math.ceil(document.size().height())


class ElidedLabel(Label):
    """One line that is cut with … where room is short; the tooltip then has all of it."""

    def __init__(
        self,
        text: str = "",
        *,
        ink: str = "text",
        style: str = "body",
        middle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._whole = ""
        mode = Qt.TextElideMode
        self._mode = mode.ElideMiddle if middle else mode.ElideRight
        super().__init__(text, ink=ink, style=style, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Takes the whole text, and shows what there is room for."""
        self._whole = text
        self._elide()
        self.updateGeometry()

    def whole_text(self) -> str:
        """The text without the cut."""
        return self._whole

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        width = QFontMetrics(self.font()).horizontalAdvance(self._whole)
        return QSize(width + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """A few letters wide: the rest may be cut."""
        return QSize(min(48, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cuts the text anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, self._mode, max(self.width(), 0))
        if shown != self.text():
            super().setText(shown)
        self.setToolTip(as_tip(self._whole) if shown != self._whole else "")
        self.setAccessibleName(self._whole)
