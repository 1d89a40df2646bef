"""The Monitor page on recorded runs: what it shows, with which names, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QTableView, QWidget

from fitstudio.declared.run_spec import RunSpec
from fitstudio.gui.pages.monitor.page import MonitorPage
from fitstudio.project import Project
from fitstudio.project.lock import run_lock
from fitstudio.project.run_files import About, write_spec
from tests.recorded_project import add_run, new_project, open_session
from tests.recorded_runs import RecordedRun, curves


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path)


@pytest.fixture
def live(project: Project) -> Iterator[RecordedRun]:
    """A run that is being trained: its lock is held."""
    folder = project.paths.runs / "0002-live"
    run = RecordedRun(
        folder, epochs=20, callbacks=[{"kind": "EarlyStopping", "patience": 5}], steps=50
    )
    write_spec(folder / "run.json", RunSpec(fit={"epochs": 20}))
    About(title="Live").write(folder / "about.json")
    with run_lock(folder):
        yield run.start()
    run.close()


@pytest.fixture
def shown(project: Project, qtbot) -> Iterator[Callable[[], MonitorPage]]:
    """Makes the page for the project's newest run, and delivers what the background hands back."""
    made: list[MonitorPage] = []

    def make() -> MonitorPage:
        session = open_session(project)
        page = MonitorPage(session)
        made.append(page)
        deliver = QTimer(page)
        deliver.timeout.connect(lambda: session.background.deliver(0))
        deliver.start(10)
        page.resize(824, 744)
        page.show()
        qtbot.waitUntil(lambda: page.model.state is not None, timeout=120_000)
        return page

    yield make
    for page in made:
        page.hide()
        page.deleteLater()
        QApplication.sendPostedEvents(page, 52)  # QEvent::DeferredDelete
        page.session.background.close()
        page.session.close()


def words(page: QWidget, name: str) -> str:
    found = page.findChild(QLabel, name)
    assert found is not None, name
    return found.text()


def test_a_live_run_grows_under_ones_eyes(shown, live: RecordedRun, qtbot):
    logs = list(curves(10))
    for epoch in range(3):
        live.epoch(epoch, logs[epoch])
    page = shown()
    qtbot.waitUntil(lambda: page.page_head.title.text() == "Run 2")
    assert page.page_head.caption.whole_text() == "Live"
    loss = page.findChild(QWidget, "plot.loss")
    assert [series.key for series in loss.curves.series.values()] == ["loss", "val_loss"]
    accuracy = page.findChild(QWidget, "plot.metric.accuracy")
    assert accuracy is not None and accuracy.isVisible()
    bar = page.findChild(QProgressBar, "progress.run")
    assert bar.value() == 150

    for epoch in range(3, 6):
        live.epoch(epoch, logs[epoch])
    live.begin(6).batch(6, 24, {"loss": 0.5})
    qtbot.waitUntil(lambda: bar.value() == 325, timeout=120_000)
    assert page.findChild(QProgressBar, "progress.epoch").value() == 500
    assert "left" in words(page, "label.eta")
    assert len(loss.curves.series["loss"].x) == 6
    assert len(loss.curves.series["loss"].dots) == 300
    table = page.findChild(QTableView, "table.epochs")
    assert table.model().rowCount() == 7, "the best epoch, then all six"
    assert table.model().index(1, 0).data() == "6", "the newest first"
    titles = [paragraph.title for paragraph in page.plain_words()]
    assert titles[0] == "How it goes"


def test_one_redraw_a_tick_however_many_events(shown, live: RecordedRun, qtbot, monkeypatch):
    page = shown()
    live.begin(0)
    calls = []
    monkeypatch.setattr(page.curves, "refresh", lambda: calls.append(True))
    page._timer.stop()
    for step in range(50):
        live.batch(0, step, {"loss": 1.0})
    page.model._feed._wanted.set()
    qtbot.wait(300)
    page.model.tick()
    assert len(calls) <= 1
    page.model.tick()
    before = len(calls)
    for _ in range(5):
        page.model.tick()
    assert len(calls) == before, "nothing new, nothing drawn"


def test_a_hidden_page_draws_nothing_and_catches_up(shown, live: RecordedRun, qtbot):
    page = shown()
    page.hide()
    for epoch, logs in enumerate(curves(3)):
        live.epoch(epoch, logs)
    qtbot.waitUntil(lambda: len(page.model.state.epochs) == 3, timeout=120_000)
    assert page.curves.loss.curves.series == {} or page.epochs.rows.rowCount() == 0
    page.show()
    assert page.epochs.rows.rowCount() == 4


def test_linear_log_and_smoothing(shown, live: RecordedRun, qtbot):
    for epoch, logs in enumerate(curves(6)):
        live.epoch(epoch, logs)
    page = shown()
    scale = page.findChild(QWidget, "plot.scale")
    qtbot.keyClick(scale, Qt.Key.Key_Right)
    assert page.curves.loss.frame.log
    slider = page.findChild(QWidget, "plot.smoothing")
    slider.setValue(0)
    _, raw, smoothed = page.curves.loss.curves.series["loss"].lines(
        page.curves.loss.curves.smoothing
    )
    assert smoothed is None and len(raw) == 6


def failed_run(project: Project) -> None:
    run = RecordedRun(project.paths.runs / "0003-big", epochs=20)
    write_spec(run.folder / "run.json", RunSpec(fit={"epochs": 20}))
    run.start()
    for epoch, logs in enumerate(curves(4)):
        run.epoch(epoch, logs)
    run.saved(3).begin(4).batch(4, 2, {"loss": 0.7})
    run.end(
        "failed",
        "out_of_memory",
        error={
            "type": "OutOfMemoryError",
            "message": "The memory was not enough for a batch.",
            "details": "Traceback (most recent call last): …",
            "fixes": [{"sentence": "Batches of 128", "set": {"fit.batch_size": 128}}],
        },
    )


def test_the_card_of_a_failed_run(shown, project: Project, qtbot, monkeypatch):
    failed_run(project)
    page = shown()
    card = page.findChild(QWidget, "monitor.trouble")
    qtbot.waitUntil(card.isVisible)
    assert not page.progress.isVisible()
    qtbot.mouseClick(page.findChild(QPushButton, "monitor.copy_details"), Qt.MouseButton.LeftButton)
    assert "Traceback (most recent call last)" in QApplication.clipboard().text()
    started = []
    monkeypatch.setattr(page.session, "train", lambda: started.append(page.session.spec))
    fix = page.findChild(QPushButton, "monitor.fix.1")
    assert "batches of 128" in fix.text()
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert started[0].get("fit.batch_size") == 128
    page.session.undo()
    assert not page.session.spec.is_set("fit.batch_size")
    resumed = []
    monkeypatch.setattr(page.session, "resume", resumed.append)
    resume = page.findChild(QPushButton, "monitor.resume")
    assert "epoch 5" in resume.text()
    qtbot.mouseClick(resume, Qt.MouseButton.LeftButton)
    assert resumed == ["0003-big"]


def test_another_run_brings_its_own_metrics(shown, project: Project, qtbot):
    add_run(project, 1, title="Old", epochs=4)
    failed_run(project)
    page = shown()
    page.session.show_run("0001-old")
    qtbot.waitUntil(
        lambda: page.model.state is not None and page.page_head.title.text() == "Run 1",
        timeout=120_000,
    )
    qtbot.waitUntil(lambda: len(page.curves.loss.curves.series) == 2, timeout=120_000)
    assert not page.findChild(QWidget, "monitor.trouble").isVisible()


def test_without_a_run_it_says_what_to_do(project: Project, qtbot):
    session = open_session(project)
    page = MonitorPage(session)
    qtbot.addWidget(page)
    page.show()
    assert page._empty.isVisible()
    session.background.close()
    session.close()
