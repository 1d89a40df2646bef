"""The window on a slow share, and on a project whose names and notes are meant to be rendered."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fitstudio.storage import ops
from tests.support.faults import SlowOps

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "format-1"
MARKUP = "<img src='file:///etc/hostname'><b>foreign</b>"


class Relay(QObject):
    saved = Signal()


def test_fault_49_a_slow_folder_does_not_hold_the_window_up(window, example, qtbot):
    shown = window(example("penguins"))
    session = shown.session
    share_answers = threading.Event()
    # Not one step of the disk ends before all ten changes are made.
    slow = SlowOps(1.0, lambda seconds: share_answers.wait())
    with ops.use(slow), qtbot.waitSignal(_saved(session, shown), timeout=120_000):
        for epochs in range(2, 12):
            session.set_value("fit.epochs", epochs)
        share_answers.set()
    content = json.loads((session.project.folder / "project.json").read_text())
    assert content["settings"]["fit"]["epochs"] == 11


def _saved(session, parent):
    """The session's own signal as one of Qt's, once everything that was changed is saved."""
    relay = Relay(parent)
    session.saved.connect(relay.saved.emit)
    return relay.saved


def test_fault_47_names_and_notes_are_shown_as_plain_text(window, tmp_path: Path, qtbot):
    folder = Path(shutil.copytree(GOLDEN, tmp_path / "project"))
    project = json.loads((folder / "project.json").read_text())
    (folder / "project.json").write_text(json.dumps(project | {"name": MARKUP}))
    for run in (folder / "runs").iterdir():
        about = json.loads((run / "about.json").read_text())
        (run / "about.json").write_text(json.dumps(about | {"title": MARKUP, "note": MARKUP}))
    shown = window(folder)
    qtbot.waitUntil(lambda: len(shown.session.runs) == 2, timeout=120_000)
    shown.session.show_run("0001-first-mlp")
    seen = 0
    for name in ("data", "model", "training", "monitor", "results", "runs", "predict"):
        shown.show_page(name)
        qtbot.wait(50)
        seen += _refuse_rendered(shown)

    assert seen, "the foreign text is shown nowhere, so nothing was checked"


def _refuse_rendered(window: QWidget) -> int:
    count = 0
    for widget in [window, *window.findChildren(QWidget)]:
        where = f"{type(widget).__name__} {widget.objectName()!r}"
        assert "<img" not in widget.toolTip() or not Qt.mightBeRichText(widget.toolTip()), where
        if isinstance(widget, QLabel) and "foreign" in widget.text():
            count += 1
            rich = widget.textFormat() is Qt.TextFormat.RichText or (
                widget.textFormat() is Qt.TextFormat.AutoText and Qt.mightBeRichText(widget.text())
            )
            assert not (rich and "<img" in widget.text()), where
    return count
