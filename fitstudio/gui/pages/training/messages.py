"""What stands under a field: its findings with their remedies, and what was just mended."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fitstudio.declared.kinds.param import Finding
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.labels import plain


class MessageArea(QWidget):
    """The findings of one setting, one under the other; hidden while there is nothing to say.

    Signals:
        fixRequested: The finding whose remedy the person wants.
        undoRequested: What was mended is to be taken back.
        doneOver: What was mended needs no word any more.
    """

    fixRequested = Signal(object)  # noqa: N815 - signals are named as Qt names them
    undoRequested = Signal()  # noqa: N815
    doneOver = Signal()  # noqa: N815

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}.message")
        self._findings: tuple[Finding, ...] = ()
        self._done: str | None = None
        self._bars: list[FindingBar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.GRID)
        self.hide()

    def text(self) -> str:
        """Everything that is said, as plain text."""
        sentences = [finding.sentence for finding in self._findings]
        if self._done:
            sentences.append(self._done)
        return "\n".join(plain(sentence) for sentence in sentences)

    def findings(self) -> tuple[Finding, ...]:
        """The findings that stand there."""
        return self._findings

    def bars(self) -> list[FindingBar]:
        """The bars that are to be seen."""
        used = len(self._findings) + (1 if self._done else 0)
        return self._bars[:used]

    def show_messages(self, findings: tuple[Finding, ...], done: str | None) -> None:
        """Says these findings, and that something was mended."""
        if findings == self._findings and done == self._done:
            return
        self._findings, self._done = findings, done
        wanted = len(findings) + (1 if done else 0)
        while len(self._bars) < wanted:
            self._add_bar()
        for place, bar in enumerate(self._bars):
            if place < len(findings):
                bar.set_finding(findings[place])
            elif done and place == len(findings):
                bar.show_done(done)
            else:
                bar.set_finding(None)
        self.setVisible(wanted > 0)
        self.setAccessibleName(self.text())

    def _add_bar(self) -> None:
        bar = FindingBar(parent=self)
        bar.fix_pressed.connect(lambda _fix, bar=bar: self._on_fix(bar))
        bar.undo_pressed.connect(self.undoRequested)
        bar.gone.connect(self.doneOver)
        self._bars.append(bar)
        self._column.addWidget(bar)

    def _on_fix(self, bar: FindingBar) -> None:
        finding = bar.finding()
        if finding is not None:
            self.fixRequested.emit(finding)
