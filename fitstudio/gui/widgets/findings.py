"""One finding under the field that it belongs to: a sentence, and the button that mends it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.tokens import Motion, Size, Space
from fitstudio.gui.widgets.buttons import Button, secondary_button
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.words import say

# look -> (icon, token)
_LOOKS = {
    "error": ("warning-circle-fill", "error"),
    "warning": ("warning-fill", "warnIcon"),
    "info": ("info", "accentText"),
    "success": ("check-circle-fill", "success"),
}


def look_of(finding: Finding) -> str:
    """Which of the looks a finding has."""
    match finding.severity:
        case Severity.ERROR:
            return "error"
        case Severity.ADVICE:
            return "warning"
        case Severity.NO_EFFECT | Severity.TOLD:
            return "info"


class FindingBar(QFrame):
    """A finding with its fix button; after the fix a success line with Undo for ten seconds.

    Signals:
        fix_pressed: The person asks for the finding's fix.
        undo_pressed: The person takes the fix back.
    """

    fix_pressed = Signal(object)
    undo_pressed = Signal()
    gone = Signal()

    def __init__(self, finding: Finding | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finding: Finding | None = None
        self._undoing = False
        self.setProperty("kind", "finding")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 10, 10)
        row.setSpacing(12)
        self._icon = IconMark("info", "accentText", Size.ICON_RAIL)
        # Icon and first line stand as high as the button's text.
        beside = QVBoxLayout()
        beside.addSpacing(Space.HALF + 1)
        beside.addWidget(self._icon)
        beside.addStretch(1)
        row.addLayout(beside)
        self.sentence = Sentence()
        self.sentence.setContentsMargins(0, Space.HALF, 0, 0)
        row.addWidget(self.sentence, 1)
        self.button: Button = secondary_button("", small=True)
        self.button.clicked.connect(self._on_clicked)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time_over)
        if finding is not None:
            self.set_finding(finding)
        else:
            self.hide()

    def finding(self) -> Finding | None:
        """The finding shown."""
        return self._finding

    def set_finding(self, finding: Finding | None) -> None:
        """Shows another finding, or nothing."""
        self._finding = finding
        self._undoing = False
        self._timer.stop()
        if finding is None:
            self.hide()
            return
        self.show_sentence(
            finding.sentence, look_of(finding), finding.fix.sentence if finding.fix else ""
        )

    def show_sentence(self, sentence: str, look: str, button: str = "") -> None:
        """Shows a sentence that is no finding.

        Args:
            sentence: May hold `**strong**` words.
            look: error, warning, info or success.
            button: What the button says; none if empty.
        """
        set_property(self, "state", look)
        self._icon.set_icon(*_LOOKS[look])
        self.sentence.set_sentence(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.show()

    def show_done(self, sentence: str) -> None:
        """Says that the fix was made, with Undo, for ten seconds."""
        self._undoing = True
        self.show_sentence(sentence, "success", say("Undo"))
        self._timer.start(Motion.FIXED_MS)

    def _on_clicked(self) -> None:
        if self._undoing:
            self._timer.stop()
            self._undoing = False
            self.hide()
            self.undo_pressed.emit()
        elif self._finding is not None and self._finding.fix is not None:
            self.fix_pressed.emit(self._finding.fix)
        else:
            self.fix_pressed.emit(None)

    def _on_time_over(self) -> None:
        self._undoing = False
        self.hide()
        self.gone.emit()
