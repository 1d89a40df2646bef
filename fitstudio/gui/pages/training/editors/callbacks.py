"""The helpers that watch the training: switched on and off, added, ordered, each with its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.catalogue.watching import watching
from fitstudio.declared.kinds.param import Entry
from fitstudio.gui.pages.training.editors.entry_form import EntryForm
from fitstudio.gui.pages.training.editors.fields import SWITCH_MARGIN
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import Switch, icon_button, link_button
from fitstudio.gui.widgets.labels import ElidedLabel
from fitstudio.viewmodel.training.callbacks import STANDING, callback_summary, shown_order
from fitstudio.words import say


class CallbacksEditor(QWidget):
    """A list of callbacks, each a switch with a sentence and a form of its own.

    The three that most runs want always have a row; others come from the menu. The value is the
    list as ``fit.callbacks`` has it, None while it is empty.
    """

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: list[dict[str, Any]] = []
        self._monitors: tuple[str, ...] = ()
        # What a helper was set to when it was switched off, so that switching on brings it back.
        self._remembered: dict[str, dict[str, Any]] = {}
        self._open: set[int] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.GRID)
        self._views: list[_CallbackView] = []
        self.add_button = link_button(say("Add a helper"))
        self.add_button.set_icon("plus")
        self.add_button.setObjectName("fit.callbacks.add")
        self.add_button.clicked.connect(self._on_add)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._arrange()

    def set_monitors(self, monitors: Sequence[str]) -> None:
        """Tells which values there are to watch."""
        if tuple(monitors) != self._monitors:
            self._monitors = tuple(monitors)
            for view in self._views:
                view.set_monitors(self._monitors)
            self._refresh()

    def value(self) -> list[dict[str, Any]] | None:
        """The list of callbacks; None while there are none."""
        return [dict(item) for item in self._value] or None

    def setValue(self, value: Any) -> None:
        """Shows another list."""
        items = value if isinstance(value, list | tuple) else ()
        # What is no known helper is named by the check; there is no row to show it in.
        wanted = [
            dict(each)
            for each in items
            if isinstance(each, Mapping) and each.get("kind") in CALLBACKS
        ]
        if wanted == self._value:
            return
        kinds_before = [item["kind"] for item in self._value]
        self._value = wanted
        if [item["kind"] for item in wanted] == kinds_before:
            self._refresh()
        else:
            self._open = {place for place in self._open if place < len(wanted)}
            self._arrange()
        self.valueChanged.emit(self.value())

    def reset(self) -> None:
        """No helpers."""
        self.setValue(None)

    def set_state(self, automatic: str, look: str) -> None:
        """The list has no border to colour."""
        del automatic, look

    def add(self, kind: str) -> None:
        """Adds a helper at the end, with settings that make sense, and opens its form."""
        self._open.add(len(self._value))
        self.setValue([*self._value, self._new(kind)])

    def remove(self, place: int) -> None:
        """Takes a helper out of the list."""
        item = self._value[place]
        self._remembered[item["kind"]] = item
        self._open = {each - (each > place) for each in self._open if each != place}
        self.setValue(self._value[:place] + self._value[place + 1 :])

    def shift(self, place: int, by: int) -> None:
        """Moves a helper up (-1) or down (1) in the order."""
        to = place + by
        if not 0 <= to < len(self._value):
            return
        items = list(self._value)
        items[place], items[to] = items[to], items[place]
        swapped = {place: to, to: place}
        self._open = {swapped.get(each, each) for each in self._open}
        self._value = items
        self._arrange()
        self.valueChanged.emit(self.value())

    def switch_on(self, kind: str) -> None:
        """Puts one of the standing helpers in at its place."""
        order = [kind_of for kind_of, _ in shown_order(self._value)]
        before = order[: order.index(kind)]
        place = sum(1 for item in self._value if item["kind"] in before)
        self._open = {each + (each >= place) for each in self._open}
        self.setValue([*self._value[:place], self._new(kind), *self._value[place:]])

    def view(self, kind: str) -> _CallbackView:
        """The first row of this kind."""
        return next(view for view in self._views if view.entry.name == kind)

    def _new(self, kind: str) -> dict[str, Any]:
        return dict(
            self._remembered.pop(kind, None) or {"kind": kind, **CALLBACKS[kind].starts_with}
        )

    def _arrange(self) -> None:
        """One row for each helper, in order; a row that is there stays, with its focus."""
        free = list(self._views)
        focused = QApplication.focusWidget()
        had_focus = [view for view in free if focused is not None and view.isAncestorOf(focused)]
        views = []
        for kind, place in shown_order(self._value):
            view = next((each for each in free if each.entry.name == kind), None)
            if view is None:
                view = self._new_view(kind)
            else:
                free.remove(view)
            view.set_place(place, last=len(self._value) - 1)
            views.append(view)
        for row, view in enumerate(views):
            if self._column.indexOf(view) != row:
                self._column.removeWidget(view)
                self._column.insertWidget(row, view)
        for view in free:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._views = views
        self._refresh()
        if any(view in free for view in had_focus):
            # The keyboard stays in the list.
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _new_view(self, kind: str) -> _CallbackView:
        view = _CallbackView(CALLBACKS[kind], monitors=self._monitors)
        view.switched.connect(self._on_switched)
        view.changed.connect(self._on_changed)
        view.moved.connect(self.shift)
        view.removed.connect(self.remove)
        view.unfolded.connect(self._on_unfolded)
        return view

    def _refresh(self) -> None:
        for view in self._views:
            item = self._value[view.place] if view.place is not None else None
            view.show_item(item, unfolded=view.place in self._open)

    def _on_switched(self, view: object, on: bool) -> None:
        assert isinstance(view, _CallbackView)
        if on:
            self.switch_on(view.entry.name)
        elif view.place is not None:
            self.remove(view.place)

    def _on_changed(self, place: int, settings: dict[str, Any]) -> None:
        items = [dict(item) for item in self._value]
        kind = items[place]["kind"]
        items[place] = {"kind": kind, **watching(kind, items[place], settings)}
        self.setValue(items)

    def _on_unfolded(self, place: int, unfolded: bool) -> None:
        (self._open.add if unfolded else self._open.discard)(place)

    def menu(self) -> QMenu:
        """What can be added."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for entry in CALLBACKS.values():
            action = menu.addAction(entry.title)
            action.setToolTip(f"{entry.name}: {entry.help}")
            action.triggered.connect(lambda _=False, name=entry.name: self.add(name))
        return menu

    def _on_add(self) -> None:
        menu = self.menu()
        menu.exec(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))
        menu.deleteLater()


class _CallbackView(QFrame):
    """One helper: title, switch, what it will do, and below them its settings when unfolded."""

    switched = Signal(object, bool)
    changed = Signal(int, object)
    moved = Signal(int, int)
    removed = Signal(int)
    unfolded = Signal(int, bool)

    def __init__(self, entry: Entry, *, monitors: Sequence[str]) -> None:
        super().__init__()
        self.entry = entry
        self.place: int | None = None
        self._monitors = monitors
        self._form: EntryForm | None = None
        self._item: dict[str, Any] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.GRID)
        head = QWidget()
        head.setFixedHeight(Size.CONTROL)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.HINT)
        title = ElidedLabel(entry.title)
        title.setFixedWidth(Size.LABEL - SWITCH_MARGIN)
        title.setToolTip(f"{entry.name}: {entry.help}")
        row.addWidget(title)
        self.switch = Switch()
        self.switch.setAccessibleName(entry.title)
        self.switch.valueChanged.connect(lambda on: self.switched.emit(self, on))
        row.addWidget(self.switch)
        self._summary = ElidedLabel("", ink="text2")
        row.addWidget(self._summary, 1)
        self.up = icon_button("caret-up", say("Earlier"), small=True)
        self.up.clicked.connect(lambda: self._emit_move(-1))
        self.down = icon_button("caret-down", say("Later"), small=True)
        self.down.clicked.connect(lambda: self._emit_move(1))
        self.settings = icon_button("sliders-horizontal", say("Settings"), small=True)
        self.settings.setCheckable(True)
        self.settings.toggled.connect(self._on_unfold)
        self.remove = icon_button("x", say("Remove"), small=True)
        self.remove.clicked.connect(self._emit_remove)
        for button in (self.up, self.down, self.settings, self.remove):
            row.addWidget(button)
        self._column.addWidget(head)

    def set_place(self, place: int | None, *, last: int) -> None:
        """Tells where in the list it stands, None while it is switched off, and which is last."""
        self.place = place
        self.up.setVisible(place is not None and last > 0)
        self.up.setEnabled(place is not None and place > 0)
        self.down.setVisible(place is not None and last > 0)
        self.down.setEnabled(place is not None and place < last)
        self.settings.setVisible(place is not None and bool(self.entry.params))
        self.remove.setVisible(place is not None and self.entry.name not in STANDING)

    def set_monitors(self, monitors: Sequence[str]) -> None:
        """Offers other values to watch; the form is made anew with them."""
        self._monitors = monitors
        if self._form is not None:
            self._column.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None

    def show_item(self, item: dict[str, Any] | None, *, unfolded: bool) -> None:
        """Shows the helper's settings; None while it is switched off."""
        self._item = item
        self.switch.blockSignals(True)
        self.switch.setValue(item is not None)
        self.switch.blockSignals(False)
        self._summary.setText(callback_summary(item) if item is not None else "")
        self.settings.blockSignals(True)
        self.settings.setChecked(unfolded)
        self.settings.blockSignals(False)
        self._show_form(unfolded and item is not None)

    def form(self) -> EntryForm | None:
        """The form, while it is unfolded."""
        return self._form

    def unfold(self) -> EntryForm:
        """Opens the form."""
        self.settings.setChecked(True)
        assert self._form is not None
        return self._form

    def _show_form(self, shown: bool) -> None:
        if shown and self._form is None:
            self._form = EntryForm(self.entry, monitors=self._offered_monitors())
            self._form.setContentsMargins(Space.CARD, 0, 0, Space.GRID)
            self._form.valueChanged.connect(self._on_form_changed)
            self._column.addWidget(self._form)
        if self._form is None:
            return
        self._form.setVisible(shown)
        settings = {name: value for name, value in (self._item or {}).items() if name != "kind"}
        if shown and self._form.value() != settings:
            self._form.blockSignals(True)
            self._form.setValue(settings)
            self._form.blockSignals(False)

    def _offered_monitors(self) -> list[str]:
        watched = (self._item or {}).get("monitor", "val_loss")
        return list(dict.fromkeys([*self._monitors, "val_loss", watched]))

    def _on_unfold(self, unfolded: bool) -> None:
        if self.place is not None:
            self.unfolded.emit(self.place, unfolded)
        self._show_form(unfolded)

    def _on_form_changed(self, settings: dict[str, Any]) -> None:
        if self.place is not None:
            self.changed.emit(self.place, settings)

    def _emit_move(self, by: int) -> None:
        if self.place is not None:
            self.moved.emit(self.place, by)

    def _emit_remove(self) -> None:
        if self.place is not None:
            self.removed.emit(self.place)
