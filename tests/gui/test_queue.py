"""The queue in the window: frozen settings, their order, and the real processes that work on it."""

import json

from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from fitstudio.actions import queue
from fitstudio.declared.run_spec import RunSpec
from fitstudio.gui.widgets.labels import Sentence


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


def test_the_runs_page_tells_of_entries_that_cannot_be_read(window, example, qtbot):
    folder = example("penguins")
    main = window(folder)
    session = main.session
    queue.enqueue(session.project, session.spec, name="Waits")
    file = session.project.paths.queue
    content = json.loads(file.read_text("utf-8"))
    content["items"].append({"id": 5, "of": "a later version"})
    file.write_text(json.dumps(content), encoding="utf-8")
    main.show_page("runs")
    page = main.frame.stack.currentWidget()
    told = page.findChild(Sentence, "runs.waiting.unreadable")
    qtbot.waitUntil(told.isVisible, timeout=120_000)

    words = "1 entry of queue.json cannot be read, and is left as it is."
    assert (told.sentence(), waiting_names(page)) == (words, ["Waits"])
    press(page, page.waiting.runs[0].id, "remove")
    qtbot.waitUntil(lambda: waiting_names(page) == [], timeout=120_000)
    assert told.isVisible()
    assert json.loads(file.read_text("utf-8"))["items"] == content["items"][1:]

    file.write_text("[]", encoding="utf-8")
    page.waiting.refresh()
    qtbot.waitUntil(lambda: "no queue that can be read" in told.sentence(), timeout=120_000)
    file.unlink()
    page.waiting.refresh()
    qtbot.waitUntil(lambda: not told.isVisible(), timeout=120_000)


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
