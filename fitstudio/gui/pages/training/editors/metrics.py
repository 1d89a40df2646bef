"""What is reported beside the loss: chips, a menu of what fits, and each metric's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fitstudio.declared.catalogue.entries import METRICS
from fitstudio.declared.catalogue.measured_names import metric_name
from fitstudio.declared.kinds.entries import EntryList
from fitstudio.declared.kinds.param import Entry, Param
from fitstudio.gui.pages.training.editors.chip_list import ChipList, Offer
from fitstudio.gui.pages.training.editors.entry_form import EntryForm
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.labels import Label
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import marked, say

_METRIC = EntryList(METRICS, marked("a metric"))


class MetricsEditor(ChipList):
    """Metrics as chips; pressing one with settings of its own opens them."""

    def __init__(
        self, param: Param, session: ProjectSession, parent: QWidget | None = None
    ) -> None:
        self._session = session
        super().__init__(
            default=param.default,
            text_of=metric_text,
            offers=self._fitting,
            add_words=say("Add a metric"),
            open_item=self._open_settings,
            parent=parent,
        )

    def _fitting(self) -> list[Offer]:
        facts = self._session.resolved.facts
        taken = {metric_name(item) for item in self.value() or ()}
        return [
            (_item_for(entry), entry.title, f"{entry.name}: {entry.help}")
            for entry in METRICS.values()
            if metric_name(entry.name) not in taken
            and (facts is None or facts.target_encoding in entry.suits)
        ]

    def _open_settings(self, place: int, chip: QWidget) -> None:
        item = (self.value() or [])[place]
        entry = _METRIC.entry_of(item)
        if entry is None or not entry.params:
            return
        popup = _SettingsPopup(entry, item, self)
        popup.form.valueChanged.connect(lambda settings: self._on_settings(place, entry, settings))
        popup.move(chip.mapToGlobal(chip.rect().bottomLeft()))
        popup.show()

    def _on_settings(self, place: int, entry: Entry, settings: Mapping[str, Any]) -> None:
        items = self.value() or []
        items[place] = {"kind": entry.name, **settings} if settings else entry.name
        self.setValue(items)


class _SettingsPopup(QFrame):
    """A metric's settings, gone with the next click elsewhere."""

    def __init__(self, entry: Entry, item: Any, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.CARD, Space.CARD_TOP, Space.CARD, Space.CARD)
        column.setSpacing(Space.GRID)
        column.addWidget(Label(entry.title, style="strong"))
        self.form = EntryForm(entry)
        self.form.setValue({name: v for name, v in _settings_of(item).items() if name != "kind"})
        column.addWidget(self.form)


def _settings_of(item: Any) -> dict[str, Any]:
    return dict(item) if isinstance(item, Mapping) else {}


def _item_for(entry: Entry) -> Any:
    return {"kind": entry.name, **entry.starts_with} if entry.starts_with else entry.name


def metric_text(item: Any) -> str:
    """What a chip says: the metric's title, with the settings that tell it apart."""
    entry = _METRIC.entry_of(item)
    if entry is None:
        return str(item)
    average = _settings_of(item).get("average")
    return f"{average} {entry.title}" if average else entry.title
