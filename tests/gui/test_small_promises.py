"""Small things that the window says: what changed, which project did what, who is primary."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QPushButton

from fitstudio.actions import projects
from fitstudio.actions.run.run_summary import RunSummary
from fitstudio.gui.pages.runs.run_delegate import in_two_lines
from fitstudio.viewmodel.runs.run_words import changed_words
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.start.page import StartModel
from tests.gui.conftest import READ_MS
from tests.recorded_project import CLASS_RESULTS, add_run
from tests.recorded_runs import RecordedRun


def line_with(*changes: dict) -> RunSummary:
    return RunSummary(run="0002-x", number=2, name="x", history={}, changes=changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            [{"key": "fit.callbacks", "theirs": None, "mine": [{"kind": "EarlyStopping"}]}],
            "callbacks none → EarlyStopping",
        ),
        ([{"key": "fit.epochs", "theirs": 349, "mine": 20000}], "epochs 349 → 20,000"),
        ([{"key": "compile.learning_rate", "theirs": None, "mine": 0.1}], "rate automatic → 0.1"),
        (
            [
                {"key": "compile.learning_rate", "theirs": 0.002, "mine": 0.003},
                {"key": "fit.epochs", "theirs": 15, "mine": 25},
            ],
            "rate 0.002 → 0.003, epochs 15 → 25",
        ),
    ],
)
def test_what_changed_is_said_whole(changes, words):
    assert changed_words(line_with(*changes))[0] == words


def test_a_long_text_takes_two_lines_before_it_is_cut(qapp):
    metrics = QFontMetricsF(QFont())
    width = metrics.horizontalAdvance("callbacks none →") + 2

    assert in_two_lines("short", width, metrics) == ["short"]
    lines = in_two_lines("callbacks none → EarlyStop", width, metrics)
    assert lines == ["callbacks none →", "EarlyStop"]
    longer = in_two_lines("callbacks none → EarlyStopping and more and more", width, metrics)
    assert longer[0] == "callbacks none →" and longer[1].endswith("…")


def test_there_is_one_primary_button(window, example, qtbot):
    folder = example("penguins")
    with projects.open_project(folder) as project:
        run = RecordedRun(project.paths.runs / "0001-bad", epochs=5)
        run.start().begin(0).batch(0, 2, {"loss": 0.7})
        fix = {"sentence": "Batches of 128", "set": {"fit.batch_size": 128}}
        error = {"type": "OutOfMemoryError", "message": "It was not enough.", "details": "…"}
        run.end("failed", "out_of_memory", error={**error, "fixes": [fix]})
    main = window(folder)
    qtbot.waitUntil(lambda: bool(main.session.runs), timeout=READ_MS)

    def primaries() -> list[str]:
        return [
            button.objectName()
            for button in main.findChildren(QPushButton)
            if button.isVisible() and button.property("kind") == "primary"
        ]

    main.show_page("training")
    qtbot.waitUntil(lambda: primaries() == ["button.train"])
    main.show_page("monitor")
    qtbot.waitUntil(lambda: primaries() == ["monitor.fix.1"], timeout=READ_MS)
    main.show_page("training")
    qtbot.waitUntil(lambda: primaries() == ["button.train"])


def test_find_is_greyed_with_its_reason_while_there_are_no_runs(window, example):
    main = window(example("penguins"))
    main.show_page("runs")

    assert not main.commands["find"].isEnabled()
    assert main.commands["find"].toolTip() == "There are no runs to search yet."


def test_start_lists_every_project_and_tells_what_each_achieves(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("FITSTUDIO_HOME", str(tmp_path / "home"))
    for number in range(6):
        with projects.create_project(tmp_path / f"p{number}") as project:
            add_run(project, 1, epochs=4, results=CLASS_RESULTS)
    background = Background()
    start = StartModel(background)
    start.load()
    while not all(row.looked_at for row in start.recent) or not start.recent:
        assert background.deliver(60)

    assert (len(start.recent), len(start.more)) == (4, 2)
    assert {row.score for row in start.recent} == {"85.0 % of 20 rows right"}
    start.show_all()
    assert (len(start.recent), start.more) == (6, [])
    while not all(row.looked_at for row in start.recent):
        assert background.deliver(60)
    background.close()
