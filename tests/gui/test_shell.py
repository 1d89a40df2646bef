"""The frame around the pages, driven as a person does."""

import sys

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget

from fitstudio.actions import projects
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.errors import DataError
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.window.crash import CrashReports
from fitstudio.gui.window.dialogs import questions
from fitstudio.gui.window.look import first_size
from fitstudio.gui.window.main_window import MainWindow
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.viewmodel.shell.commands import MENUS
from fitstudio.viewmodel.shell.stations import stations
from tests.gui.conftest import READ_MS


def drop(window: MainWindow, path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(
            QPointF(400, 400),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def test_every_page_can_be_shown_and_has_its_name(window, example):
    main = window(example("penguins"))
    for entry in PAGES:
        main.findChild(QWidget, f"rail.{entry.name}").click()
        shown = main.frame.stack.currentWidget()

        assert shown.objectName() == f"page.{entry.name}"
        assert shown.isVisible()
        assert main.frame.rail.items[entry.name].isChecked()
        assert main.findChild(QWidget, "panel.plain_words") is not None


def test_pages_are_reached_by_the_keyboard(window, example, qtbot):
    main = window(example("penguins"))
    for number, entry in enumerate(PAGES, start=1):
        qtbot.keyClick(main, str(number), Qt.KeyboardModifier.ControlModifier)
        main.commands[f"page_{entry.name}"].trigger()

        assert main.page == entry.name


def test_every_command_has_a_shortcut_of_its_own_and_a_tooltip(window):
    main = window()
    actions = main.commands.actions.values()
    shortcuts = [action.shortcut().toString() for action in actions]

    assert all(action.toolTip() and action.text() for action in actions)
    assert all(shortcuts)
    assert len(set(shortcuts)) == len(shortcuts)
    assert {"action.train", "action.pause", "action.resume", "action.stop", "action.stop_now",
            "action.undo", "action.redo", "action.new_project", "action.open_project"} <= {
        action.objectName() for action in main.findChildren(QAction)
    }  # fmt: skip
    in_menus = {
        action.text()
        for menu in main.commands.menu_bar.actions()
        for action in menu.menu().actions()
    }
    assert len(MENUS) == 5
    assert {
        action.text() for action in actions if not action.objectName().startswith("action.look")
    } <= in_menus


def test_every_button_in_sight_says_what_it_does(window, example):
    main = window(example("penguins"))
    silent = []
    for entry in PAGES:
        main.show_page(entry.name)
        for button in main.findChildren(QAbstractButton):
            if button.isVisible() and not (button.accessibleName() or button.text().strip()):
                owner = button.parent()
                silent.append(f"{entry.name}: {button.objectName()} in {type(owner).__name__}")

    # Qt's own clear button of a line edit has no name; the Escape key does the same.
    assert [each for each in silent if "SearchEdit" not in each] == []


def test_the_window_folds_as_it_gets_narrow(window, example):
    main = window(example("penguins"))
    assert main.frame.panel.isVisible()
    wide = main.frame.rail.width()

    main.resize(1100, 700)
    assert not main.frame.panel.isVisible()
    assert main.frame.header.panel_button.isVisible()
    main.frame.header.panel_button.click()
    assert main.frame.panel.isVisible()

    main.resize(900, 600)
    assert main.frame.rail.width() < wide / 2


def test_a_change_is_undone_and_redone(window, example, qtbot):
    main = window(example("penguins"))
    main.session.set_value("fit.epochs", 7)
    assert "Epochs" in main.commands["undo"].text()

    main.commands["undo"].trigger()
    assert main.session.spec.get("fit.epochs") == 40
    main.commands["redo"].trigger()
    assert main.session.spec.get("fit.epochs") == 7

    folder = main.session.project.folder
    qtbot.waitUntil(lambda: not main.session._saving, timeout=READ_MS)
    with projects.open_project(folder, read_only=True) as saved:
        assert saved.settings.get("fit.epochs") == 7


def test_train_goes_to_the_first_problem_instead(window, example):
    main = window(example("penguins"))
    main.session.set_value("fit.epochs", 0)
    main.show_page("data")

    main.findChild(QPushButton, "button.train").click()

    assert main.page == "training"
    assert main.session.running is None
    row = main.pages["training"].row("fit.epochs")
    assert "Epochs" in row.message.text()
    main.session.set_value("fit.epochs", 7)
    assert main.frame.notices.texts() == [], "what is mended is said nowhere any more"


def test_the_rail_tells_how_each_station_stands(window, example):
    main = window(example("penguins"))
    told = stations(main.session)
    assert told["data"].state == "done"
    assert told["training"].state == "ready"
    assert told["monitor"].state == "empty"

    main.session.set_value("data.row_order", None)
    assert stations(main.session)["training"].state == "attention"
    item = main.frame.rail.items["training"]
    assert item.state() == "attention"
    assert "sorted" in item.accessibleName()


def test_a_second_window_opens_for_reading(window, example):
    folder = example("penguins")
    first = window(folder)
    second = window(folder)

    assert first.session.read_only is None
    assert second.session.read_only
    assert "reading only" in second.frame.notices.texts()[0]
    second.session.set_value("fit.epochs", 3)
    assert second.session.spec.get("fit.epochs") == 40


def test_a_project_that_is_not_there_is_told_of(window, tmp_path, qtbot):
    main = window()
    main.open_project(tmp_path / "nowhere")

    qtbot.waitUntil(lambda: bool(main.frame.notices.texts()), timeout=READ_MS)
    assert "nowhere" in main.frame.notices.texts()[0]
    assert main.page == "start"


def test_a_file_held_over_the_window_says_what_dropping_does(window, example, tmp_path):
    main = window(example("penguins"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "new.csv"))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    held = QDragEnterEvent(QPoint(9, 9), actions, data, buttons, Qt.KeyboardModifier.NoModifier)

    main.dragEnterEvent(held)

    assert held.isAccepted()
    assert main.frame.cover.isVisible()
    assert main.frame.cover._words == "Drop to use new.csv as data"
    main.dragLeaveEvent(QDragLeaveEvent())
    assert not main.frame.cover.isVisible()


def test_a_dropped_file_becomes_a_project_with_a_target(window, tmp_path, qtbot):
    file = tmp_path / "flowers.csv"
    rows = [f"{n % 7}.5,{n % 3},{'ab'[n % 2]}" for n in range(60)]
    file.write_text("length,width,kind\n" + "\n".join(rows) + "\n")
    main = window()

    drop(main, file)

    qtbot.waitUntil(lambda: main.session is not None, timeout=READ_MS)
    qtbot.waitUntil(lambda: main.session.summary is not None, timeout=READ_MS)
    assert main.session.project.name == "flowers"
    assert main.session.spec.get("fit.y") == ["kind"]
    assert main.session.resolved.ok


def test_a_dropped_file_with_other_columns_replaces_the_roles_in_one_step(
    window, example, tmp_path, qtbot
):
    file = tmp_path / "other.csv"
    file.write_text("a,b,label\n" + "\n".join(f"{n},{n * 2},{'xy'[n % 2]}" for n in range(50)))
    main = window(example("penguins"))
    QTimer.singleShot(0, lambda: QApplication.activeModalWidget().buttons[1].click())

    drop(main, file)

    qtbot.waitUntil(lambda: main.session.spec.get("fit.y") == ["label"], timeout=READ_MS)
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)
    assert main.page == "data"
    main.commands["undo"].trigger()
    assert main.session.spec.get("fit.y") == ["species"]
    assert main.session.spec.get("data.file") == "data/penguins.csv"
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)


def test_the_look_is_switched_and_remembered(window):
    main = window()
    light = main.palette().window().color()

    main.commands["look_dark"].trigger()

    assert theme().dark
    assert main.palette().window().color() != light
    assert WindowSettings().mode is Mode.DARK


@pytest.mark.parametrize(
    "available, shown",
    [((3840, 2112), (1280, 800)), ((1366, 728), (1280, 680)), ((1280, 760), (1264, 712)),
     ((800, 600), (860, 560))],
)  # fmt: skip
def test_the_first_window_fits_the_screen(available, shown):
    assert first_size(QSize(*available)) == QSize(*shown)


@pytest.mark.parametrize("answer", list(questions.OnClose))
def test_closing_during_a_run_asks(window, example, monkeypatch, answer):
    main = window(example("penguins"))
    session = main.session
    stopped, asked = [], []
    run = type("Run", (), {"run": "0001", "number": 1, "outcome": None, "phase": "training",
                           "sentence": "", "epochs": 1})()  # fmt: skip
    session.runs = [run]
    monkeypatch.setattr(session, "stop_before_leaving", lambda: stopped.append(True))
    monkeypatch.setattr(questions, "ask_on_close", lambda *_: asked.append(True) or answer)

    closed = main.close()

    assert asked == [True]
    assert closed is (answer is not questions.OnClose.CANCEL)
    assert bool(stopped) is (answer is questions.OnClose.STOP)


def test_the_question_at_closing_can_be_answered_by_keys(window, qtbot):
    main = window()
    run = type("Run", (), {"number": 3})()
    seen = []

    def answer() -> None:
        dialog = main.findChild(questions.Question, "dialog.close")
        seen.extend(button.label() for button in dialog.buttons)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    QTimer.singleShot(0, main, answer)
    assert questions.ask_on_close(main, run) is questions.OnClose.CANCEL
    assert seen == ["Keep training", "Stop and keep the best", "Cancel"]


def test_an_unexpected_error_is_shown_once(window, caplog):
    main = window()
    reports = CrashReports(main)

    def fail() -> None:
        raise RuntimeError("a bug of ours")

    for _ in range(3):
        try:
            fail()
        except RuntimeError:
            reports._on_exception(*sys.exc_info())

    assert len(main.frame.notices.texts()) == 1
    copy = main.findChild(QPushButton, "notice.copy_details")
    copy.click()

    assert "a bug of ours" in QGuiApplication.clipboard().text()
    main.findChild(QPushButton, "notice.close").click()
    assert main.frame.notices.texts() == []


def test_errors_say_what_is_safe_and_what_to_do(window):
    main = window()
    main.show_problem(DataError("It broke.", safe="Nothing is lost.", remedy="Try again."))

    assert main.frame.notices.texts() == ["It broke. Nothing is lost. Try again."]


def test_a_fix_is_one_step_of_undo(window, example):
    main = window(example("penguins"))
    fix = Fix("Two at once", {"fit.epochs": 3, "fit.batch_size": 8})
    main.session.apply_fix(Finding("x", Severity.ADVICE, "fit.epochs", "s", fix).fix)

    main.commands["undo"].trigger()

    assert main.session.spec.get("fit.epochs") == 40
    assert main.session.spec.get("fit.batch_size") == 16


def test_size_and_page_come_back(window, example):
    folder = example("penguins")
    main = window(folder)
    main.resize(1111, 777)
    main.show_page("runs")
    main.close()

    again = window(folder, size=(1111, 777))

    assert again.page == "runs"


def test_help_opens_and_finds(window, qtbot):
    main = window()
    main.commands["help"].trigger()
    viewer = main.help.viewer

    assert viewer.list.count() > 3
    viewer.search.setText("learning rate")
    assert viewer.browser.textCursor().selectedText().lower() == "learning rate"
    viewer.show_topic("fit.epochs")
    assert "parameters-fit" in viewer._files[viewer.list.currentRow()].stem
    viewer.close()


def test_menus_open_by_alt_and_a_letter(window):
    main = window()
    titles = [action.text() for action in main.commands.menu_bar.actions()]

    assert titles == ["File", "Edit", "Run", "View", "Help"]
    assert not any("&" in title for title in titles)
    assert main.childAt(QPoint(40, 28)) is not None


def test_the_header_names_the_device_and_its_memory(window, qtbot, asks_devices):
    main = window()

    qtbot.waitUntil(lambda: main.device.total > 0, timeout=READ_MS)
    chip = main.findChild(QWidget, "chip.device")
    assert chip.isVisible()
    assert main.device.title in chip.accessibleName()
    assert " of " in chip.accessibleName()


def test_f1_opens_the_help_of_the_setting_that_has_the_keyboard(window, example):
    main = window(example("penguins"))
    main.show_page("training")
    main.activateWindow()
    page = main.pages["training"]
    for key in ("fit.epochs", "compile.optimizer", "fit.callbacks"):
        editor = page.editor(key)
        target = editor.add_button if key == "fit.callbacks" else editor
        target.setFocus()
        assert main.help.setting_in_focus() == key
    main.setFocus()
    assert main.help.setting_in_focus() == ""


def test_the_first_window_fits_a_small_screen(window):
    main = window()
    main.look.restore()
    room = main.screen().availableGeometry()
    smallest = main.minimumSize()
    assert main.width() <= max(room.width(), smallest.width())
    assert main.height() <= max(room.height() - 40, smallest.height())
