"""The queue on the Runs page: what waits, in its order, to be moved or taken out."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import Button, icon_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.labels import ElidedLabel, Label
from fitstudio.gui.widgets.lock import lock
from fitstudio.viewmodel.waiting import WaitingRun, WaitingRuns


class WaitingCard(Card):
    """One row a waiting run; gone while nothing waits."""

    def __init__(self, waiting: WaitingRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("runs.waiting")
        self._waiting = waiting
        self._rows: list[QWidget] = []
        waiting.changed.connect(self.show_runs)
        self.show_runs()

    def show_runs(self) -> None:
        """Shows the queue as it is now."""
        for row in self._rows:
            row.setParent(None)
            row.deleteLater()
        runs = self._waiting.runs
        waiting = sum(run.problem is None for run in runs)
        self.set_title(
            self.tr("Waiting their turn"),
            self.tr("Each begins when the one before it has ended, with its settings as queued"),
        )
        self._rows = [self._row(run, waiting) for run in runs]
        for row in self._rows:
            self.add(row)
        self.setVisible(bool(runs))

    def _row(self, run: WaitingRun, waiting: int) -> QWidget:
        row = QWidget(self)
        row.setObjectName(f"runs.waiting.{run.id}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.GRID)
        line.addWidget(Label(str(run.place) if run.place else "–", ink="text3"))
        line.addWidget(Label(run.name, style="strong"))
        line.addWidget(ElidedLabel(run.problem or "", ink="warning"), 1)
        if run.problem is None:
            up = icon_button("caret-up", self.tr("Earlier"), small=True)
            up.setObjectName(f"runs.waiting.{run.id}.earlier")
            up.setEnabled(run.place > 1)
            up.clicked.connect(lambda: self._waiting.move(run.id, -1))
            down = icon_button("caret-down", self.tr("Later"), small=True)
            down.setObjectName(f"runs.waiting.{run.id}.later")
            down.setEnabled(run.place < waiting)
            down.clicked.connect(lambda: self._waiting.move(run.id, 1))
            line.addWidget(up)
            line.addWidget(down)
        out = icon_button("x", self.tr("Take out of the queue"), small=True)
        out.setObjectName(f"runs.waiting.{run.id}.remove")
        out.clicked.connect(lambda: self._waiting.remove(run.id))
        line.addWidget(out)
        if self._waiting.cannot_change is not None:
            for button in row.findChildren(Button):
                lock(button, self._waiting.cannot_change)
        return row
