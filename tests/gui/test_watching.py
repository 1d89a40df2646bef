"""From Train to an answer with the real window and the real worker: watch, measure, predict."""

from __future__ import annotations

import json

import pytest
from PySide6.QtWidgets import QProgressBar, QTableView, QWidget

from fitstudio.viewmodel.predict.stage import Stage
from tests.gui.conftest import READ_MS

TRAINED_MS = 240_000


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_run_is_watched_measured_and_used(window, example, qtbot):
    folder = example("penguins", {"fit.epochs": 4})
    main = window(folder)
    qtbot.waitUntil(lambda: main.session.resolved.ok, timeout=READ_MS)
    main.runs.train()
    assert main.page == "monitor"
    qtbot.waitUntil(
        lambda: any(run.outcome is not None for run in main.session.runs), timeout=TRAINED_MS
    )
    monitor = main.pages["monitor"]
    qtbot.waitUntil(lambda: monitor.model.badge().text == "Done", timeout=READ_MS)
    qtbot.waitUntil(lambda: monitor.findChild(QProgressBar, "progress.run").value() == 1000)
    loss = monitor.findChild(QWidget, "plot.loss")
    written = json.loads((monitor.model.shown.folder / "history.json").read_text("utf-8"))
    history = written.get("history", written)
    assert list(loss.curves.series["loss"].y) == history["loss"]
    assert list(loss.curves.series["val_loss"].y) == history["val_loss"]
    assert len(loss.curves.series["loss"].dots) == 4 * monitor.model.state.steps_per_epoch
    assert monitor.findChild(QWidget, "plot.metric.accuracy") is not None

    main.show_page("results")
    results = main.pages["results"]
    qtbot.waitUntil(lambda: results.model.state == "ready", timeout=READ_MS)
    assert results.model.confusion().total == results.model.results.rows["validation"]

    main.show_page("runs")
    qtbot.waitUntil(lambda: main.pages["runs"].rows.rowCount() == 1)

    main.show_page("predict")
    predict = main.pages["predict"]
    predict.model.choose_file(next((folder / "data").glob("*.csv")))
    qtbot.waitUntil(lambda: predict.model.stage is Stage.READY, timeout=READ_MS)
    predict._go.click()
    qtbot.waitUntil(lambda: predict.model.stage is Stage.DONE, timeout=TRAINED_MS)
    table = predict.findChild(QTableView, "table.predictions")
    assert table.model().rowCount() == predict.model.report.rows
    assert predict.model.scores[0].title == "Accuracy"
