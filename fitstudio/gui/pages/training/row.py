"""One row of the form: label and real name, editor, hint, way back to the default, messages."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.pages.training.editors.fields import HINT_TOP, SWITCH_MARGIN, SwitchField
from fitstudio.gui.pages.training.messages import MessageArea
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Size, Space
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence, as_tip
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.viewmodel.training.form import Row, TrainingForm, same
from fitstudio.words import say

# The dot of a changed row stands this far left of the label, in the card's padding.
DOT_GUTTER = 12

# Beside an editor that takes the room that is left.
_WIDEST_HINT = 200


class FormRow(QWidget):
    """Draws a `Row` and tells the form what the person does.

    Args:
        form: The view model.
        row: The row as it is now.
        editor: The setting's editor.
        wide: Whether the editor takes all the room that is left (chips).
        below: Whether it stands under the label (small forms).
        bare: Whether it is the editor alone; the card's head then has its name.
    """

    def __init__(
        self,
        form: TrainingForm,
        row: Row,
        editor: Any,
        *,
        wide: bool = False,
        below: bool = False,
        bare: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = row.key
        self.editor = editor
        self._form = form
        self._row: Row | None = None
        self._bare = bare
        self._label_box = QWidget(self)
        self._label_box.setVisible(not bare)
        self._dot = ChangedDot(self._label_box)
        self.reset_button = ResetButton(self)
        self.reset_button.setObjectName(f"{row.key}.reset")
        self.reset_button.clicked.connect(lambda: form.reset(self.key))
        self._title = Label(row.param.title, parent=self._label_box)
        self._name = ElidedLabel(row.param.name, style="mono", parent=self._label_box)
        for label in (self._title, self._name):
            label.setToolTip(_explanation(row))
        self._hint = Sentence("", ink="text2", parent=self)
        self._hint.setContentsMargins(0, HINT_TOP, 0, 0)
        if wide:
            self._hint.setMaximumWidth(_WIDEST_HINT)  # the editor comes first
        self._reason = ReasonLabel(self)
        self.message = MessageArea(row.key, self)
        self.message.fixRequested.connect(form.apply_fix)
        self.message.undoRequested.connect(lambda: form.undo_fix(self.key))
        self.message.doneOver.connect(lambda: form.dismiss_done(self.key))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GRID)
        if not bare:
            column.addLayout(self._line(None if below else editor, wide=wide or below))
        if bare or below:
            editor_line = QHBoxLayout()
            indent = Space.CARD if below else 0
            editor_line.setContentsMargins(DOT_GUTTER + indent, 0, 0, 0)
            editor_line.addWidget(editor)
            column.addLayout(editor_line)
        message_line = QHBoxLayout()
        message_line.setContentsMargins(DOT_GUTTER, 0, 0, 0)
        message_line.addWidget(self.message)
        column.addLayout(message_line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._title.setBuddy(editor)
        # The keyboard comes to the value first, then to what takes it back.
        QWidget.setTabOrder(editor, self.reset_button)
        editor.valueChanged.connect(self._on_value_changed)
        self.show_row(row)

    def _line(self, editor: Any, *, wide: bool) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self._label_box.setFixedSize(Size.LABEL + DOT_GUTTER, Size.CONTROL)
        inside = QHBoxLayout(self._label_box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._dot)
        inside.addWidget(self._title)
        inside.addSpacing(Space.GRID)
        inside.addWidget(self._name, 1)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self._label_box, 0, top)
        margin = SWITCH_MARGIN if isinstance(editor, SwitchField) else 0
        line.addSpacing(Space.HINT - margin)
        if editor is None:
            line.addStretch(1)
        else:
            line.addWidget(editor, 1 if wide else 0)
        line.addSpacing(Space.HINT)
        line.addWidget(self._hint, 0 if wide else 1)
        line.addWidget(self._reason, 0 if wide else 1)
        if not wide:
            line.addStretch(0)
        line.addWidget(self.reset_button, 0, top)
        return line

    def row(self) -> Row | None:
        """The row as it was drawn last."""
        return self._row

    def show_row(self, row: Row) -> None:
        """Draws the row as it is now."""
        self._row = row
        # What is being typed means the same value: rewriting it would take the cursor away.
        if not same(self.editor.value(), row.value):
            self.editor.blockSignals(True)
            self.editor.setValue(row.value)
            self.editor.blockSignals(False)
        self.editor.set_state(row.automatic, row.state)
        self.editor.setEnabled(row.greyed is None and not row.fixed)
        if row.fixed:
            self.editor.setToolTip(as_tip(self._form.session.cannot_change or ""))
        self.message.show_messages(row.findings, row.done)
        self.message.setEnabled(not row.fixed)
        self.editor.setAccessibleDescription(self._description(row))
        if not self._bare:
            self._show_beside(row)

    def _show_beside(self, row: Row) -> None:
        self._dot.set_on(row.changed)
        self._title.set_ink("text" if row.greyed is None else "text3")
        self._hint.set_sentence(row.hint)
        self._hint.setVisible(row.greyed is None and bool(row.hint))
        self._reason.set_reason(row.greyed)
        self.reset_button.set_default(row.default_text)
        self.reset_button.setVisible(row.changed and not row.fixed)

    def _description(self, row: Row) -> str:
        parts = [self.message.text(), row.hint]
        if row.greyed is not None:
            parts.insert(0, say("Ignored: {greyed}", greyed=row.greyed))
        return ". ".join(part for part in parts if part)

    def _on_value_changed(self, value: Any) -> None:
        if not same(value, self._form.session.spec.get(self.key)):
            self._form.set_value(self.key, value)


def _explanation(row: Row) -> str:
    """What a setting does, as a tooltip that wraps."""
    param = row.param
    paragraphs = [param.help, param.more, f"{param.section}.{param.name}: {param.kind.say()}"]
    return "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs if text)


class ChangedDot(QWidget):
    """A small dot left of the label of a changed setting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on = False
        self.setFixedSize(DOT_GUTTER, Size.CONTROL)

    def set_on(self, on: bool) -> None:
        """Shows or hides it."""
        if on != self._on:
            self._on = on
            self.setAccessibleName(say("Changed") if on else "")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the dot, or nothing."""
        if not self._on:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accentText"))
        painter.drawEllipse(QPointF(2.5, self.height() / 2), 2.5, 2.5)


class ReasonLabel(QWidget):
    """Why a setting has no effect now; the Tab key reaches it, so that it is read out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.GRID, 0, 0, 0)
        line.setSpacing(Space.HINT)
        line.addWidget(IconMark("info", "text3", Size.ICON))
        self._text = ElidedLabel("", ink="text3")
        line.addWidget(self._text, 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def set_reason(self, reason: str | None) -> None:
        """Says why, or nothing."""
        self.setVisible(reason is not None)
        if reason is not None:
            sentence = say("Ignored: {reason}", reason=reason)
            self._text.setText(sentence)
            self.setAccessibleName(sentence)

    def reason(self) -> str:
        """The sentence that is shown."""
        return self._text.whole_text() if not self.isHidden() else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Adds a ring while it has the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("accentText"), 2))
            around = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(around, Radius.CONTROL, Radius.CONTROL)


class ResetButton(QAbstractButton):
    """The words "Default 1" and an arrow back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_default(self, default: str) -> None:
        """Tells what the default is."""
        text = say("Default {default}", default=default)
        if text != self.text():
            self.setText(text)
            self.setToolTip(say("Back to the default: {default}", default=default))
            self.setAccessibleName(self.toolTip())
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its words and the arrow."""
        width = QFontMetrics(fonts.font("small")).horizontalAdvance(self.text())
        return QSize(width + 26, Size.CONTROL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the words and the arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "text" if self.underMouse() else "text2"
        painter.setFont(fonts.font("small"))
        painter.setPen(colour(token))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(2, 0, self.width() - 22, self.height()), left, self.text())
        area = QRectF(self.width() - 18, self.height() / 2 - 7, 14, 14)
        paint_icon(painter, area, "arrow-counter-clockwise", token)
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 3, -1, -3), 6, 6)
