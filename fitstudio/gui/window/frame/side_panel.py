"""The place at the right for the plain-words panel; pages come and go, it stays."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fitstudio.gui.pages.page import Page
from fitstudio.gui.panels.plain_words import PlainWordsPanel
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.viewmodel.shell.session import ProjectSession


class SidePanel(QWidget):
    """Holds the panel of the open project.

    Signals:
        go_requested: The setting that the person wants to go to.
    """

    go_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, Space.WINDOW, 0)
        self._panel: PlainWordsPanel | None = None
        self._page: Page | None = None
        self.set_wide(False)

    def set_session(self, session: ProjectSession | None) -> None:
        """Shows the words of another project, or none."""
        if self._panel is not None:
            self._column.removeWidget(self._panel)
            self._panel.hide()
            self._panel.deleteLater()
            self._panel = None
        if session is not None:
            self._panel = PlainWordsPanel(session)
            self._panel.goRequested.connect(self.go_requested)
            self._column.addWidget(self._panel)

    def set_page(self, page: Page) -> None:
        """Lets a page say what stands here while it is shown."""
        if self._panel is None:
            return
        if page is not self._page:
            page.plainWordsChanged.connect(self._on_words_changed)
        self._page = page
        self._panel.set_source(page.plain_words)

    def set_wide(self, wide: bool) -> None:
        """Takes more room in a wide window."""
        self.setFixedWidth((Size.PANEL_WIDE if wide else Size.PANEL) + Space.WINDOW)

    def _on_words_changed(self) -> None:
        if self._panel is not None:
            self._panel.refresh()
