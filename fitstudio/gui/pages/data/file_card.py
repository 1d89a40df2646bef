"""The card of the data file: its name, how it was read, its pictures, its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from fitstudio.declared.formats.registry import find_format
from fitstudio.gui.pages.data.guess_chips import GuessChips
from fitstudio.gui.pages.data.picture_grid import PictureGrid
from fitstudio.gui.pages.data.row_preview import RowPreview
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import link_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.viewmodel.data import pictures
from fitstudio.viewmodel.data.page import DataView
from fitstudio.viewmodel.data.pictures import PictureClass
from fitstudio.viewmodel.data.roles import Role
from fitstudio.viewmodel.data.row_pages import RowPages
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


class FileCard(Card):
    """What is known about the file, and a look at what it holds.

    Args:
        session: The open project.
        pages: Where the rows come from.
        role_words: How the roles are called.

    Attributes:
        role_pressed: Emitted when the role of a column is pressed: the column, and where.
        guesses: How the file was read.
        targets: The link that chooses a file with the targets.
        pictures: A few pictures of each class.
        preview: The first rows.
    """

    role_pressed = Signal(int, QPoint)

    def __init__(
        self,
        session: ProjectSession,
        pages: RowPages,
        role_words: Mapping[Role, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(" ", own=True, parent=parent)
        self._session = session
        self.title.setObjectName("data.file_name")
        self.setObjectName("data.file")
        self.set_margins(Space.CARD, 10, Space.CARD, 8)
        self.guesses = GuessChips()
        self.add(self.guesses)
        self.targets = link_button(say("Choose the file with the targets"))
        self.targets.setObjectName("data.y_file")
        self.add(self.targets)
        self.pictures = PictureGrid()
        self._pictures_for: object = None
        self.add(self.pictures)
        self.preview = RowPreview(pages, role_words)
        self.preview.role_pressed.connect(self.role_pressed)
        self.add(self.preview)

    def show_view(self, view: DataView, kind: str) -> bool:
        """Shows what is known about a file of some kind.

        Returns:
            Whether its columns or rows are others than before.
        """
        self.set_title(view.title, view.facts)
        self._look_at_pictures()
        self.guesses.show_guesses(view.guesses, can_change=bool(view.guesses))
        self.targets.setVisible(find_format(kind).has_targets_file)
        return self.preview.show_view(view)

    def _look_at_pictures(self) -> None:
        wanted = pictures.shown_for(self._session)
        if wanted is None:
            self.pictures.setVisible(False)
        elif wanted != self._pictures_for:
            self._session.in_background(
                lambda job: pictures.look_at_pictures(self._session, job),
                self._on_pictures,
                lambda problem: self.pictures.setVisible(False),
                replaces=f"pictures {id(self)}",
            )
        self._pictures_for = wanted

    def _on_pictures(self, found: Sequence[PictureClass]) -> None:
        self.pictures.show_classes(found)
