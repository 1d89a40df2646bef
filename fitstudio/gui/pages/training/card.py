"""One card of the form: its rows, and a "More" for those that stand folded."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fitstudio.declared.parameters import groups
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.gui.pages.training.editors.callbacks import CallbacksEditor
from fitstudio.gui.pages.training.editors.chip_list import ChipList
from fitstudio.gui.pages.training.editors.class_weights import ClassWeightsEditor
from fitstudio.gui.pages.training.editors.make import editor_for
from fitstudio.gui.pages.training.editors.settings_editor import SettingsEditor
from fitstudio.gui.pages.training.editors.validation_data import ValidationDataEditor
from fitstudio.gui.pages.training.row import DOT_GUTTER, FormRow
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.cards import Card
from fitstudio.viewmodel.training.cards import CardModel
from fitstudio.viewmodel.training.form import TrainingForm
from fitstudio.words import say, say_marked

_WIDE = (ChipList, ValidationDataEditor)
_BARE = (ClassWeightsEditor, CallbacksEditor)
# Cards that are about one setting carry its name in their head.
_NAMED = {groups.CLASS_WEIGHTS: "class_weight", groups.WHILE_IT_RUNS: "callbacks"}


class FormCard(Card):
    """Builds its rows once and shows those that are to be seen now."""

    def __init__(self, form: TrainingForm, model: CardModel, parent: QWidget | None = None) -> None:
        super().__init__(
            say_marked(model.group.title),
            model.group.sentence,
            name=_NAMED.get(model.group.title, ""),
            parent=parent,
        )
        self.model = model
        self._form = form
        self.setObjectName(f"training.card.{model.group.title.lower().replace(' ', '_')}")
        # The dots of changed rows stand in the padding left of the labels.
        self.set_margins(Space.CARD - DOT_GUTTER, Space.CARD_TOP, Space.CARD, Space.CARD)
        self.head.setContentsMargins(DOT_GUTTER, 0, 0, 0)
        self._rows = {key: self._make_row(key) for key in model.keys}
        self._more = MoreButton()
        self._more.setObjectName(f"{self.objectName()}.more")
        self._more.clicked.connect(
            lambda: form.set_unfolded(self.model, not form.unfolded(self.model))
        )
        self.body.addWidget(self._more)

    def _make_row(self, key: str) -> FormRow:
        editor = editor_for(FIXED[key], self._form.session, self)
        if isinstance(editor, ClassWeightsEditor):
            editor.mode.setObjectName(f"{key}.mode")
            self.add_to_head(editor.mode)
            self._prepare_weights(editor)
        if isinstance(editor, CallbacksEditor):
            self._prepare_callbacks(editor)
        row = FormRow(
            self._form,
            self._form.row(key),
            editor,
            wide=isinstance(editor, _WIDE),
            below=isinstance(editor, SettingsEditor),
            bare=isinstance(editor, _BARE),
            parent=self,
        )
        self.body.addWidget(row)
        return row

    def row(self, key: str) -> FormRow:
        """The row of one of its settings."""
        return self._rows[key]

    def show_rows(self) -> None:
        """Draws every row as it is now."""
        for key, row in self._rows.items():
            editor = row.editor
            if isinstance(editor, ClassWeightsEditor):
                self._prepare_weights(editor)
            elif isinstance(editor, CallbacksEditor):
                self._prepare_callbacks(editor)
            row.show_row(self._form.row(key))
        self._show_caption()
        self._show_visible()

    def show_layout(self) -> None:
        """Shows the rows that are to be seen, those behind "More" below it."""
        folded = self._form.folded_keys(self.model)
        order = [key for key in self.model.keys if key not in folded]
        for place, key in enumerate(order):
            self._put(self._rows[key], place)
        self._put(self._more, len(order))
        for place, key in enumerate(folded):
            self._put(self._rows[key], len(order) + 1 + place)
        self.show_rows()
        _chain_focus([*(self._rows[key] for key in order), self._more])
        _chain_focus([self._more, *(self._rows[key] for key in folded)])

    def _put(self, widget: QWidget, place: int) -> None:
        if self.body.indexOf(widget) != place:
            self.body.removeWidget(widget)
            self.body.insertWidget(place, widget)

    def _show_visible(self) -> None:
        visible = set(self._form.visible_keys(self.model))
        for key, row in self._rows.items():
            row.setVisible(key in visible and not _is_empty(row))
        folded = self._form.folded_keys(self.model)
        names = {FIXED[key].name: self._form.row(key).changed for key in folded}
        self._more.show_names(names, unfolded=self._form.unfolded(self.model))
        self._more.setVisible(bool(folded))
        self.setVisible(bool(visible) or bool(folded))

    def _show_caption(self) -> None:
        if self.model.group.title != groups.CLASS_WEIGHTS:
            return
        row = self._form.row("fit.class_weight")
        editor = self._rows["fit.class_weight"].editor
        editor.mode.setEnabled(row.greyed is None and not row.fixed)
        if row.greyed is None:
            self.caption.setText(self.model.group.sentence)
        else:
            self.caption.setText(say("Ignored: {greyed}", greyed=row.greyed))
        self.title.set_ink("text" if row.greyed is None else "text3")

    def _prepare_weights(self, editor: ClassWeightsEditor) -> None:
        session = self._form.session
        facts = session.resolved.facts
        names = facts.class_names if facts is not None else ()
        counts = facts.training_class_counts if facts is not None else ()
        task = session.resolved.task
        heading = (task.output.name if task is not None else "").replace("_", " ")
        editor.set_classes(names, counts, f"{heading[:1].upper()}{heading[1:]}")

    def _prepare_callbacks(self, editor: CallbacksEditor) -> None:
        facts = self._form.session.resolved.facts
        editor.set_monitors(facts.monitors if facts is not None else ())


def _chain_focus(widgets: list[QWidget]) -> None:
    """Lets the Tab key go through the widgets as they stand, from top to bottom."""
    before: QWidget | None = None
    for widget in widgets:
        for each in (widget, *widget.findChildren(QWidget)):
            reachable = bool(each.focusPolicy() & Qt.FocusPolicy.TabFocus)
            # A combo box's list is a window of its own.
            if reachable and each.focusProxy() is None and each.window() is widget.window():
                if before is not None:
                    QWidget.setTabOrder(before, each)
                before = each


def _is_empty(row: FormRow) -> bool:
    """Whether a row without a label has nothing to show (class weights while they are off)."""
    off = isinstance(row.editor, ClassWeightsEditor) and row.editor.mode.value() == row.editor.OFF
    return off and not row.message.text()


class MoreButton(QAbstractButton):
    """Opens the rows that stand folded, and names them; those that were changed stand out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, bool] = {}
        self._unfolded = False
        self.setText(say("More"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_names(self, names: dict[str, bool], *, unfolded: bool) -> None:
        """Tells which settings stand behind it (and were changed), and whether they are seen."""
        self._names, self._unfolded = names, unfolded
        state = say("unfolded") if unfolded else say("folded")
        listed = ", ".join(names)
        words = say("{title}: {names} ({state})", title=self.text(), names=listed, state=state)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as a row's label; the names beside its words may be cut."""
        return QSize(Size.LABEL, Size.CHIP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the arrow, the words, and the names of what is folded."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "text" if self.underMouse() else "text2"
        caret = QRectF(DOT_GUTTER, self.height() / 2 - 6, Size.CARET, Size.CARET)
        paint_icon(painter, caret, "caret-right", token, turned=90 if self._unfolded else 0)
        painter.setFont(fonts.font("body"))
        painter.setPen(colour(token))
        left = DOT_GUTTER + Size.CARET + Space.GRID
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, 80, self.height()), middle, self.text())
        left += QFontMetrics(fonts.font("body")).horizontalAdvance(self.text()) + Space.GRID
        mono = fonts.font("mono")
        painter.setFont(mono)
        metrics = QFontMetrics(mono)
        for name, changed in self._names.items():
            painter.setPen(colour("accentText" if changed else "text3"))
            width = metrics.horizontalAdvance(name)
            if left + width > self.width() - 16:
                painter.drawText(QRectF(left, 0, 16, self.height()), middle, "…")
                break
            painter.drawText(QRectF(left, 0, width + 2, self.height()), middle, name)
            left += width + Space.CARD
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(7, 1, -1, -1), 6, 6)
