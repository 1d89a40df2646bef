"""A folder of pictures in the window: dropped, shown by class, trained, and read otherwise."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from fitstudio.actions import projects, runs
from fitstudio.gui.pages.data.picture_grid import PictureView
from tests.gui.conftest import READ_MS

KINDS = ("circle", "square")


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "shapes"
    places = np.hypot(*np.mgrid[-8:8, -8:8])
    for number, kind in enumerate(KINDS):
        (made / kind).mkdir(parents=True)
        for n in range(10):
            values = np.where(places < 6 if number else places > 6, 40 + 20 * n, 10)
            Image.fromarray(values.astype(np.uint8)).save(made / kind / f"{n}.png")
    return made


def views(page) -> list[PictureView]:
    return page._file_card.pictures.findChildren(PictureView)


def test_a_dropped_folder_becomes_a_project_that_shows_its_pictures_by_class(
    window, folder, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setenv("FITSTUDIO_HOME", str(tmp_path / "home"))
    main = window()
    main.projects.take_file(folder)
    qtbot.waitUntil(lambda: main.session is not None, timeout=READ_MS)
    main.show_page("data")
    page = main.frame.stack.currentWidget()
    qtbot.waitUntil(lambda: bool(views(page)), timeout=READ_MS)

    assert len(views(page)) == 12
    session = main.session
    assert (session.spec.get("fit.x"), session.spec.get("fit.y")) == (["picture"], ["class"])
    guesses = page._file_card.guesses.texts()
    assert guesses == ["16 × 16 points", "Grey", "One folder a class", "Change"]
    names = {view.accessibleName() for view in views(page)}
    assert {"circle/0.png, circle", "square/0.png, square"} <= names

    before = views(page)
    session.set_many({"fit.epochs": 3}, "Epochs")
    qtbot.wait(50)
    assert views(page) == before, "a setting that has nothing to do with them changes nothing"


def test_a_folder_is_added_by_its_button(window, folder, example, qtbot, monkeypatch):
    main = window(example("penguins"))
    main.show_page("data")
    page = main.frame.stack.currentWidget()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    page._folder_button.click()

    qtbot.waitUntil(lambda: main.session.spec.get("data.file") == str(folder), timeout=READ_MS)
    qtbot.waitUntil(lambda: bool(views(page)), timeout=READ_MS)
    assert main.session.spec.get("data.kind") == "pictures"
    main.session.undo()
    qtbot.waitUntil(lambda: not page._file_card.pictures.isVisibleTo(page), timeout=READ_MS)


def test_pictures_in_other_files_are_shown_as_well(window, example, qtbot):
    main = window(example("digits"))
    main.show_page("data")
    page = main.frame.stack.currentWidget()
    qtbot.waitUntil(lambda: bool(views(page)), timeout=READ_MS)
    assert len(views(page)) == 14  # two of each of the seven commonest


def test_a_table_has_no_pictures(window, example, qtbot):
    main = window(example("penguins"))
    main.show_page("data")
    page = main.frame.stack.currentWidget()
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)
    assert not page._file_card.pictures.isVisibleTo(page)


def test_a_model_of_pictures_answers_for_a_folder(window, folder, qtbot, tmp_path, monkeypatch):
    with projects.create_project(tmp_path / "project", data=folder) as project:
        project.settings = project.settings.with_values({"fit.epochs": 1, "model.filters": [4]})
        runs.start_run(project).wait()
    main = window(tmp_path / "project")
    main.show_page("predict")
    page = main.frame.stack.currentWidget()
    qtbot.waitUntil(lambda: page.model.takes_folder, timeout=READ_MS)
    assert page._choose.text().strip() == "Choose a folder"
    assert page._empty.title.text() == "Drop a folder of pictures here"

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    page._choose.click()
    qtbot.waitUntil(page._go.isEnabled, timeout=READ_MS)
    page._go.click()
    qtbot.waitUntil(lambda: page.model.report is not None, timeout=READ_MS)
    assert page.model.report.predicted == 20
