"""The queue in the window: frozen settings, their order, and the real processes that work on it."""

from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from fitstudio.actions import queue
from fitstudio.declared.run_spec import RunSpec
from fitstudio.storage import atomic


def waiting_names(page) -> list[str]:
    return [run.name for run in page.waiting.runs if run.problem is None]


def press(page, item: str, what: str) -> None:
    page.findChild(QAbstractButton, f"runs.waiting.{item}.{what}").click()


def test_waiting_runs_are_listed_moved_and_taken_out(window, example, qtbot):
    main = window(example("penguins"))
    session = main.session
    # Nobody works on this queue: it is filled without being started.
    for epochs in (11, 12, 13):
        spec: RunSpec = session.spec.with_values({"fit.epochs": epochs})
        queue.enqueue(session.project, spec, name=f"{epochs} epochs")
    main.show_page("runs")
    page = main.frame.stack.currentWidget()
    card = page.findChild(QWidget, "runs.waiting")
    qtbot.waitUntil(lambda: len(waiting_names(page)) == 3, timeout=120_000)
    assert card.isVisible()

    ids = [run.id for run in page.waiting.runs]
    press(page, ids[2], "earlier")
    qtbot.waitUntil(
        lambda: waiting_names(page) == ["11 epochs", "13 epochs", "12 epochs"], timeout=10_000
    )
    for item in ids:
        press(page, item, "remove")
    qtbot.waitUntil(lambda: waiting_names(page) == [], timeout=120_000)
    assert not card.isVisible()
    assert queue.list_items(session.project) == []

    paths = session.project.paths
    atomic.write_json(paths.queue, {"items": [{"id": "q9"}, "text"]})
    page.waiting.refresh()
    qtbot.waitUntil(lambda: len(page.waiting.runs) == 2, timeout=10_000)
    assert card.isVisible()
    press(page, "q9", "remove")
    qtbot.waitUntil(lambda: [run.can_go for run in page.waiting.runs] == [False])
    paths.queue.write_text("{")
    page.waiting.refresh()
    qtbot.waitUntil(lambda: [run.name for run in page.waiting.runs] == ["queue.json"])
    assert "cannot be read" in page.waiting.runs[0].problem
    assert not page.findChild(QAbstractButton, "runs.waiting..remove").isVisible()


def test_a_queued_run_keeps_its_settings_and_is_trained(window, example, qtbot):
    main = window(example("penguins", {"fit.epochs": 2}))
    session = main.session

    main.show_page("training")
    main.commands["queue"].trigger()
    assert main.page == "training", "who queues several stays at the settings"
    way_on = main.findChild(QPushButton, "notice.way_on")
    session.set_value("fit.epochs", 7)
    way_on.click()
    assert main.page == "runs" and main.frame.notices.texts() == []

    qtbot.waitUntil(
        lambda: any(run.outcome == "completed" for run in session.runs), timeout=120_000
    )
    assert session.runs[0].epochs == 2
    assert main.frame.stack.currentWidget().objectName() == "page.runs"
