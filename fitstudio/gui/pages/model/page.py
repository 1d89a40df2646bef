"""The Model page: the gallery, the chosen model's settings, its layers and what it costs."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.gui.pages.model.gallery import Gallery
from fitstudio.gui.pages.model.layer_table import LayerTable
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.training.editors.entry_form import EntryForm
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.cards import Card, ColumnScroll
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.labels import Label
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.viewmodel.model.page import ModelPageModel
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


class ModelPage(Page):
    """Choose a network, set it, and see what it becomes before anything is trained."""

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.model", "Model", parent=parent)
        self._session = session
        self._model = ModelPageModel(session)
        self._form: EntryForm | None = None
        self._form_kind: str | None = None
        self._scroll = ColumnScroll()
        self.add(self._scroll, 1)

        self._gallery = Gallery()
        self._gallery.setObjectName("model.kind")
        self._gallery.chosen.connect(self._model.choose)
        self._scroll.add(self._gallery)

        self._settings = Card(say("Settings"))
        self._findings = QVBoxLayout()
        self._findings.setSpacing(Space.GRID)
        self._settings.add(self._findings)
        self._scroll.add(self._settings)

        self._layers_card = Card(say("Layers"), say("In the order that the data takes"))
        self._figures = QHBoxLayout()
        self._figures.setSpacing(Space.WINDOW + Space.CARDS)
        self._layers_card.add(self._figures)
        self.table = LayerTable()
        self._layers_card.add(self.table)
        self._scroll.add(self._layers_card)

        self._nothing = EmptyState(
            "stack",
            say("The layers depend on the data"),
            say("Choose a file and what is to be predicted on the Data page."),
        )
        self._scroll.add(self._nothing)
        self._scroll.finish()

        session.resolved_changed.connect(self._show)
        self._show()

    @property
    def form(self) -> EntryForm:
        """The settings of the chosen model."""
        assert self._form is not None
        return self._form

    def show_setting(self, key: str) -> None:
        """Goes to the editor of a setting of the model."""
        editor = self.findChild(QWidget, key)
        if editor is not None:
            self._scroll.ensureWidgetVisible(editor)
        super().show_setting(key)

    def _show(self) -> None:
        self._gallery.show_entries(self._model.gallery())
        self._show_form()
        self._show_findings()
        layers = self._model.layers()
        self._layers_card.setVisible(bool(layers))
        self._nothing.setVisible(not layers)
        self.table.show_rows(layers)
        self._show_figures()

    def _show_form(self) -> None:
        kind = self._model.kind
        if kind != self._form_kind:
            if self._form is not None:
                self._form.setParent(None)
                self._form.deleteLater()
            self._form_kind = kind
            self._settings.set_title(self._model.title, say("How large it is, how it is built"))
            self._form = EntryForm(MODELS[kind])
            for param in self._model.params():
                self._form.field(param.name).setObjectName(param.key)
            self._form.valueChanged.connect(self._on_settings)
            self._settings.add(self._form)
        lock(self.form, self._session.cannot_change)
        lock(self._gallery, self._session.cannot_change)
        self.form.setValue(self._set_values())

    def _set_values(self) -> dict[str, Any]:
        spec = self._session.spec
        return {
            param.name: spec.get(param.key)
            for param in self._model.params()
            if spec.is_set(param.key)
        }

    def _on_settings(self, values: dict[str, Any]) -> None:
        before = self._set_values()
        if values == before:
            return
        changed = [
            param
            for param in self._model.params()
            if values.get(param.name) != before.get(param.name)
        ]
        self._session.set_many(
            {param.key: values.get(param.name) for param in changed},
            say("Change {changed}", changed=", ".join(param.title for param in changed)),
        )

    def _show_findings(self) -> None:
        while self._findings.count():
            item = self._findings.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for finding in self._model.findings():
            # With a parent from the start: without one it would show as a window of its own.
            bar = FindingBar(finding, self._settings)
            bar.setObjectName(f"{finding.where}.message")
            bar.fix_pressed.connect(self._session.apply_fix)
            self._findings.addWidget(bar)

    def _show_figures(self) -> None:
        while self._figures.count():
            item = self._figures.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for name, value in self._model.summary():
            self._figures.addWidget(_figure(name, value))
        self._figures.addStretch(1)


def _figure(name: str, value: str) -> QWidget:
    """A number with its name over it."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, Space.GRID)
    column.setSpacing(2)
    column.addWidget(Label(name, ink="text3", style="small"))
    column.addWidget(Label(value, style="strong"))
    holder.setAccessibleName(f"{name}: {value}")
    return holder
