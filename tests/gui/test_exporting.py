"""Exporting from the Predict page: a format is chosen, a file is written, the proof is told."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from fitstudio.actions import projects, runs
from fitstudio.gui.pages.predict.export_dialog import ExportDialog
from tests.gui.conftest import READ_MS

pytest.importorskip("onnxruntime")


@pytest.fixture
def page(window, example):
    folder = example("penguins", {"fit.epochs": 2})
    with projects.open_project(folder) as project:
        runs.start_run(project).wait()
    main = window(folder)
    main.show_page("predict")
    return main.frame.stack.currentWidget()


def test_a_model_is_exported_and_what_was_proven_is_told(page, qtbot, tmp_path, monkeypatch):
    qtbot.waitUntil(lambda: page.model.run is not None, timeout=READ_MS)
    target = tmp_path / "penguins.onnx"
    suggested: list[str] = []

    def where(_window, _title, place, _kinds):
        suggested.append(place)
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", where)
    monkeypatch.setattr(ExportDialog, "ask", lambda _: 0)
    page._export.click()
    assert not page._export.isEnabled(), "one at a time"
    assert "being written" in page._exported.sentence.text()

    qtbot.waitUntil(lambda: not page.exporting.busy, timeout=READ_MS)
    assert page.exporting.problem is None
    assert Path(suggested[0]).suffix == ".onnx"
    assert target.stat().st_size > 1_000
    assert "onnxruntime, without FitStudio, gave the same answers" in page.exporting.sentence()
    assert page._export.isEnabled()


def test_a_format_that_does_not_suit_says_why(page, qtbot, tmp_path, monkeypatch):
    qtbot.waitUntil(lambda: page.model.run is not None, timeout=READ_MS)
    missing = tmp_path / "no such folder" / "model.onnx"
    page.exporting.export(page.model.run, page.exporting.formats[0], missing)
    qtbot.waitUntil(lambda: not page.exporting.busy, timeout=READ_MS)
    assert "There is no folder" in page.exporting.sentence()


def test_every_format_can_be_chosen(page):
    dialog = ExportDialog(page.exporting.formats, page)
    for number, format in enumerate(page.exporting.formats):
        dialog._group.button(number).click()
        assert dialog.format() is format
    dialog.deleteLater()
