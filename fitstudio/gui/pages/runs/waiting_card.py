"""The queue on the Runs page: what waits, in its order, to be moved or taken out."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import icon_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.labels import ElidedLabel, Label
from fitstudio.gui.widgets.lock import lock
from fitstudio.viewmodel.runs.queue import WaitingRun, WaitingRuns
from fitstudio.words import say


class WaitingCard(Card):
    """One row a waiting run; gone while nothing waits."""

    def __init__(self, waiting: WaitingRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("runs.waiting")
        self._waiting = waiting
        self._rows: dict[str, _WaitingRow] = {}
        waiting.changed.connect(self.show_runs)
        self.show_runs()

    def show_runs(self) -> None:
        """Shows the queue as it is now."""
        runs = self._waiting.runs
        waiting = sum(run.problem is None for run in runs)
        self.set_title(
            say("Waiting their turn"),
            say("Each begins when the one before it has ended, with its settings as queued"),
        )
        for id in set(self._rows) - {run.id for run in runs}:
            row = self._rows.pop(id)
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        first = self.body.count() - len(self._rows)
        for place, run in enumerate(runs, start=first):
            row = self._rows.get(run.id)
            if row is None:
                row = self._rows[run.id] = _WaitingRow(run.id, self._waiting)
            if self.body.indexOf(row) != place:
                self.body.removeWidget(row)
                self.body.insertWidget(place, row)
            row.show_run(run, waiting)
        self.setVisible(bool(runs))


class _WaitingRow(QWidget):
    """One run of the queue; it stays the same widget wherever the run moves."""

    def __init__(self, id: str, waiting: WaitingRuns) -> None:
        super().__init__()
        self.setObjectName(f"runs.waiting.{id}")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.GRID)
        self._place = Label("", ink="text3")
        self._name = Label("", style="strong")
        self._problem = ElidedLabel("", ink="warning")
        self._up = icon_button("caret-up", say("Earlier"), small=True)
        self._up.setObjectName(f"runs.waiting.{id}.earlier")
        self._up.clicked.connect(lambda: waiting.move(id, -1))
        self._down = icon_button("caret-down", say("Later"), small=True)
        self._down.setObjectName(f"runs.waiting.{id}.later")
        self._down.clicked.connect(lambda: waiting.move(id, 1))
        self._out = icon_button("x", say("Take out of the queue"), small=True)
        self._out.setObjectName(f"runs.waiting.{id}.remove")
        self._out.clicked.connect(lambda: waiting.remove(id))
        line.addWidget(self._place)
        line.addWidget(self._name)
        line.addWidget(self._problem, 1)
        for button in (self._up, self._down, self._out):
            line.addWidget(button)
        self._locked = waiting.cannot_change

    def show_run(self, run: WaitingRun, waiting: int) -> None:
        """Shows the run as it stands in the queue now, of so many that wait."""
        self._place.setText(str(run.place) if run.place else "–")
        self._name.setText(run.name)
        self._problem.setText(run.problem or "")
        for button, can in ((self._up, run.place > 1), (self._down, run.place < waiting)):
            button.setVisible(run.problem is None)
            button.setEnabled(can)
        self._out.setVisible(run.can_go)
        if self._locked is not None:
            for button in (self._up, self._down, self._out):
                lock(button, self._locked)
