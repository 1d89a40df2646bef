"""From an example's data to its History: the real window, the real worker, one click on Train."""

import json

import pytest
from PySide6.QtWidgets import QPushButton

from fitstudio.gui.window.unattended import Unattended
from tests.gui.conftest import READ_MS

TRAINED_MS = 240_000


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("name", "epochs", "accuracy"),
    [("penguins", 12, 0.8), ("digits", 3, 0.5), ("bearings", 3, None)],
)
def test_train_writes_history_and_checkpoints(window, example, qtbot, name, epochs, accuracy):
    main = window(example(name, {"fit.epochs": epochs, "run.threads": 1}))
    session = main.session
    button = main.findChild(QPushButton, "button.train")
    qtbot.waitUntil(lambda: session.resolved.facts is not None, timeout=READ_MS)

    button.click()

    assert main.page == "monitor"
    assert not button.isEnabled()
    qtbot.waitUntil(lambda: session.running is not None, timeout=READ_MS)
    qtbot.waitUntil(lambda: main.findChild(QPushButton, "button.stop").isVisible(), timeout=READ_MS)
    assert main.frame.rail.items["monitor"].state() == "running"
    qtbot.waitUntil(lambda: bool(session.runs) and session.running is None, timeout=TRAINED_MS)

    run = session.runs[-1]
    assert run.outcome == "completed", run.sentence
    folder = session.project.folder / "runs" / run.run
    history = json.loads((folder / "history.json").read_text())
    assert len(history["history"]["loss"]) == epochs
    assert history["history"]["loss"][-1] < history["history"]["loss"][0]
    if accuracy is not None:
        assert max(history["history"]["val_accuracy"]) > accuracy
    assert (folder / "checkpoints" / "best").is_dir()
    assert (folder / "history.h5").exists() and (folder / "history.csv").exists()
    qtbot.waitUntil(button.isVisible, timeout=READ_MS)
    assert main.frame.rail.items["runs"].accessibleName().startswith("Runs, 1 run")


@pytest.mark.timeout(180)
def test_stop_keeps_what_was_learned(window, example, qtbot):
    main = window(example("penguins", {"fit.epochs": 2000, "run.threads": 1}))
    session = main.session
    main.commands["train"].trigger()
    qtbot.waitUntil(lambda: session.running is not None, timeout=READ_MS)
    qtbot.waitUntil(lambda: session.running.epochs >= 2, timeout=TRAINED_MS)

    main.findChild(QPushButton, "button.stop").click()

    qtbot.waitUntil(lambda: session.running is None, timeout=TRAINED_MS)
    assert session.runs[-1].outcome == "stopped"
    folder = session.project.folder / "runs" / session.runs[-1].run
    assert (folder / "checkpoints" / "best").is_dir()


@pytest.mark.timeout(180)
def test_the_run_goes_on_without_the_window_and_is_found_again(window, example, qtbot):
    folder = example("penguins", {"fit.epochs": 4000, "run.threads": 1})
    first = window(folder)
    first.commands["train"].trigger()
    qtbot.waitUntil(lambda: first.session.running is not None, timeout=READ_MS)
    first.session.runs = []  # as after "Keep training"
    first.close()

    second = window(folder)
    qtbot.waitUntil(lambda: second.session.running is not None, timeout=READ_MS)
    before = second.session.running.epochs
    qtbot.waitUntil(
        lambda: second.session.running is not None and second.session.running.epochs > before,
        timeout=TRAINED_MS,
    )

    second.commands["stop"].trigger()
    qtbot.waitUntil(lambda: second.session.running is None, timeout=TRAINED_MS)


def test_an_unattended_start_trains_an_example(window, qtbot, monkeypatch):
    main = window()
    left = []
    unattended = Unattended(main, example="penguins", train=True, exit_when_done=False)
    monkeypatch.setattr(unattended, "_leave", lambda status, words: left.append((status, words)))
    unattended.begin()

    qtbot.waitUntil(
        lambda: main.session is not None and bool(main.session.runs), timeout=TRAINED_MS
    )
    assert unattended._pressed
    main.session.stop("batch")
    qtbot.waitUntil(lambda: main.session.running is None, timeout=TRAINED_MS)
    unattended._timer.stop()
    assert left == []
