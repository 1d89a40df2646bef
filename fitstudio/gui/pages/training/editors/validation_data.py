"""Data to check on: none, a second file, or the rows where a column has certain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.gui.pages.training.editors.chip_list import ChipList, Offer
from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import secondary_button
from fitstudio.gui.widgets.data_file import ask_data_file
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.inputs.text import TextEdit
from fitstudio.viewmodel.data.sources import needed_sources
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say
from fitstudio.words.numbers import format_count

NONE, FILE, COLUMN = "none", "file", "column"


class ValidationDataEditor(QWidget):
    """Segments for the three ways, and below them what each of them needs."""

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._value: Any = None
        self._mode = NONE
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GRID)
        self.mode = Segmented(
            [
                (NONE, say("None")),
                (FILE, say("A file")),
                (COLUMN, say("Rows by a column")),
            ]
        )
        self.mode.setObjectName("fit.validation_data.mode")
        self.mode.setAccessibleName(say("Where the rows that check it come from"))
        self.mode.valueChanged.connect(self._on_mode)
        column.addWidget(self.mode)
        column.addWidget(self._file_line())
        column.addWidget(self._column_line())
        self.setFocusProxy(self.mode)
        self._show()

    def _file_line(self) -> QWidget:
        self._file_box = QWidget()
        row = QHBoxLayout(self._file_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GRID)
        self.file = TextEdit(unset=say("no file chosen"), width=Size.WIDEST_CHOICE)
        self.file.setAccessibleName(say("File to check on"))
        self.file.valueChanged.connect(self._on_file)
        row.addWidget(self.file)
        choose = secondary_button(say("Choose…"), small=True)
        choose.clicked.connect(self._on_choose)
        row.addWidget(choose)
        row.addStretch(1)
        return self._file_box

    def _column_line(self) -> QWidget:
        self._column_box = QWidget()
        row = QHBoxLayout(self._column_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GRID)
        self.column = Combo()
        self.column.setAccessibleName(say("Column that marks the rows"))
        self.column.valueChanged.connect(self._on_column)
        row.addWidget(self.column)
        self.labels = ChipList(
            default=None,
            text_of=str,
            offers=self._offered_labels,
            add_words=say("Add a value"),
        )
        self.labels.valueChanged.connect(self._on_labels)
        row.addWidget(self.labels, 1)
        return self._column_box

    def value(self) -> Any:
        """{"file": …} or {"sources": …} (with "options" as they came), {"column": …}, or None."""
        return dict(self._value) if isinstance(self._value, Mapping) else self._value

    def setValue(self, value: Any) -> None:
        """Shows other data to check on."""
        wanted = dict(value) if isinstance(value, Mapping) else value
        changed = wanted != self._value
        self._value = wanted
        if wanted is not None or changed:
            has_file = isinstance(wanted, Mapping) and "column" not in wanted
            self._mode = NONE if wanted is None else FILE if has_file else COLUMN
        self._show()
        if changed:
            self.valueChanged.emit(self.value())

    def reset(self) -> None:
        """Nothing but what is held out."""
        self._mode = NONE
        self.setValue(None)

    def set_state(self, automatic: str, look: str) -> None:
        """Shows the colour of what was found, and the columns that there are now."""
        del automatic
        set_property(self.file, "state", look)
        set_property(self.column, "state", look)
        self._show()

    def _show(self) -> None:
        for widget in (self.mode, self.file, self.column, self.labels):
            widget.blockSignals(True)
        self.mode.setValue(self._mode)
        self._file_box.setVisible(self._mode == FILE)
        self._column_box.setVisible(self._mode == COLUMN)
        value = self._value if isinstance(self._value, Mapping) else {}
        if not self.file.hasFocus():
            self.file.setValue(value.get("file") or _named_files(value) or None)
        chosen = value.get("column")
        names = self._marking_columns()
        if chosen is not None and chosen not in names:
            names.append(chosen)
        options = [(None, say("Choose a column"))] + [(name, str(name)) for name in names]
        if [option[0] for option in options] != self.column._values:
            self.column.set_options(options)
        if chosen is not None or self._mode != COLUMN:
            self.column.setValue(chosen)
        self.labels.setValue(value.get("values"))
        for widget in (self.mode, self.file, self.column, self.labels):
            widget.blockSignals(False)

    def _marking_columns(self) -> list[str]:
        summary = self._session.summary
        return [column.name for column in summary.columns if column.classes] if summary else []

    def _offered_labels(self) -> list[Offer]:
        summary = self._session.summary
        name = self.column.value()
        column = summary.column(name) if summary is not None and name else None
        taken = {str(label) for label in self.labels.value() or ()}
        return [
            (label, label, format_count(count))
            for label, count in (column.classes if column is not None else ())
            if label not in taken
        ]

    def _on_mode(self, mode: str) -> None:
        if mode == NONE:
            self.reset()
            return
        # Until a file or a value is chosen there is nothing to check on yet.
        if self._value is not None:
            self._value = None
            self.valueChanged.emit(None)
        self._mode = mode
        self._show()

    def _on_file(self, path: Any) -> None:
        known = self._value if isinstance(self._value, Mapping) else {}
        if path and path == _named_files(known):
            return
        if not path or path != known.get("file"):  # reading options belong to one file
            self.setValue({"file": path} if path else None)
        self._mode = FILE
        self._show()

    def _on_choose(self) -> None:
        needed = needed_sources(self._session)
        if len(needed) > 1:
            self._choose_each(needed)
            return
        file = ask_data_file(self, say("Data to check on"))
        if file is not None:
            self.file.setValue(self._within_project(file))

    def _choose_each(self, names: Sequence[str]) -> None:
        """Where the data are in several files, one is asked for for each."""
        chosen: dict[str, Any] = {}
        for name in names:
            title = say("Data to check on: {name}", name=name)
            file = ask_data_file(self, title)
            if file is None:
                return
            chosen[name] = {"path": self._within_project(file)}
        self.setValue({"sources": chosen})

    def _within_project(self, file: Path) -> str:
        """A file inside the project's folder goes with it when the folder is moved."""
        try:
            return file.relative_to(self._session.project.folder).as_posix()
        except ValueError:
            return str(file)

    def _on_column(self, name: Any) -> None:
        labels = self._first_label(name)
        self.setValue({"column": name, "values": labels} if name and labels else None)
        self._mode = COLUMN
        self._show()

    def _first_label(self, name: Any) -> list[str]:
        """The label that most likely marks rows to check on, else the rarest."""
        summary = self._session.summary
        column = summary.column(name) if summary is not None and name else None
        if column is None or not column.classes:
            return []
        for label, _ in column.classes:
            if label.lower().startswith(("val", "test", "check", "hold")):
                return [label]
        return [min(column.classes, key=lambda each: each[1])[0]]

    def _on_labels(self, labels: Any) -> None:
        name = self.column.value()
        self.setValue({"column": name, "values": labels} if name and labels else None)
        self._mode = COLUMN
        self._show()


def _named_files(value: Mapping[str, Any]) -> str:
    """Files of several sources in one line."""
    sources = value.get("sources") or {}
    return ", ".join(f"{name}: {Path(str(each['path'])).name}" for name, each in sources.items())
