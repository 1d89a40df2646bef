"""The start page: drop something, go on with a project, or try an example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fitstudio.declared.formats import registry
from fitstudio.gui.pages.start.pictures import ExamplePicture
from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Radius, Size, Space
from fitstudio.gui.widgets.buttons import link_button, primary_button, secondary_button
from fitstudio.gui.widgets.cards import PageHead, Rule
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence
from fitstudio.gui.widgets.marks import IconMark, Sparkline
from fitstudio.gui.window import dialogs
from fitstudio.viewmodel.start.page import ExampleCardData, RecentRow, StartModel

_DROP_HEIGHT = 120
_ROW = 53
_INSET = 8
_CARD = 233
_PICTURE = 116
_SHOWN_EXAMPLES = 4


class StartPage(QWidget):
    """What the window shows without a project.

    Signals:
        new_pressed: Make a new project.
        open_pressed: Choose a project.
        dropped: A file or folder was dropped or chosen.
        project_chosen: A recent project's folder.
        example_chosen: An example's name.
        continue_chosen: A project's folder and the run to go on with.
    """

    new_pressed = Signal()
    open_pressed = Signal()
    dropped = Signal(Path)
    project_chosen = Signal(Path)
    example_chosen = Signal(str)
    continue_chosen = Signal(Path, str)

    def __init__(self, model: StartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._all_examples = False
        self._rows: dict[Path, _RecentItem] = {}
        self._cards: list[ExampleCard] = []
        self.setObjectName("page.start")
        column = self._scrolling_column()
        head = PageHead(self.tr("What would you like to learn from your data?"))
        open_button = secondary_button(self.tr("Open a project"), icon="folder-open")
        open_button.setObjectName("start.open")
        open_button.clicked.connect(self.open_pressed)
        new_button = primary_button(self.tr("New project"), icon="plus")
        new_button.setObjectName("start.new")
        new_button.clicked.connect(self.new_pressed)
        head.add(open_button)
        head.add(new_button)
        column.addSpacing(Space.CARDS - 2)
        column.addWidget(head)
        column.addSpacing(Space.CARDS + 6)
        self.drop_zone = DropZone()
        self.drop_zone.dropped.connect(self.dropped)
        column.addWidget(self.drop_zone)
        column.addSpacing(Space.CARDS)
        self.recovery = FindingBar()
        self.recovery.setObjectName("start.recovery")
        self.recovery.fix_pressed.connect(self._on_continue)
        column.addWidget(self.recovery)
        self._recent_title = Label(self.tr("Recent projects"), style="strong")
        column.addSpacing(Space.GRID)
        column.addWidget(self._recent_title)
        column.addSpacing(Space.GRID + 2)
        self._recent_card = QFrame()
        self._recent_card.setObjectName("start.recent")
        self._recent_card.setProperty("kind", "card")
        self._recent_column = QVBoxLayout(self._recent_card)
        self._recent_column.setContentsMargins(_INSET, 4, _INSET, 4)
        self._recent_column.setSpacing(0)
        column.addWidget(self._recent_card)
        column.addSpacing(Space.GRID + Space.HALF)
        line = QHBoxLayout()
        line.addWidget(Label(self.tr("Examples, ready to run"), style="strong"))
        line.addStretch(1)
        self.all_examples = link_button("")
        self.all_examples.setObjectName("start.all_examples")
        self.all_examples.clicked.connect(self._on_all_examples)
        line.addWidget(self.all_examples)
        column.addLayout(line)
        column.addSpacing(Space.GRID)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.CARDS)
        column.addLayout(self._grid)
        column.addStretch(1)
        model.changed.connect(self._show)
        self._show()

    def set_busy(self, sentence: str) -> None:
        """Says that something is being read; empty when it is over."""
        self.drop_zone.set_busy(sentence)

    def rows(self) -> list[RecentRow]:
        """The recent projects that are listed."""
        return [item.row for item in self._rows.values()]

    def _scrolling_column(self) -> QVBoxLayout:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(scroll)
        holder = QWidget()
        holder.setProperty("kind", "plain")
        row = QHBoxLayout(holder)
        row.setContentsMargins(Space.WINDOW, 0, Space.WINDOW, Space.WINDOW)
        middle = QWidget()
        middle.setProperty("kind", "plain")
        middle.setMaximumWidth(Size.START)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        scroll.setWidget(holder)
        return column

    def _show(self) -> None:
        self._show_recovery()
        self._show_recent()
        self._show_examples()

    def _show_recovery(self) -> None:
        row = self._model.cut_off
        if row is None or row.interrupted is None:
            self.recovery.hide()
            return
        epochs = row.interrupted.epochs
        words = self.tr("**{name}** was cut off in epoch {epoch}. Everything up to epoch {safe} "
                        "is safe.")  # fmt: skip
        if epochs == 0:
            words = self.tr("**{name}** was cut off before its first epoch was finished.")
        sentence = words.format(name=row.name, epoch=epochs + 1, safe=epochs)
        button = self.tr("Continue from epoch {}").format(epochs) if epochs else ""
        self.recovery.show_sentence(sentence, "warning", button)

    def _show_recent(self) -> None:
        recent = self._model.recent
        self._recent_title.setVisible(bool(recent))
        self._recent_card.setVisible(bool(recent))
        if list(self._rows) != [row.folder for row in recent]:
            _clear(self._recent_column)
            self._rows.clear()
            for number, row in enumerate(recent):
                if number:
                    self._recent_column.addWidget(_InsetRule())
                item = _RecentItem(row)
                item.opened.connect(self.project_chosen)
                item.forgotten.connect(self._model.forget)
                self._rows[row.folder] = item
                self._recent_column.addWidget(item)
        for row in recent:
            self._rows[row.folder].set_row(row)

    def _show_examples(self) -> None:
        examples = self._model.examples
        shown = examples if self._all_examples else examples[:_SHOWN_EXAMPLES]
        self.all_examples.setVisible(len(examples) > _SHOWN_EXAMPLES and not self._all_examples)
        self.all_examples.setText(self.tr("All {} examples").format(len(examples)))
        if [card.example for card in self._cards] == shown:
            return
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [ExampleCard(example) for example in shown]
        for number, card in enumerate(self._cards):
            card.chosen.connect(self.example_chosen)
            self._grid.addWidget(card, number // _SHOWN_EXAMPLES, number % _SHOWN_EXAMPLES)
        for place in range(_SHOWN_EXAMPLES):
            self._grid.setColumnStretch(place, 1)

    def _on_continue(self, _fix: object) -> None:
        row = self._model.cut_off
        if row is not None and row.interrupted is not None:
            self.continue_chosen.emit(row.folder, row.interrupted.run)

    def _on_all_examples(self) -> None:
        self._all_examples = True
        self._show_examples()


class DropZone(QFrame):
    """Where a file or a project is dropped; pressing it chooses a file.

    Signals:
        dropped: The file or folder.
    """

    dropped = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start.drop")
        self.setAccessibleName(self.tr("Drop data or a project here, or press Enter to choose"))
        self.setAcceptDrops(True)
        self.setFixedHeight(_DROP_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._over = False
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._icon = IconMark("file-plus", "accentText", Size.ICON_BIG - 4)
        column.addWidget(self._icon, 0, middle)
        column.addSpacing(2)
        self._title = Label(self.tr("Drop data or a project here"), style="strong")
        column.addWidget(self._title, 0, middle)
        self._kinds = Label(
            self.tr("{}, or click to choose").format(", ".join(registry.called())), ink="text2"
        )
        column.addWidget(self._kinds, 0, middle)
        column.addStretch(1)

    def set_busy(self, sentence: str) -> None:
        """Says what is being done with what was dropped."""
        self._title.setText(sentence or self.tr("Drop data or a project here"))
        self._kinds.setVisible(not sentence)
        self.setEnabled(not sentence)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        pen = QPen(colour("accentText" if self._over else "borderHover"), 1.5)
        pen.setDashPattern([5, 3])
        if self.hasFocus():
            pen = QPen(colour("accentText"), 2)
        painter.setPen(pen)
        painter.setBrush(colour("accentSoft") if self._over else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, Radius.CARD, Radius.CARD)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._set_over(True)

    def dragLeaveEvent(self, event) -> None:
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_over(False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.dropped.emit(Path(files[0]))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _choose(self) -> None:
        file = dialogs.ask_data_file(self)
        if file is not None:
            self.dropped.emit(file)

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()


class _InsetRule(QWidget):
    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(_INSET + 34, 0, _INSET, 0)
        row.addWidget(Rule())


class _Pressable(QFrame):
    """A frame that is pressed as a whole, by mouse or keyboard."""

    def __init__(self, pressed: Callable[[], None]) -> None:
        super().__init__()
        self._pressed = pressed
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def enterEvent(self, event) -> None:
        self._hovered = True
        self.update()

    def leaveEvent(self, event) -> None:
        self._hovered = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() == Qt.MouseButton.LeftButton:
            self._pressed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pressed()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paint_ring(self, painter: QPainter, area: QRectF, radius: float) -> None:
        """The focus ring."""
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText" if theme().dark else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), radius, radius)


class _RecentItem(_Pressable):
    """One recent project."""

    opened = Signal(Path)
    forgotten = Signal(Path)

    def __init__(self, row: RecentRow) -> None:
        super().__init__(self._on_pressed)
        self.row = row
        self.setFixedHeight(_ROW - 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(_INSET + 2, 0, _INSET, 0)
        line.setSpacing(0)
        self._icon = IconMark("folder", "text2", Size.ICON)
        line.addWidget(self._icon)
        line.addSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(1)
        self._name = ElidedLabel(style="strong")
        self._place = ElidedLabel(ink="text2", style="small", middle=True)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addWidget(self._place)
        words.addStretch(1)
        line.addLayout(words, 1)
        line.addSpacing(20)
        self._curve = Sparkline()
        line.addWidget(self._curve)
        line.addSpacing(20)
        self._score = ElidedLabel()
        self._score.setFixedWidth(176)
        line.addWidget(self._score)
        self._runs = Label(ink="text2")
        self._runs.setFixedWidth(112)
        line.addWidget(self._runs)
        self._when = Label(ink="text2")
        self._when.setFixedWidth(104)
        self._when.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._when)
        self._forget = link_button(self.tr("Forget"))
        self._forget.clicked.connect(lambda _on=False: self.forgotten.emit(self.row.folder))
        line.addWidget(self._forget)
        self.set_row(row)

    def set_row(self, row: RecentRow) -> None:
        """Shows what is known now."""
        self.row = row
        self.setObjectName(f"start.recent.{row.name}")
        self._icon.set_icon(registry.icon_of(row.kind), "text2")
        self._name.setText(row.name)
        self._place.setText(row.place)
        self._curve.set_values(row.curve, row.best)
        self._score.setText(row.score)
        count = self.tr("{} runs").format(row.runs) if row.runs != 1 else self.tr("1 run")
        self._runs.setText(self.tr("Not found") if row.missing else count if row.looked_at else "")
        self._runs.set_ink("warning" if row.missing else "text2")
        when = self.tr("Training now") if row.running is not None else row.when
        self._when.setText(when)
        self._when.set_ink("accentText" if row.running is not None else "text2")
        self._forget.setVisible(row.missing)
        self._when.setVisible(not row.missing)
        self.setAccessibleName(f"{row.name}, {self._runs.text()}, {row.score}, {when}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0, 2, 0, -2)
        if self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            shade = colour("hover")
            shade.setAlphaF(0.5)
            painter.setBrush(shade)
            painter.drawRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
        self.paint_ring(painter, area, Radius.CONTROL)

    def _on_pressed(self) -> None:
        if not self.row.missing:
            self.opened.emit(self.row.folder)


class ExampleCard(_Pressable):
    """One example: a drawn picture, a title, what it shows, and its size.

    Signals:
        chosen: The example's name.
    """

    chosen = Signal(str)

    def __init__(self, example: ExampleCardData) -> None:
        super().__init__(lambda: self.chosen.emit(self.example.name))
        self.example = example
        self.setProperty("kind", "card")
        self.setObjectName(f"start.example.{example.name}")
        facts = example.facts
        self.setAccessibleName(f"{example.title}. {example.sentence} {facts}")
        self.setMinimumWidth(_CARD - 53)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 14)
        column.setSpacing(4)
        picture = ExamplePicture(example.picture)
        picture.setFixedHeight(_PICTURE)
        column.addWidget(picture)
        column.addSpacing(6)
        words = QVBoxLayout()
        words.setContentsMargins(16, 0, 16, 0)
        words.setSpacing(3)
        words.addWidget(ElidedLabel(example.title, style="strong"))
        sentence = Sentence(example.sentence, ink="text2")
        words.addWidget(sentence)
        words.addWidget(ElidedLabel(facts, ink="text2", style="small"))
        column.addLayout(words)
        column.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self._hovered:
            painter.setPen(QPen(colour("borderHover"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), Radius.CARD, Radius.CARD)
        self.paint_ring(painter, area, Radius.CARD)


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
