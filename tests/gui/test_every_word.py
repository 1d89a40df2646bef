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
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

from fitstudio import words
from fitstudio.actions import projects
from fitstudio.actions.models.model_export import EXPORT_FORMATS
from fitstudio.declared.catalogue.callbacks import CALLBACKS
from fitstudio.declared.catalogue.losses import LOSSES
from fitstudio.declared.catalogue.metrics import METRICS
from fitstudio.declared.catalogue.models import MODELS
from fitstudio.declared.catalogue.optimizers import OPTIMIZERS
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.gui.pages.data import adding
from fitstudio.gui.pages.data.reading_dialog import ReadingDialog
from fitstudio.gui.pages.predict.export_dialog import ExportDialog
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.widgets.labels import ElidedLabel, Sentence
from fitstudio.gui.window.dialogs import about, questions, settings
from fitstudio.gui.window.frame.notices import Notice
from fitstudio.viewmodel.shell.background import Job
from tests.gui.conftest import READ_MS
from tests.gui.test_every_control import controls, name_of
from tests.recorded_project import CLASS_RESULTS, add_run

_ENTRIES = [
    *MODELS.values(),
    *OPTIMIZERS.values(),
    *LOSSES.values(),
    *METRICS.values(),
    *CALLBACKS.values(),
]
_ENTRY_NAMES = {entry.name for entry in _ENTRIES}
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
    # Qt lets nobody ask a list for its one column.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(), _MOST_ROWS)):
            for role in _ROLES:
                yield str(model.index(row, column).data(role) or "")


def plain_words(text: str, own: set[str]) -> list[str]:
    """The words in plain letters that are neither the person's own nor a name."""
    shown = html.unescape(re.sub(r"<[^>]+>", " ", text))
    # The real name of a callback or a metric, in front of what it does.
    shown = re.sub(r"^(\w+): ", lambda at: "" if at[1] in _ENTRY_NAMES else at[0], shown)
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


class Opened:
    """Looks at each menu and dialog that opens, and closes it: nobody is there to answer."""

    def __init__(self, own: set[str]) -> None:
        self.own, self.where = own, ""
        self.names: set[str] = set()
        self.found: set[str] = set()
        self.timer = QTimer()
        self.timer.timeout.connect(self._look)

    def __enter__(self) -> Opened:
        self.timer.start(5)
        return self

    def __exit__(self, *_problem: object) -> None:
        self.timer.stop()

    def _look(self) -> None:
        for top in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if isinstance(top, QMenu):
                top.aboutToShow.emit()
            if top is not None:
                self.names.add(top.objectName() or f"{type(top).__name__} of {self.where}")
                self.found |= set(_found(self.where, top, self.own))
                top.close()


@pytest.fixture
def file_dialogs(monkeypatch) -> list[str]:
    """The words that dialogs of the system were asked for: nobody chooses a file in them."""
    said: list[str] = []

    def stand_in(answer):
        def ask(_parent, title="", _place="", kinds="", *_more, **_named):
            said.extend((title, *(each.partition(" (*")[0] for each in kinds.split(";;"))))
            return answer

        return ask

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", stand_in(""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", stand_in(("", "")))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", stand_in(("", "")))
    return said


def test_whatever_a_button_opens_speaks_through_the_door(
    pseudo, window, trained, qtbot, monkeypatch, file_dialogs
):
    main = window(trained)
    for entry in PAGES:
        main.show_page(entry.name)
    main.pages["training"].level.setValue(Level.EXPERT)
    qtbot.waitUntil(lambda: main.pages["results"].model.state == "ready", timeout=READ_MS)
    qtbot.waitUntil(lambda: len(main.pages["runs"].model.records) == 2, timeout=READ_MS)
    # What is asked for in the background is not done: only what opens is looked at.
    monkeypatch.setattr(main.background, "run", lambda *_asked, **_named: Job())
    own = _own(main)
    with Opened(own) as opened:
        for entry in PAGES:
            main.show_page(entry.name)
            page, seen, opened.where = main.pages[entry.name], set(), entry.name
            while fresh := [each for each in _buttons(page) if name_of(each) not in seen]:
                seen.add(name_of(fresh[0]))
                fresh[0].click()
                qtbot.wait(8)
                while main.session.edits.undo_text is not None:
                    main.session.undo()
                main.show_page(entry.name)
        for column in main.session.summary.columns:
            menu = main.pages["data"].role_menu(column.name)
            opened.found |= set(_found("role", menu, own))
            menu.deleteLater()
        runs = main.pages["runs"]
        runs._show_menu(runs.table.visualRect(runs.rows.index(0, 1)).center())
        qtbot.wait(8)

    assert "\n".join(sorted(opened.found)) == ""
    assert [text for text in file_dialogs if plain_words(text, own)] == []
    assert len(opened.names) >= 6 and file_dialogs


def _buttons(page: QWidget) -> list[QAbstractButton]:
    """What can be pressed and is no choice that holds at once."""
    return [
        each
        for each in controls(page)
        if isinstance(each, QAbstractButton) and each.isEnabled() and not each.isCheckable()
    ]


def test_every_dialog_speaks_through_the_door(pseudo, window, trained, qtbot, tmp_path):
    main = window(trained)
    qtbot.waitUntil(lambda: bool(main.session.runs), timeout=READ_MS)
    run, own = main.session.runs[0], _own(main) | {"more.csv"}
    (tmp_path / "file").touch()
    with Opened(own) as opened:
        questions.ask_on_close(main, run)
        questions.ask_epochs(main, run)
        questions.ask_new_project(main, tmp_path)
        settings.show_settings(main, main.settings)
        about.show_about(main, main.background)
        adding.take_file(main.session, tmp_path / "more.csv", main)
        adding.ask_name(main.session, "penguins", main)
        for number, format in enumerate(FORMATS.values()):
            dialog = ReadingDialog((), {}, main, kind=format.name, file="more.csv")
            dialog.setObjectName(f"dialog.reading.{number}")
            dialog.ask()
            dialog.deleteLater()
        ExportDialog(EXPORT_FORMATS, main).ask()
        main.help.show()
    # The pages themselves are in English, their titles as well.
    pages = {main.help.viewer.list.item(row).text() for row in range(main.help.viewer.list.count())}
    opened.found |= set(_found("help", main.help.viewer, own | pages))
    main.help.viewer.close()
    main.frame.notices.add(Notice(words.say("It is so."), "error", details="x", button="⟦⟧"))
    opened.found |= set(_found("notice", main.frame.notices, own))

    assert "\n".join(sorted(opened.found)) == ""
    assert {"dialog.close", "dialog.new_project", "dialog.settings", "dialog.about",
            "dialog.add", "dialog.rename", "dialog.export"} <= opened.names  # fmt: skip
    assert len([name for name in opened.names if "reading" in name]) == len(FORMATS)


def test_it_finds_a_word_that_was_not_said(pseudo, qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    label = QLabel("Not through the door", holder)
    label.setToolTip(words.say("Through the door: {name}", name="bill_length"))

    assert _found("", holder, set()) == [
        " / QLabel: ['Not', 'through', 'the', 'door'] in 'Not through the door'"
    ]
