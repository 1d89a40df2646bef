"""Sentences are as high as they need to be, and settle in one layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fitstudio.gui.widgets.labels import Sentence

TEXTS = (
    "Short.",
    "A **strong** word and a sentence that is long enough to break into some lines at most widths.",
    "One line.\nAnother line & a <sign>.",
    "x" * 90,
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", (81, 160, 300, 640))
def test_a_sentence_is_as_high_as_qt_sets_it(qtbot, text, width):
    sentence = Sentence(text)
    qtbot.addWidget(sentence)
    sentence.ensurePolished()
    sentence.setMinimumHeight(0)

    assert abs(sentence.heightForWidth(width) - QLabel.heightForWidth(sentence, width)) <= 1


def test_a_shorter_sentence_takes_less_room(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    sentence = Sentence(TEXTS[1])
    QVBoxLayout(holder).addWidget(sentence)
    holder.setFixedWidth(200)
    holder.show()
    high = sentence.minimumHeight()
    sentence.set_sentence("Short.")

    assert 0 < sentence.minimumHeight() <= high / 2


class _Layouts(QObject):
    """Counts the layouts that a widget is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)


def test_another_size_that_changes_no_height_asks_for_no_layout(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    column.addWidget(Sentence("Short."))
    column.addStretch(1)
    holder.resize(400, 300)
    holder.show()
    qtbot.waitExposed(holder)
    qtbot.wait(0)
    layouts = _Layouts()
    holder.installEventFilter(layouts)
    holder.resize(420, 300)
    qtbot.wait(0)

    assert layouts.count == 0
