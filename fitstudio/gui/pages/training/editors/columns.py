"""Which columns are inputs, targets and row weights; the same roles as on the Data page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from fitstudio.declared.kinds.param import Param
from fitstudio.declared.task.dataset_summary import TEXT
from fitstudio.gui.pages.training.editors.chip_list import ChipList, Offer
from fitstudio.gui.pages.training.editors.fields import ComboField
from fitstudio.viewmodel.data.column_views import kind_words
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say
from fitstudio.words.numbers import format_count

# More would break into lines, and nobody reads a thousand names: they are chosen on the Data page.
_MOST_CHIPS = 6
_LONGEST_NAME = 14


def columns_words(names: Sequence[Any]) -> str:
    """Many columns in one line: "1 024 columns, 1100 … 2500"."""
    first, last = (_short(str(name)) for name in (names[0], names[-1]))
    return say(
        "{names} columns, {first} … {last}", names=format_count(len(names)), first=first, last=last
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


class ColumnsEditor(ChipList):
    """Several columns as chips."""

    def __init__(
        self, param: Param, session: ProjectSession, parent: QWidget | None = None
    ) -> None:
        self._session = session
        super().__init__(
            default=param.default,
            text_of=str,
            offers=self._columns,
            add_words=say("Add a column"),
            summary=columns_words,
            most_chips=_MOST_CHIPS,
            parent=parent,
        )

    def _columns(self) -> list[Offer]:
        summary = self._session.summary
        taken = set(self.value() or ())
        if summary is None:
            return []
        return [
            (column.name, column.name, kind_words(column))
            for column in summary.columns
            if column.name not in taken
        ]


class ColumnEditor(ComboField):
    """One column, or none."""

    def __init__(
        self, param: Param, session: ProjectSession, parent: QWidget | None = None
    ) -> None:
        self._session = session
        self._none = param.unset
        self._names: tuple[str, ...] = ()
        super().__init__(param, [(None, self._none.capitalize(), "")], parent)
        self._offer_columns()

    def set_state(self, automatic: str, look: str) -> None:
        """Offers the columns that there are now."""
        self._offer_columns()
        super().set_state(automatic.capitalize(), look)

    def setValue(self, value: Any) -> None:
        """Offers the columns of the data as they are now, then chooses."""
        self._offer_columns()
        super().setValue(value)

    def _offer_columns(self) -> None:
        summary = self._session.summary
        names = tuple(
            column.name
            for column in (summary.columns if summary is not None else ())
            if column.type != TEXT and column.numeric
        )
        if names == self._names:
            return
        self._names = names
        value = self.value()
        options = [(None, self._none.capitalize(), "")]
        options += [(name, name, "") for name in names]
        if value is not None and value not in names:
            options.append((value, value, ""))
        self.set_options(options)
