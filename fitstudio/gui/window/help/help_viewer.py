"""Shows the help pages (Markdown, shipped with the program) in a window of their own."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFont,
    QKeySequence,
    QShortcut,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from fitstudio import resources
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.theme import theme
from fitstudio.gui.theme.tokens import Size, Space, Text
from fitstudio.gui.widgets.inputs.text import SearchEdit
from fitstudio.words import say

_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)
# Sections of a run specification and the pages that explain them.
_PAGES_BY_SECTION = {
    "fit": "parameters-fit",
    "compile": "parameters-compile",
    "data": "parameters-data",
    "model": "models",
    "run": "parameters-run",
}
_KEEP = QTextCursor.MoveMode.KeepAnchor
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


class HelpViewer(QWidget):
    """Pages at the left, text at the right; typing in the search field finds on all pages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("window.canvas")
        self.setWindowTitle(say("FitStudio help"))
        self.resize(920, 700)
        self._files = sorted(resources.path("help").glob("*.md"), key=_order)
        self._texts = [file.read_text(encoding="utf-8") for file in self._files]
        self.list = QListWidget()
        self.list.setObjectName("help.pages")
        self.list.setAccessibleName(say("Help pages"))
        for file, text in zip(self._files, self._texts, strict=True):
            heading = _HEADING.search(text)
            item = QListWidgetItem(heading.group(1) if heading else file.stem)
            item.setSizeHint(QSize(0, Size.CONTROL))
            self.list.addItem(item)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.search = SearchEdit(say("Find in the help"))
        self.search.setObjectName("help.search")
        self.search.setFixedWidth(220)
        self.browser = QTextBrowser()
        self.browser.setObjectName("help.text")
        self.browser.setOpenLinks(False)
        left = QVBoxLayout()
        left.setSpacing(Space.GRID)
        left.addWidget(self.search)
        self.list.setFixedWidth(220)
        left.addWidget(self.list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.CARDS, Space.CARDS, Space.CARDS, Space.CARDS)
        row.setSpacing(Space.CARDS)
        row.addLayout(left)
        row.addWidget(self.browser, 1)
        self.list.currentRowChanged.connect(self._on_page)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_next)
        self.browser.anchorClicked.connect(self._on_link)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)
        theme().changed.connect(self._on_theme)

    def show_topic(self, topic: str = "") -> None:
        """Shows the help, at a setting such as ``"fit.epochs"`` where one is named."""
        section, _, name = topic.partition(".")
        wanted = _PAGES_BY_SECTION.get(section, "")
        stems = [file.stem for file in self._files]
        self.list.setCurrentRow(stems.index(wanted) if wanted in stems else 0)
        if name:
            self.browser.find(name)
        self.show()
        self.raise_()
        self.activateWindow()

    def _on_page(self, row: int) -> None:
        if row >= 0:
            self.browser.setMarkdown(self._texts[row])
            document = self.browser.document()
            document.setDocumentMargin(Space.GRID * 2)
            _set_type(document)
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    def _on_theme(self) -> None:
        self._on_page(self.list.currentRow())

    def _on_search(self, text: str) -> None:
        words = text.strip().casefold()
        shown = [row for row, page in enumerate(self._texts) if words in page.casefold()]
        for row in range(self.list.count()):
            self.list.item(row).setHidden(row not in shown)
        if shown and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])
        if words:
            self._find_from_top(text.strip())

    def _on_next(self) -> None:
        text = self.search.text().strip()
        if text and not self.browser.find(text):
            self._find_from_top(text)

    def _find_from_top(self, text: str) -> None:
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self.browser.find(text)

    def _on_link(self, url: QUrl) -> None:
        stem = Path(url.path()).stem
        stems = [file.stem for file in self._files]
        if url.isRelative() and stem in stems:
            self.list.setCurrentRow(stems.index(stem))
            if url.fragment():
                self.browser.scrollToAnchor(url.fragment())
        elif url.scheme() in ("http", "https"):
            # Only because the person asked for it; FitStudio itself never goes to the network.
            QDesktopServices.openUrl(url)


def _order(file: Path) -> tuple[bool, str]:
    first = ("index", "first-steps", "five-minutes", "getting-started")
    return (file.stem not in first, file.stem)


def _set_type(document: QTextDocument) -> None:
    """Sets headings and paragraphs in the window's few sizes; Markdown's own are far larger."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        cursor.setPosition(block.position())
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, _KEEP)
        spacing = QTextBlockFormat()
        spacing.setLineHeight(Text.LINE_HEIGHT_PERCENT, _PROPORTIONAL)
        if level:
            letters = QTextCharFormat()
            letters.setFontPointSize(fonts.points("title" if level == 1 else "body"))
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            letters.setFontWeight(QFont.Weight.DemiBold)
            cursor.mergeCharFormat(letters)
            spacing.setTopMargin(0 if level == 1 else Space.GRID * 2)
            spacing.setBottomMargin(Space.HALF)
        cursor.mergeBlockFormat(spacing)
        block = block.next()
