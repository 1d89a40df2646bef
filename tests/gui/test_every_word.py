"""Every word of the window goes through the door: in the pseudo-language, plain English stands out.

Every page, panel, menu and dialog is opened on a project with recorded runs. What is left in plain
letters must be the person's own (names of columns, files, runs), a real name (of a setting, a
class, an algorithm, a key) or a unit.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from fitstudio import words
from fitstudio.actions import projects
from fitstudio.declared.catalogue.callbacks import CALLBACKS
from fitstudio.declared.catalogue.losses import LOSSES
from fitstudio.declared.catalogue.metrics import METRICS
from fitstudio.declared.catalogue.models import MODELS
from fitstudio.declared.catalogue.optimizers import OPTIMIZERS
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.widgets.labels import ElidedLabel, Sentence
from fitstudio.gui.widgets.question import Question
from fitstudio.gui.window.dialogs import questions
from tests.gui.conftest import READ_MS
from tests.recorded_project import CLASS_RESULTS, add_run

_ENTRIES = [
    *MODELS.values(),
    *OPTIMIZERS.values(),
    *LOSSES.values(),
    *METRICS.values(),
    *CALLBACKS.values(),
]
_PLAIN = re.compile(r"[A-Za-z]{3,}")
CLASSES = ("ant", "bee", "cat")  # of the recorded results
_PARAMS = [*FIXED.values(), *(param for entry in _ENTRIES for param in entry.params)]
_PARAM_NAMES = {param.name for param in _PARAMS}
# Names that are the same in every language, and units.
_NAMES = {
    "FitStudio", "csv", "npz", "npy", "CSV", "TSV", "NPZ", "NPY", "HDF5", "png", "svg", "min",
    "HDF", "NumPy", "Excel", "Parquet", "ONNX", "NaN", "CPU", "GPU", "UTF", "kFLOP", "MFLOP",
    "GFLOP", "FLOP",
    "true", "false", "auto", "relu", "softmax",
}  # fmt: skip
_LAYERS = {"output"}  # as checkpoints have them
_OF_HISTORY = re.compile("^⟦\\w+ àś Ĥìśťòŕŷ ĥàś ìť")  # the name in the logs
# What files and keys are called; a person's own words are read from the project.
_NAME_LIKE = re.compile(
    r"`[^`]*`|--\w+ \S+|\S*[_/\\=.]\S*\w|"
    r"\b(?:Ctrl|Shift|Alt|Del|Esc|Return|Space|F\d+)\b(?:\+\w+)*|\*\.\w+"
)
_ROLES = (
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)  # fmt: skip
_MOST_ROWS = 6


def texts(top: QWidget) -> Iterator[tuple[str, str]]:
    """Where text stands, and the text; of everything that is there, in sight or not."""
    for widget in [top, *top.findChildren(QWidget)]:
        place = widget.objectName() or type(widget).__name__
        for text in _texts_of(widget):
            yield place, text
        for text in (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()):
            yield f"{place} (tip)", text
        if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
            for text in _cells(model):
                yield f"{place} (table)", text
    for action in top.findChildren(QAction):
        if action.text().startswith("Export"):  # of a menu of pyqtgraph that is never opened
            continue
        for text in (action.text(), action.toolTip(), action.statusTip()):
            yield f"action {action.objectName()}", text


def _texts_of(widget: QWidget) -> Iterator[str]:
    match widget:
        case ElidedLabel():
            yield widget.whole_text()
        case Sentence():
            yield widget.sentence()
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QComboBox():
            for row in range(widget.count()):
                yield widget.itemText(row)
        case QLineEdit():
            yield widget.placeholderText()
            yield widget.text()
    if widget.isWindow():
        yield widget.windowTitle()


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(), _MOST_ROWS)):
            for role in _ROLES:
                yield str(model.index(row, column).data(role) or "")


def plain_words(text: str, own: set[str]) -> list[str]:
    """The words in plain letters that are neither the person's own nor a name."""
    shown = html.unescape(re.sub(r"<[^>]+>", " ", text))
    for each in sorted(own, key=len, reverse=True):
        shown = shown.replace(each, " ")
    if shown.strip() in _PARAM_NAMES | _LAYERS or _OF_HISTORY.search(text):
        return []
    # A setting's real name in brackets, and what it may be, behind "fit.shuffle: ".
    shown = re.sub(r"\((\w+)\)", lambda at: "" if at[1] in _PARAM_NAMES else at[0], shown)
    shown = re.sub(r"\b(?:data|model|compile|fit|run)\.\w+: .*", " ", shown)
    return [word for word in _PLAIN.findall(_NAME_LIKE.sub(" ", shown)) if word not in _NAMES]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An example with runs that ended in different ways, one of them measured."""
    folder = tmp_path_factory.mktemp("words") / "penguins"
    with projects.create_project(folder, example="penguins") as project:
        add_run(project, 1, title="Qxx", epochs=8, results=CLASS_RESULTS)
        add_run(project, 2, title="Qyy", epochs=12, outcome="stopped", reason="person",
                results=CLASS_RESULTS)  # fmt: skip
    return folder


@pytest.fixture
def pseudo() -> Iterator[None]:
    with words.use(words.PSEUDO):
        yield


def _own(main) -> set[str]:
    own = {"Qxx", "Qyy", "qxx", "qyy", *CLASSES, "CPU, 2 cores"}
    own.add("split ìś last")  # a parameter and its value, by names that no language changes
    # The examples are files of their own, in English as they are shipped.
    for each in main.projects.start.examples:
        own |= {each.title, each.sentence, each.facts}
    if main.session is not None:
        summary = main.session.summary
        own |= {
            each for column in summary.columns for each in (column.name, column.name.capitalize())
        }
        own |= {name for column in summary.columns for name, _ in column.classes or ()}
        own |= {main.session.project.name, str(main.session.project.folder), "penguins"}
    return {each for each in own if len(each or "") > 1}


def _found(where: str, top: QWidget, own: set[str]) -> list[str]:
    return sorted(
        {
            f"{where} / {place}: {left} in {text!r}"
            for place, text in texts(top)
            if (left := plain_words(text, own))
        }
    )


def test_every_page_speaks_through_the_door(pseudo, window, trained, qtbot):
    main = window(trained)
    qtbot.waitUntil(lambda: bool(main.session.runs), timeout=READ_MS)
    found = []
    for entry in PAGES:
        main.show_page(entry.name)
        if entry.name == "training":
            main.pages["training"].level.setValue(Level.EXPERT)
        qtbot.wait(50)
        found += _found(entry.name, main, _own(main))

    assert sorted(set(found)) == []


def test_the_start_page_speaks_through_the_door(pseudo, window, qtbot):
    main = window()
    qtbot.waitUntil(lambda: len(main.projects.start.examples) >= 4, timeout=READ_MS)

    assert _found("start", main, _own(main)) == []


def _looked_at(main: QWidget, found: list[str], where: str) -> None:
    """Looks at the open question and closes it."""
    asked = [each for each in main.findChildren(Question) if each.isVisible()]
    for each in asked:
        found.extend(_found(where, each, {"penguins", "Qxx"}))
        each.reject()


def test_every_dialog_speaks_through_the_door(pseudo, window, trained, qtbot, tmp_path):
    main = window(trained)
    qtbot.waitUntil(lambda: bool(main.session.runs), timeout=READ_MS)
    run = main.session.runs[0]
    found: list[str] = []
    opened = []
    for name, ask in {
        "close": lambda: questions.ask_on_close(main, run),
        "epochs": lambda: questions.ask_epochs(main, run),
        "new": lambda: questions.ask_new_project(main, tmp_path),
    }.items():
        QTimer.singleShot(
            100, lambda name=name: (opened.append(name), _looked_at(main, found, name))
        )
        ask()
    QApplication.processEvents()

    assert opened == ["close", "epochs", "new"]
    assert found == []


def test_it_finds_a_word_that_was_not_said(pseudo, qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    label = QLabel("Not through the door", holder)
    label.setToolTip(words.say("Through the door: {name}", name="bill_length"))

    assert _found("", holder, set()) == [
        " / QLabel: ['Not', 'through', 'the', 'door'] in 'Not through the door'"
    ]
