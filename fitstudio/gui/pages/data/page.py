"""The Data page: what the file is, how it was read, what each column is for, what to decide."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from fitstudio.declared.formats import registry
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.kinds.values import joined
from fitstudio.declared.plain_words import Paragraph, describe
from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.errors import FitStudioError
from fitstudio.gui.pages.data.adding import ask_name, take_file
from fitstudio.gui.pages.data.file_card import FileCard
from fitstudio.gui.pages.data.items_card import ItemsCard
from fitstudio.gui.pages.data.reading_dialog import ReadingDialog
from fitstudio.gui.pages.data.role_menu import role_menu
from fitstudio.gui.pages.data.sources_card import SourcesCard
from fitstudio.gui.pages.data.tree_card import TreeCard
from fitstudio.gui.pages.page import Page
from fitstudio.gui.widgets.buttons import Button, link_button, primary_button, secondary_button
from fitstudio.gui.widgets.cards import ColumnScroll
from fitstudio.gui.widgets.data_file import ask_data_file, ask_data_folder
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.viewmodel.data import data_file, page, sources
from fitstudio.viewmodel.data.items import Item
from fitstudio.viewmodel.data.page import DataView
from fitstudio.viewmodel.data.roles import Role
from fitstudio.viewmodel.data.row_pages import RowPages
from fitstudio.viewmodel.data.sentences import data_words
from fitstudio.viewmodel.data.sources import SourcesModel
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


class DataPage(Page):
    """The station where data comes in and gets its roles.

    Args:
        session: The open project.
    """

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.data", say("Data"), parent=parent)
        self.page_head.set_title(say("Data"))
        self._session = session
        self._view: DataView | None = None
        self._read_for: object = None
        self._nodes: list[TreeNode] = []
        self._pages = RowPages(session)
        self._folder_button = secondary_button(say("Add folder"), icon="plus")
        self._folder_button.setObjectName("data.add_folder")
        self._folder_button.setToolTip(
            say("Pictures, tables, spectra or recordings, perhaps in a folder for each class")
        )
        self._folder_button.clicked.connect(self._on_add_folder)
        self.page_head.add(self._folder_button)
        self._files = SourcesModel(session)
        self._files.changed.connect(self._show)
        self._add_button = secondary_button(say("Add file"), icon="plus")
        self._add_button.setObjectName("data.add")
        self._add_button.clicked.connect(self._on_add)
        self.page_head.add(self._add_button)
        self._role_words: dict[Role, str] = {
            Role.TARGET: say("Target"),
            Role.INPUT: say("Input"),
            Role.WEIGHT: say("Weight"),
            Role.LEFT_OUT: say("Left out"),
        }
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._empty = self._empty_state()
        self._stack.addWidget(self._empty)
        cancel = secondary_button(say("Cancel"))
        cancel.setObjectName("data.cancel")
        cancel.clicked.connect(session.stop_looking)
        self._reading = EmptyState("hourglass", say("Reading the file"), " ", cancel)
        self._stack.addWidget(self._reading)
        self._scroll = ColumnScroll()
        self._stack.addWidget(self._scroll)
        self.content.addWidget(holder, 1)
        self._problem = FindingBar()
        self._problem.setObjectName("data.problem")
        self._problem.fix_pressed.connect(lambda _fix: self._on_choose_other())
        self._scroll.add(self._problem)
        self._sources = SourcesCard()
        self._sources.join_chosen.connect(self._on_join)
        self._sources.reading_pressed.connect(self._on_source_reading)
        self._sources.rename_pressed.connect(lambda name: ask_name(session, name, self))
        self._sources.remove_pressed.connect(lambda name: sources.remove_source(session, name))
        self._scroll.add(self._sources)
        self._tree = TreeCard()
        self._tree.role_pressed.connect(self._on_role_pressed)
        self._scroll.add(self._tree)
        self._file_card = FileCard(session, self._pages, self._role_words)
        self._file_card.guesses.change.clicked.connect(self._on_change)
        self._file_card.targets.clicked.connect(self._on_targets)
        self._file_card.role_pressed.connect(self._on_header_pressed)
        self.table = self._file_card.preview.table
        self._header = self._file_card.preview.header
        self._scroll.add(self._file_card)
        self._items = ItemsCard()
        self._items.decided.connect(self._on_decided)
        self._scroll.add(self._items)
        self._scroll.finish()
        session.data_changed.connect(self._show)
        session.resolved_changed.connect(self._show)
        self._show()

    # What the window calls

    def plain_words(self) -> list[Paragraph]:
        """What stands in the panel at the right while this page is shown."""
        session = self._session
        if session.data_problem is not None:
            return [Paragraph(say("The file"), session.data_problem.message)]
        return data_words(session) or describe(session.resolved, session.summary)

    def show_setting(self, key: str) -> None:
        """Goes to what decides a setting."""
        target: QWidget = self._header
        if key.startswith("data.") and self._items.isVisibleTo(self):
            target = self._items
        self._scroll.ensureWidgetVisible(target)
        buttons = target.findChildren(Button)
        (buttons[0] if buttons else target).setFocus(Qt.FocusReason.TabFocusReason)

    # Parts

    def _empty_state(self) -> EmptyState:
        button = primary_button(say("Choose a file"), icon="file-plus")
        button.setObjectName("data.choose")
        button.clicked.connect(self._on_add)
        folder = link_button(say("Choose a folder"))
        folder.setObjectName("data.choose_folder")
        folder.clicked.connect(self._on_add_folder)
        ways = QWidget()
        column = QVBoxLayout(ways)
        column.setContentsMargins(0, 0, 0, 0)
        for way in (button, folder):
            column.addWidget(way, 0, Qt.AlignmentFlag.AlignHCenter)
        return EmptyState(
            "database",
            say("No data yet"),
            say(
                "Drop a file anywhere in the window, or choose one: {registry}.",
                registry=joined(registry.called()),
            ),
            ways,
        )

    # Showing

    def _show(self) -> None:
        session = self._session
        view = page.view(session)
        self._view = view
        self._pages.begin(session.spec.to_json().get("data", {}))
        has_file = session.spec.get("data.file") is not None
        reading = has_file and session.busy_with_data and view is None
        self._stack.setCurrentWidget(
            self._reading if reading else self._scroll if has_file else self._empty
        )
        if reading:
            name = Path(str(session.spec.get("data.file"))).name
            self._reading.set_text(say("Reading {name}", name=name), say("A moment, please."))
        self._add_button.setVisible(has_file)
        self._folder_button.setVisible(has_file)
        for widget in (
            self._add_button,
            self._folder_button,
            self._file_card.guesses.change,
            self._file_card.targets,
            self._problem.button,
        ):
            lock(widget, session.cannot_change)
        self._header.set_locked(session.cannot_change)
        self._tree.setEnabled(session.read_only is None)
        self._items.set_locked(session.cannot_change)
        self._sources.set_sources(self._files.views())
        self._sources.set_locked(session.cannot_change)
        self._show_problem(session.data_problem)
        if view is None:
            self._file_card.setVisible(False)
            self._tree.setVisible(False)
            self._items.set_items(())
            return
        self._file_card.setVisible(True)
        summary = session.summary
        assert summary is not None
        if self._read_for is not summary:
            self._read_for = summary
            self._nodes = []
            self._look_into_tree()
        self._items.set_items(view.items)
        if self._file_card.show_view(view, summary.kind):
            self._tree.set_columns(view.columns, self._role_words, group=self._group())

    def _show_problem(self, problem: FitStudioError | None) -> None:
        if problem is None:
            self._problem.set_finding(None)
            return
        words = " ".join(part for part in (problem.message, problem.remedy) if part)
        # Of several files it is not said which one another should stand for.
        several = bool(self._files.views())
        self._problem.show_sentence(words, "error", "" if several else say("Choose another file"))

    def _look_into_tree(self) -> None:
        summary = self._session.summary
        if summary is None or not find_format(summary.kind).has_tree:
            self._tree.setVisible(False)
            return
        self._session.in_background(
            lambda job: data_file.tree(self._session, job),
            self._on_tree,
            lambda problem: self._tree.setVisible(False),
            replaces=f"tree {id(self)}",
        )

    def _on_tree(self, nodes: list[TreeNode]) -> None:
        self._nodes = nodes
        # A flat file shows all it has in the table already.
        nested = any(node.kind == "group" and node.path for node in nodes)
        refused = any(node.kind == "refused" for node in nodes)
        self._tree.setVisible(nested or refused)
        self._tree.set_nodes(nodes)
        if self._view is not None:
            self._tree.set_columns(self._view.columns, self._role_words, group=self._group())

    def _group(self) -> str:
        """The group of the file that is read, where there are any."""
        summary = self._session.summary
        guesses = summary.guesses if summary is not None else ()
        group = next((str(each.value or "") for each in guesses if each.name == "group"), "")
        return "" if group == "*" else group  # all groups: columns go by their whole paths

    # What a person does

    def _on_add(self) -> None:
        file = ask_data_file(self)
        if file is not None:
            take_file(self._session, file, self)

    def _on_choose_other(self) -> None:
        file = ask_data_file(self)
        if file is not None:
            data_file.take_file(self._session, file)

    def _on_add_folder(self) -> None:
        folder = ask_data_folder(self)
        if folder is not None:
            data_file.take_file(self._session, folder)

    def _on_join(self, name: str, by: str | None, to: str | None) -> None:
        sources.set_join(self._session, name, by, to)

    def _on_source_reading(self, name: str) -> None:
        view = next(each for each in self._files.views() if each.name == name)
        if not find_format(view.kind).has_tree:
            self._ask_reading(name, [])
            return
        self._session.in_background(
            lambda job: sources.tree_of(self._session, name, job),
            lambda nodes: self._ask_reading(name, nodes),
            lambda problem: self._ask_reading(name, []),
            replaces=f"tree {id(self)}",
        )

    def _ask_reading(self, name: str, nodes: list[TreeNode]) -> None:
        view = next((each for each in self._files.views() if each.name == name), None)
        if view is None or self._session.read_only is not None:
            return
        options = sources.options_of(self._session, name)
        dialog = ReadingDialog(
            view.guesses, options, self, kind=view.kind, nodes=nodes, file=view.file
        )
        if dialog.ask() == 0 and dialog.changes():
            sources.set_options(self._session, name, dialog.changes())

    def _on_targets(self) -> None:
        file = ask_data_file(self)
        if file is not None:
            data_file.take_targets(self._session, file)

    def _on_change(self) -> None:
        if self._view is None or self._session.read_only is not None:
            return
        summary = self._session.summary
        assert summary is not None
        options = dict(self._session.spec.get("data.options") or {})
        dialog = ReadingDialog(
            summary.guesses,
            options,
            self,
            kind=summary.kind,
            nodes=self._nodes,
            file=summary.file,
        )
        if dialog.ask() == 0 and dialog.changes():
            data_file.set_options(self._session, dialog.changes())

    def _on_decided(self, item: Item) -> None:
        if item.values is not None:
            self._session.set_many(item.values, item.text)

    def _on_header_pressed(self, section: int, place: QPoint) -> None:
        if self._view is not None:
            self._on_role_pressed(self._view.columns[section].name, place)

    def _on_role_pressed(self, name: str, place: QPoint) -> None:
        if self._session.read_only is None:
            self.role_menu(name).popup(place)

    def role_menu(self, name: str) -> QMenu:
        """The menu of a column: its role, and what it is taken for."""
        assert self._view is not None
        return role_menu(self, self._session, self._view.columns, name, self._role_words)
