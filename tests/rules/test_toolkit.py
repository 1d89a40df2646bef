"""The pinned toolkit: some PySide6 builds lose references to None and die within minutes."""

import sys

from PySide6.QtWidgets import QLabel


def test_qt_calls_keep_their_references_to_none(qapp):
    label = QLabel()
    label.setText("warm up")
    before = sys.getrefcount(None)
    for _ in range(1000):
        label.setText("a call that returns None")
    lost = before - sys.getrefcount(None)

    # Immortal from Python 3.12 on; before that, a lost reference a call would be about 1000.
    assert abs(lost) <= 10
