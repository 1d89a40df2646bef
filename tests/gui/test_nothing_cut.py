"""No word of the window is cut: every page of a trained example, in common sizes and densities.

What a widget needs for its text is compared with the room that it has. Text of the person's own
(names of files, columns and folders) may be elided, where its tooltip has all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from fitstudio.actions import projects
from fitstudio.declared.kinds.param import Level
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.widgets.chips import Chip
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.labels import ElidedLabel, Sentence
from fitstudio.gui.window.frame.rail import RailItem
from tests.gui.conftest import READ_MS
from tests.recorded_project import CLASS_RESULTS, NUMBER_RESULTS, add_run

ROOT = Path(__file__).resolve().parents[2]
# What a person names may be as long as it likes.
PERSONS_OWN: frozenset[str] = frozenset({"data.file_name"})
SIZES = ((1280, 800), (1366, 768))
# A pixel is lost to rounding between the font's own widths and those on the screen.
_ROUNDING = 1


def cut(top: QWidget) -> Iterator[str]:
    """The widgets in sight whose text has less room than it needs."""
    # What came in last has its words, and not yet its room.
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    for widget in top.findChildren(QWidget):
        if not widget.isVisible():
            continue
        for text, needed, given in _needs(widget):
            if needed > given + _ROUNDING:
                place = widget.objectName() or type(widget).__name__
                owner = widget.parentWidget()
                inside = (owner.objectName() or type(owner).__name__) if owner else ""
                yield f"{inside} / {place}: {text!r} needs {needed} of {given}"


def _needs(widget: QWidget) -> Iterator[tuple[str, int, int]]:
    """Text, needed and given pixels, in width or in height."""
    metrics = QFontMetrics(widget.font())
    match widget:
        case ElidedLabel():
            if not (widget.objectName() in PERSONS_OWN and widget.toolTip()):
                needed = QFontMetrics(widget.font()).horizontalAdvance(widget.whole_text())
                elided = widget.text() != widget.whole_text()
                yield widget.whole_text(), needed if elided else 0, widget.width()
        case Sentence():
            if widget.sentence():
                yield widget.sentence(), widget.heightForWidth(widget.width()), widget.height()
        case QLabel() if widget.text() and widget.textFormat() is Qt.TextFormat.PlainText:
            yield widget.text(), metrics.horizontalAdvance(widget.text()), widget.width()
        case RailItem():
            # Icon before the title, the station's sign behind it.
            yield widget.text(), metrics.horizontalAdvance(widget.text()) + 66, widget.width()
        case Chip() | QPushButton():
            yield widget.text(), widget.sizeHint().width(), widget.width()
        case QComboBox():
            yield (
                widget.currentText(),
                metrics.horizontalAdvance(widget.currentText()),
                widget.width(),
            )
        case QLineEdit():
            shown = widget.text() or widget.placeholderText()
            arrows = 24 if isinstance(widget, NumberEdit) else 0
            yield shown, metrics.horizontalAdvance(shown), widget.width() - 16 - arrows
        case QTableView() if widget.model() is not None:
            yield from _headers(widget)
        case QAbstractButton():
            yield widget.text(), min(widget.sizeHint().width(), widget.width()), widget.width()


def _headers(table: QTableView) -> Iterator[tuple[str, int, int]]:
    header, model = table.horizontalHeader(), table.model()
    if not header.isVisible() or type(header).__name__ == "ColumnHeader":
        return  # names of columns are the person's own
    for section in range(model.columnCount()):
        if not table.isColumnHidden(section):
            text = model.headerData(section, Qt.Orientation.Horizontal)
            needed = QFontMetrics(header.font()).horizontalAdvance(str(text or ""))
            yield str(text or ""), needed, header.sectionSize(section)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An example with two runs that have ended, one of them measured."""
    folder = tmp_path_factory.mktemp("cut") / "penguins"
    with projects.create_project(folder, example="penguins") as project:
        add_run(project, 1, title="First try", epochs=8, results=CLASS_RESULTS)
        add_run(project, 2, title="A slower learning rate", epochs=12, outcome="stopped",
                reason="user", results=CLASS_RESULTS)  # fmt: skip
    return folder


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut(window, trained, qtbot, size):
    main = window(trained, size=size)
    qtbot.waitUntil(lambda: bool(main.session.runs), timeout=READ_MS)
    found = []
    for mode in (Mode.LIGHT, Mode.DARK):
        theme().apply(mode)
        for entry in PAGES:
            main.show_page(entry.name)
            if entry.name == "training":
                main.pages["training"].level.setValue(Level.EXPERT)
            qtbot.wait(50)
            found += [f"{entry.name}, {mode}: {each}" for each in cut(main)]
    assert found == []


def test_nothing_is_cut_at_twice_the_density(trained):
    """At 3840 by 2160: whoever has such a screen has everything twice as large."""
    command = [sys.executable, "-m", "tests.gui.cut_at_scale", str(trained)]
    environment = {**os.environ, "QT_SCALE_FACTOR": "2"}
    told = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)

    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == {"scale": 2.0, "cut": []}


def test_nothing_is_cut_beside_long_names_of_the_persons_own(window, tmp_path, qtbot):
    folder = tmp_path / "a_project_of_the_near_infrared_laboratory"
    table = tmp_path / "measurements_of_protein_by_near_infrared_reflectance_after_calibration.csv"
    names = [f"relative_humidity_of_the_measuring_room_sensor_{each}" for each in range(4)]
    rows = "\n".join(",".join(str(row * each % 17) for each in range(1, 6)) for row in range(60))
    target = "protein_content_by_kjeldahl_in_percent_of_dry_matter"
    table.write_text(",".join([*names, target]) + "\n" + rows, encoding="utf-8")
    with projects.create_project(folder, data=table, target=target) as project:
        title = "A second try with wider layers, dropout and a much slower learning rate"
        add_run(project, 1, title=title, epochs=8, results=NUMBER_RESULTS)
        changes = [{"key": "compile.learning_rate", "theirs": 0.001, "mine": 0.00025}]
        add_run(project, 2, title=title, epochs=12, outcome="stopped", reason="person",
                results=NUMBER_RESULTS, changes=changes)  # fmt: skip
    holder = projects.open_project(folder)
    main = window(folder)
    qtbot.waitUntil(lambda: len(main.session.runs) == 2, timeout=READ_MS)
    found = []
    for entry in PAGES:
        main.show_page(entry.name)
        qtbot.wait(50)
        found += [
            f"{entry.name}: {each}"
            for each in cut(main)
            if not any(own in each for own in (title[:20], folder.name[:12], "_of_", "_by_"))
        ]
    holder.close()
    assert found == []


def test_a_long_name_is_broken_and_not_cut(qtbot):
    sentence = Sentence(f"Tells **{'a_very_long_name_of_a_column' * 3}**: a number.")
    qtbot.addWidget(sentence)
    sentence.resize(200, sentence.heightForWidth(200))
    document = QTextDocument()
    document.setHtml(sentence.text())
    document.setTextWidth(200)

    assert document.idealWidth() <= 200
    assert "\u200b" not in sentence.accessibleName()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_on_the_start_page(window, qtbot, size):
    main = window(size=size)
    qtbot.waitUntil(lambda: len(main.projects.start.examples) >= 4, timeout=READ_MS)
    qtbot.wait(50)
    assert list(cut(main)) == []


def test_it_finds_what_is_cut(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    label, chip = QLabel("A label that is too long", holder), Chip("A chip too", parent=holder)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.resize(20, 20)
    chip.resize(20, 20)
    holder.show()

    assert len(list(cut(holder))) == 2
