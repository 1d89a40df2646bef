"""What the window asks of every page, and the ground that a page stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import Button
from fitstudio.gui.widgets.cards import ColumnScroll, PageHead
from fitstudio.words import say


class Page(QWidget):
    """A station of the rail: a head over its content, both as wide as the design says.

    The window knows no page by its class. It asks for `plain_words`, tells it to `show_setting` or
    to `focus_search`, goes where `pageRequested` says, and ends it with `dispose`.

    The scroll handle of a `ColumnScroll` stands in the gutter right of the cards, so that the
    content itself does not move when it appears.

    Args:
        name: The page's object name, such as ``"page.data"``.
        title: What the head says.
        widest: Forms grow up to this width and are then centred; None lets the page grow.

    Signals:
        pageRequested: Another page is to be shown ("monitor", "results", "training").
        plainWordsChanged: What `plain_words` says has changed.
    """

    pageRequested = Signal(str)  # noqa: N815 - signals are named as Qt names them
    plainWordsChanged = Signal()  # noqa: N815

    def __init__(
        self,
        name: str,
        title: str,
        caption: str = "",
        *,
        widest: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._goes_with: list[Callable[[], object]] = []
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("kind", "plain")
        centred = QHBoxLayout(self)
        centred.setContentsMargins(0, 0, 0, 0)
        inner = QWidget()
        inner.setProperty("kind", "plain")
        if widest is not None:
            inner.setMaximumWidth(widest + Size.GUTTER)
        centred.addWidget(inner, 1)
        self.content = QVBoxLayout(inner)
        self.content.setContentsMargins(0, Space.HALF, 0, 0)
        self.content.setSpacing(Space.CARDS)
        self.page_head = PageHead(title, caption)
        self.add(self.page_head)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What the window asks

    def plain_words(self) -> Sequence[Paragraph] | None:
        """What the panel at the right says while this page is shown; None is the settings."""
        return None

    def show_setting(self, key: str) -> None:
        """Makes what decides a setting visible, and puts the keyboard there."""
        editor = self.findChild(QWidget, key)
        if editor is not None:
            editor.setFocus(Qt.FocusReason.TabFocusReason)

    def cannot_search(self) -> str | None:
        """Why nothing can be searched on it now, in a sentence; None where it can."""
        return say("There is nothing to search on this page.")

    def focus_search(self) -> None:
        """Puts the keyboard into the field to search with, where nothing speaks against it."""

    def has_primary(self) -> bool:
        """Whether a button on it is what a person will press next."""
        return any(
            button.property("kind") == "primary" and button.isVisibleTo(self)
            for button in self.findChildren(Button)
        )

    def dispose(self) -> None:
        """Lets go of all that the page follows: it is shown no more."""
        for end in self._goes_with:
            end()

    # What pages build on

    def goes_with(self, *ends: Callable[[], object]) -> None:
        """Names what ends with the page: its view models and timers.

        Args:
            ends: Called when the page is disposed of, or at the latest when Qt destroys it; so a
                second call must do no harm.
        """
        self._goes_with.extend(ends)
        for end in ends:
            self.destroyed.connect(end)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Puts something under what is there; all but scrolling columns leave the gutter free."""
        if isinstance(widget, ColumnScroll):
            self.content.addWidget(widget, stretch)
            return
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, Size.GUTTER, 0)
        row.addWidget(widget)
        self.content.addLayout(row, stretch)

    def finish(self) -> None:
        """Leaves the window's margin under the last card of a page that does not scroll."""
        self.content.addSpacing(Space.WINDOW - Space.CARDS)
