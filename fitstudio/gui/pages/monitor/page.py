"""The Monitor page: one run as it trains, or as it ended."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from fitstudio.declared.kinds.param import Fix
from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.pages.monitor.curves_card import CurvesCard
from fitstudio.gui.pages.monitor.device_card import DeviceCard
from fitstudio.gui.pages.monitor.epochs_card import EpochsCard
from fitstudio.gui.pages.monitor.progress_card import ProgressCard
from fitstudio.gui.pages.monitor.trouble_card import TroubleCard
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.view_settings import view_settings
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.chips import StateChip
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.viewmodel.monitor import sentences as monitor_words
from fitstudio.viewmodel.monitor.shown_run import SessionFollower, new_monitor
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say

_TICK_MS = 100
_DEVICE_WIDTH = 256
_BOTTOM_HEIGHT = 204
_LEAST_BOTTOM_HEIGHT = 150
_BOTTOM_SHARE = 0.32


class MonitorPage(Page):
    """Follows the session's current run on one timer, with one redraw a tick."""

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.monitor", say("Monitor"), parent=parent)
        self.session = session
        self.model = new_monitor()
        self._settings = view_settings()
        self._stale = True
        self._words: list[Paragraph] = []
        self._make_parts()
        self.model.opened.connect(self._on_opened)
        self.model.changed.connect(self._on_changed)
        self._follower = SessionFollower(self.model, session)
        self._timer = QTimer(self)
        self._timer.setObjectName("monitor.tick")
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.model.tick)
        self._timer.start()
        self.goes_with(self._follower.close)
        self._on_opened()

    def plain_words(self) -> list[Paragraph]:
        """What the side panel says while this page is shown."""
        return monitor_words.say(self.model)

    def dispose(self) -> None:
        """Stops the timer, and lets go of the run."""
        self._timer.stop()
        super().dispose()

    def suggestion(self) -> monitor_words.Suggestion | None:
        """The one change that is worth a run, for the foot of the side panel."""
        return monitor_words.suggest(self.model.verdict(), self.model.spec, self.model.state)

    def _make_parts(self) -> None:
        self._chip = StateChip("waiting", "")
        self._chip.setObjectName("monitor.state")
        self.page_head.add(self._chip)
        self.progress = ProgressCard(self.model)
        self.trouble = TroubleCard()
        self.trouble.fix_wanted.connect(self._on_fix_wanted)
        self.trouble.resume_wanted.connect(self._on_resume_wanted)
        self.advice = FindingBar()
        self.advice.setObjectName("monitor.advice")
        self.advice.fix_pressed.connect(self._on_advice_taken)
        self.curves = CurvesCard(self.model)
        self.epochs = EpochsCard(self.model)
        self.device = DeviceCard(self.model)
        bottom = QWidget()
        row = QHBoxLayout(bottom)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.CARDS)
        row.addWidget(self.epochs, 1)
        self.device.setFixedWidth(_DEVICE_WIDTH)
        row.addWidget(self.device)
        self._splitter = _Shares()
        self._splitter.setObjectName("monitor.splitter")
        self._splitter.setHandleWidth(Space.CARDS)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.curves)
        self._splitter.addWidget(bottom)
        self._splitter.setStretchFactor(0, 1)
        self.curves.setMinimumHeight(220)
        bottom.setMinimumHeight(_LEAST_BOTTOM_HEIGHT)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, Space.WINDOW)
        column.setSpacing(Space.CARDS)
        column.addWidget(self.progress)
        column.addWidget(self.trouble)
        column.addWidget(self.advice)
        column.addWidget(self._splitter, 1)
        self._bottom = bottom
        self._empty = EmptyState("activity", "")
        holder = QWidget()
        self._places = QStackedLayout(holder)
        self._places.addWidget(self._empty)
        self._places.addWidget(whole)
        self.add(holder, 1)
        kept = self._settings.value("monitor/splitter")
        if kept is not None:
            self._splitter.by_hand = self._splitter.restoreState(kept)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what came while the page was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _on_opened(self) -> None:
        shown = self.model.shown
        self._places.setCurrentIndex(0 if shown is None else 1)
        self.curves.forget_run()
        self._refresh()

    def _on_changed(self) -> None:
        # A page that nobody sees draws nothing; it catches up when it is shown.
        self._stale = True
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        shown = self.model.shown
        if shown is None:
            self._say_why_empty()
            self.page_head.set_title(say("Monitor"), "")
            self._chip.hide()
            self._tell_words()
            return
        self.page_head.set_title(shown.heading, shown.subheading)
        badge = self.model.badge()
        self._chip.show()
        self._chip.set_state(badge.state, badge.text)
        card = self.model.card()
        self.trouble.show_card(card, locked=self.session.cannot_change)
        self.progress.setVisible(card is None)
        self._bottom.setVisible(card is None)
        self.progress.refresh()
        self.curves.refresh()
        self.epochs.refresh()
        self.device.refresh()
        self._show_advice()
        self._tell_words()

    def _say_why_empty(self) -> None:
        if self.model.starting:
            title = say("The run is starting")
            sentence = say("The data are looked at once more; then its curves come here.")
        else:
            title = say("No run yet")
            sentence = say("Press Train, and watch here how the model learns.")
        if self._empty.title.text() != title:
            self._empty.set_text(title, sentence)

    def _show_advice(self) -> None:
        """After a run has ended: the one change that its curves speak for, a button away."""
        state = self.model.state
        ended = state is not None and not state.running and self.model.card() is None
        advice = self.suggestion() if ended and not self.session.read_only else None
        if advice is None:
            self.advice.set_finding(None)
            return
        words = say("**Worth a try next:** {change}", change=advice.sentence)
        self.advice.show_sentence(words, "info", say("New run with this"))

    def _tell_words(self) -> None:
        words = self.plain_words()
        if words != self._words:
            self._words = words
            self.plainWordsChanged.emit()

    def _on_advice_taken(self) -> None:
        advice, spec, shown = self.suggestion(), self.model.spec, self.model.shown
        if advice is None or spec is None or shown is None:
            return
        self.session.use_settings_of(
            spec.with_values(advice.set),
            say("New run like {number}: {sentence}", number=shown.number, sentence=advice.sentence),
            parent=shown.run,
        )
        self.pageRequested.emit("training")

    def _on_fix_wanted(self, fix: Fix) -> None:
        self.session.apply_fix(fix)
        self.session.train()

    def _on_resume_wanted(self) -> None:
        if self.model.shown is not None:
            self.session.resume(self.model.shown.run)

    def _on_splitter_moved(self) -> None:
        self._splitter.by_hand = True
        self._settings.setValue("monitor/splitter", self._splitter.saveState())


class _Shares(QSplitter):
    """Curves over the table: in a low window the curves keep their part, until a hand moves it.

    Attributes:
        by_hand: Whether a person has chosen the heights.
    """

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.by_hand = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shares the height out anew."""
        super().resizeEvent(event)
        if not self.by_hand and self.count() > 1:
            share = round(event.size().height() * _BOTTOM_SHARE)
            below = min(max(share, _LEAST_BOTTOM_HEIGHT), _BOTTOM_HEIGHT)
            self.setSizes([max(event.size().height() - below, 0), below])
