"""A second file on the Data page: added, joined by a column, renamed, removed, and all undone."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from fitstudio.actions import projects
from fitstudio.gui.window.main_window import MainWindow

READ_MS = 120_000
ROWS = 40


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    draw = np.random.default_rng(2)
    spectra = draw.normal(size=(ROWS, 8))
    lines = [f"S{n:02d},{spectra[n].sum():.4f}" for n in draw.permutation(ROWS)[:-3]]
    (tmp_path / "samples.csv").write_text("\n".join(["sample,heat", *lines]) + "\n")
    with h5py.File(tmp_path / "spectra.h5", "w") as file:
        file["spectrum"] = spectra
        file["sample"] = np.array([f"S{n:02d}" for n in range(ROWS)], dtype="S")
    projects.create_project(tmp_path / "p", data=tmp_path / "spectra.h5").close()
    return tmp_path


def press(number: int, text: str | None = None) -> None:
    """Answers the next question with a button, after typing a text into its field."""

    def answer() -> None:
        question = QApplication.activeModalWidget()
        if text is not None:
            question.findChild(QWidget, "rename.name").setText(text)
        question.buttons[number].click()

    QTimer.singleShot(0, answer)


def settled(main: MainWindow, qtbot) -> None:
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)


def test_a_second_file_is_added_joined_renamed_and_removed(window, lab, qtbot):
    main = window(lab / "p")
    main.show_page("data")
    settled(main, qtbot)
    session = main.session
    page = main.findChild(QWidget, "page.data")
    card = page.findChild(QWidget, "data.sources")
    assert not card.isVisibleTo(page)

    press(0)
    main.projects.take_file(lab / "samples.csv")
    qtbot.waitUntil(lambda: len(session.spec.get("data.sources")) == 2, timeout=READ_MS)
    settled(main, qtbot)
    # Not as many rows: they were found by the column that both have and that names the new rows.
    assert session.spec.get("data.sources.samples.by") == "sample"
    assert session.spec.get("fit.y") == ["samples/heat"]
    assert session.spec.get("fit.x") == ["spectra/spectrum"]
    assert session.summary is not None and len(session.summary.sources) == 2
    assert card.isVisibleTo(page)
    line = card.line("samples")
    assert line.facts.whole_text().startswith("samples.csv · 37 rows, 2 columns")
    assert line.told.text() == "3 rows find none"
    assert line.by.value() == "sample" and line.to.value() == "sample"
    assert not card.line("spectra").by.isVisibleTo(page)
    assert page._file_card.isVisibleTo(page)
    qtbot.waitUntil(lambda: page.table.model().index(0, 0).data() is not None, timeout=READ_MS)

    # Row by row they do not fit: the page says so, and the list lets it be changed back.
    line.by.setValue(None)
    settled(main, qtbot)
    assert session.data_problem is not None
    assert "has 40 rows" in session.data_problem.message
    assert card.isVisibleTo(page)
    qtbot.waitUntil(lambda: line.by.offers("sample"), timeout=READ_MS)
    line.by.setValue("sample")
    settled(main, qtbot)
    assert session.data_problem is None

    press(0, "chemistry")
    card.line("samples").buttons["rename"].click()
    settled(main, qtbot)
    assert session.spec.get("fit.y") == ["chemistry/heat"]
    assert session.summary is not None and session.resolved.ok

    card.line("chemistry").buttons["remove"].click()
    settled(main, qtbot)
    assert session.spec.get("fit.x") == ["spectrum"] and session.spec.get("fit.y") is None
    assert session.spec.get("data.file").endswith("spectra.h5")
    assert not card.isVisibleTo(page)

    for _ in range(5):
        main.commands["undo"].trigger()
    settled(main, qtbot)
    assert len(session.spec.get("data.sources")) == 1
    assert session.spec.get("fit.x") == ["spectrum"]


def test_a_name_that_cannot_be_is_asked_for_again(window, lab, qtbot):
    main = window(lab / "p")
    main.show_page("data")
    settled(main, qtbot)
    press(0)
    main.projects.take_file(lab / "samples.csv")
    qtbot.waitUntil(lambda: len(main.session.spec.get("data.sources")) == 2, timeout=READ_MS)
    settled(main, qtbot)
    line = main.findChild(QWidget, "data.sources").line("samples")

    def refused_then_cancelled() -> None:
        press(1)
        question = QApplication.activeModalWidget()
        question.findChild(QWidget, "rename.name").setText("a/b")
        question.buttons[0].click()

    QTimer.singleShot(0, refused_then_cancelled)
    line.buttons["rename"].click()
    assert list(main.session.spec.get("data.sources")) == ["spectra", "samples"]


def test_a_second_file_can_be_used_instead_or_not_at_all(window, lab, qtbot):
    main = window(lab / "p")
    main.show_page("data")
    settled(main, qtbot)
    before = main.session.spec

    press(2)
    main.projects.take_file(lab / "samples.csv")
    assert main.session.spec == before

    press(1)
    main.projects.take_file(lab / "samples.csv")
    qtbot.waitUntil(lambda: "samples" in main.session.spec.get("data.sources"), timeout=READ_MS)
    settled(main, qtbot)
    assert list(main.session.spec.get("data.sources")) == ["samples"]
    assert main.session.summary is not None and main.session.summary.sources == ()
