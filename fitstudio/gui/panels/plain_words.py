"""The panel at the right: what will happen with the current settings, and whether it can start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fitstudio.declared.plain_words import Paragraph, describe
from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import link_button
from fitstudio.gui.widgets.labels import Label, Sentence
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.viewmodel.shell.readiness import Readiness, readiness
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.dry_run import Trial
from fitstudio.words import say

# What a page says; None leaves it to the settings.
Source = Callable[[], Sequence[Paragraph] | None]
# state -> (icon, token)
_LOOKS = {
    "success": ("check-circle-fill", "success"),
    "warning": ("warning-fill", "warnIcon"),
    "error": ("warning-circle-fill", "error"),
    "info": ("info", "accentText"),
}


class PlainWordsPanel(QWidget):
    """Paragraphs computed from the session, and below them what is left to do.

    Args:
        session: The open project.

    Signals:
        goRequested: The key of the setting that the person wants to go to.
    """

    goRequested = Signal(str)  # noqa: N815 - signals are named as Qt names them

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.plain_words")
        self.setAccessibleName(say("In plain words"))
        self._session = session
        self._source: Source | None = None
        self._shown: list[Paragraph] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, Space.HALF, 0, Space.WINDOW)
        layout.setSpacing(Space.GRID)
        layout.addWidget(self._head())
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._holder = QWidget()
        self._holder.setProperty("kind", "plain")
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, Space.HALF, 0)
        self._column.setSpacing(Space.GRID * 2)
        self._paragraphs = QVBoxLayout()
        self._paragraphs.setSpacing(Space.GRID * 2)
        self._column.addLayout(self._paragraphs)
        self._time = TimeView(session)
        self._column.addWidget(self._time)
        self._column.addStretch(1)
        self._scroll.setWidget(self._holder)
        layout.addWidget(self._scroll, 1)
        self._foot = ReadinessCard()
        self._foot.goRequested.connect(self.goRequested)
        layout.addWidget(self._foot)
        session.resolved_changed.connect(self.refresh)
        session.data_changed.connect(self.refresh)
        self.refresh()

    def set_source(self, source: Source | None) -> None:
        """Lets a page say other paragraphs while it is shown; None goes back to the settings."""
        self._source = source
        self.refresh()

    def paragraphs(self) -> list[Paragraph]:
        """What is said now."""
        return list(self._shown or ())

    def refresh(self) -> None:
        """Says everything anew; what is the same stays as it is."""
        session = self._session
        own = self._source() if self._source else None
        # What is left to do before training belongs beside the settings, not beside a run.
        self._foot.setVisible(own is None)
        self._time.set_wanted(own is None)
        said = list(describe(session.resolved, session.summary) if own is None else own)
        state = readiness(
            session.resolved,
            session.summary,
            spec=session.spec,
            reading=session.busy_with_data,
            read_only=session.read_only is not None,
        )
        self._foot.show_readiness(state)
        if said == self._shown:
            return
        self._shown = said
        self._say(said)

    def _say(self, said: list[Paragraph]) -> None:
        """Changes the words of the paragraphs that are there: what is made anew blinks."""
        while self._paragraphs.count() < len(said):
            self._paragraphs.addWidget(_ParagraphView())
        for place in range(self._paragraphs.count()):
            item = self._paragraphs.itemAt(place)
            view = item.widget() if item is not None else None
            if isinstance(view, _ParagraphView):
                view.say(said[place] if place < len(said) else None)

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(Size.PAGE_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GRID)
        row.addWidget(IconMark("article", "text3", Size.ICON))
        row.addWidget(Label(say("In plain words"), style="strong"))
        row.addStretch(1)
        return head


class _ParagraphView(QWidget):
    """A short title over one to three sentences."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._title = Label("", ink="text3", style="small")
        self._sentence = Sentence("")
        column.addWidget(self._title)
        column.addWidget(self._sentence)

    def say(self, paragraph: Paragraph | None) -> None:
        """Shows a paragraph, or nothing."""
        self.setVisible(paragraph is not None)
        if paragraph is None:
            return
        if self._title.text() != paragraph.title:
            self._title.setText(paragraph.title)
        if self._sentence.sentence() != paragraph.text:
            self._sentence.set_sentence(paragraph.text)


class TimeView(QWidget):
    """How long the run will take, measured on a few real batches when the person asks for it."""

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._trial = Trial(session)
        self._wanted = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(say("Time"), ink="text3", style="small"))
        self._sentence = Sentence("")
        column.addWidget(self._sentence)
        self.button = link_button("")
        self.button.setObjectName("panel.plain_words.try")
        self.button.clicked.connect(self._on_clicked)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._trial.changed.connect(self._show)
        self._show()

    def set_wanted(self, wanted: bool) -> None:
        """Whether it belongs beside the page that is shown."""
        self._wanted = wanted
        self._show()

    def sentence(self) -> str:
        """What is said about time and memory."""
        return self._sentence.sentence()

    def _show(self) -> None:
        trial = self._trial
        self.setVisible(self._wanted and (trial.possible or trial.running))
        text = trial.text
        self._sentence.set_sentence(text)
        self._sentence.setVisible(bool(text))
        if trial.running:
            words = say("Cancel")
        elif trial.fix is not None:
            words = trial.fix.sentence
        else:
            words = "" if text else say("Try a few batches")
        self.button.setText(words)
        self.button.setVisible(bool(words))

    def _on_clicked(self) -> None:
        if self._trial.running:
            self._trial.cancel()
        elif self._trial.fix is not None:
            self._session.apply_fix(self._trial.fix)
        else:
            self._trial.start()


class ReadinessCard(QFrame):
    """Ready to train, or what to look at first."""

    goRequested = Signal(str)  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel.plain_words.readiness")
        self.setProperty("kind", "finding")
        self._first: str | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.CARDS, Space.CARDS, Space.CARDS, Space.CARDS)
        column.setSpacing(Space.HALF)
        head = QHBoxLayout()
        head.setSpacing(Space.GRID)
        self._icon = IconMark("check-circle-fill", "success", Size.ICON_RAIL)
        self._title = Label("", style="strong")
        head.addWidget(self._icon)
        head.addWidget(self._title)
        head.addStretch(1)
        column.addLayout(head)
        self._sentence = Sentence("")
        column.addWidget(self._sentence)
        self._go = link_button(say("Go to it"))
        self._go.setObjectName("panel.plain_words.go")
        self._go.clicked.connect(self._on_go)
        column.addWidget(self._go, 0, Qt.AlignmentFlag.AlignLeft)

    def show_readiness(self, state: Readiness) -> None:
        """Shows how things stand."""
        set_property(self, "state", state.state)
        self._icon.set_icon(*_LOOKS[state.state])
        self._title.setText(state.title)
        self._sentence.set_sentence(state.sentence)
        self._first = state.first.where if state.first is not None else None
        self._go.setVisible(self._first is not None)
        self.setAccessibleName(f"{state.title}. {state.sentence}")

    def _on_go(self) -> None:
        if self._first is not None:
            self.goRequested.emit(self._first)
