"""The start page: examples, recent projects, what was cut off, dropping."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from fitstudio.actions import projects
from fitstudio.gui.pages.start.page import StartPage
from fitstudio.gui.widgets.data_file import data_folder
from fitstudio.journal import Journal
from fitstudio.project import RunPaths
from fitstudio.project.run_files import write_spec
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.start.page import ExampleCardData, StartModel, day_words
from tests.gui.conftest import READ_MS


def interrupted_run(folder, epochs: int = 3) -> str:
    """A run whose process went away after some epochs, as a power cut leaves it."""
    with projects.open_project(folder) as project:
        paths = RunPaths(project.paths.runs / "0001-cut-off")
        paths.folder.mkdir(parents=True)
        write_spec(paths.spec, project.settings)
        journal = Journal(paths.journal)
        journal.append(
            "run_started", run=paths.name, pid=2**22 - 3, process_started=1.0, host="elsewhere",
            first_epoch=0, last_epoch=9, steps_per_epoch=4, seed=1, device={"name": "cpu"},
            versions={}, callbacks=[], monitor="val_loss", mode="min",
        )  # fmt: skip
        for epoch in range(epochs):
            logs = {"loss": 1.0 / (epoch + 1), "val_loss": 1.2 / (epoch + 1)}
            journal.append("epoch_ended", epoch=epoch, logs=logs, seconds=0.1)
        journal.append("run_ended", outcome="interrupted", reason="process_gone", epochs=epochs)
        journal.close()
    return paths.name


def test_reading_is_told_and_can_be_cancelled(window, tmp_path, qtbot):
    file = tmp_path / "lab" / "measured.csv"
    file.parent.mkdir()
    file.write_text("a,b\n" + "1,2\n" * 50, encoding="utf-8")
    main = window()
    cancel = main.findChild(QPushButton, "start.cancel")
    zone = main.findChild(QWidget, "start.drop")
    assert not cancel.isVisible()
    main.projects.take_file(file)
    assert cancel.isVisible() and not zone.isEnabled()

    cancel.click()
    assert not cancel.isVisible() and zone.isEnabled()
    # What comes in after it is all that is heard of.
    main.projects.take_file(file)
    qtbot.waitUntil(lambda: main.session is not None, timeout=READ_MS)
    assert data_folder() == str(file.parent), "the next file is looked for beside this one"
    main.projects.leave()
    assert zone.isEnabled() and not cancel.isVisible()


def test_pressing_an_example_makes_its_project(window, qtbot):
    main = window()
    qtbot.waitUntil(lambda: len(main.projects.start.examples) >= 4, timeout=READ_MS)
    card = main.findChild(QWidget, "start.example.penguins")

    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: main.session is not None, timeout=READ_MS)
    assert main.session.project.name == "Penguins"
    assert main.session.project.folder.parent == main.settings.projects_folder
    assert main.page == "data"
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)


def test_an_example_opens_by_enter(window, qtbot):
    main = window()
    qtbot.waitUntil(lambda: len(main.projects.start.examples) >= 4, timeout=READ_MS)
    card = main.findChild(QWidget, "start.example.diabetes")
    card.setFocus(Qt.FocusReason.TabFocusReason)

    qtbot.keyClick(card, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: main.session is not None, timeout=READ_MS)
    assert main.session.spec.get("fit.y") == ["progression"]
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)


def test_recent_projects_are_listed_and_opened(window, example, qtbot):
    folder = example("penguins")
    main = window()
    page = main.frame.start_page
    qtbot.waitUntil(lambda: any(row.looked_at for row in page.rows()), timeout=READ_MS)
    row = main.frame.start_page.rows()[0]

    assert (row.name, row.runs, row.when) == ("Penguins", 0, "Today")
    item = main.findChild(QWidget, "start.recent.Penguins")
    qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: main.session is not None, timeout=READ_MS)
    assert main.session.project.folder == folder
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)


def test_a_run_that_was_cut_off_is_offered_to_go_on(window, example, qtbot):
    folder = example("penguins")
    run = interrupted_run(folder)
    main = window()
    qtbot.waitUntil(lambda: main.frame.start_page.recovery.isVisible(), timeout=READ_MS)
    chosen = []
    main.frame.start_page.continue_chosen.disconnect()
    main.frame.start_page.continue_chosen.connect(lambda *which: chosen.append(which))

    sentence = main.frame.start_page.recovery.sentence.sentence()
    assert "**Penguins** was cut off in epoch 4" in sentence
    assert main.frame.start_page.recovery.button.text() == "Continue from epoch 3"
    main.frame.start_page.recovery.button.click()
    assert chosen == [(folder, run)]


def test_a_project_that_has_moved_can_be_forgotten(window, example, qtbot):
    folder = example("penguins")
    folder.rename(folder.with_name("elsewhere"))
    main = window()
    qtbot.waitUntil(lambda: bool(main.frame.start_page.rows()), timeout=READ_MS)
    assert main.frame.start_page.rows()[0].missing

    item = main.findChild(QWidget, "start.recent.Penguins")
    item._forget.click()

    assert main.frame.start_page.rows() == []
    qtbot.waitUntil(lambda: projects.recent_projects() == [], timeout=READ_MS)


def test_all_examples_are_shown_on_request(qtbot):
    model = StartModel(Background())
    page = StartPage(model)
    qtbot.addWidget(page)
    model.examples = [ExampleCardData(f"e{n}", f"Title {n}", "What", "Facts") for n in range(6)]
    model.changed.emit()
    assert len(page._cards) == 4
    assert page.all_examples.text() == "All 6 examples"

    page.all_examples.click()

    assert len(page._cards) == 6
    model.background.close()


def test_days_in_words():
    noon = time.mktime((2026, 3, 10, 12, 0, 0, 0, 0, -1))
    assert day_words(noon - 3600, now=noon) == "Today"
    assert day_words(noon - 86_400, now=noon) == "Yesterday"
    assert day_words(noon - 20 * 86_400, now=noon) == "18 Feb"
    assert day_words(noon - 400 * 86_400, now=noon) == "3 Feb 2025"
