"""A window that may not write: nothing in it trains or changes anything, each control says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton

from fitstudio.actions import projects, queue, requests, runs
from fitstudio.errors import ProjectError
from fitstudio.project import Project
from tests.recorded_project import CLASS_RESULTS, add_run

WRITING_COMMANDS = (
    "train", "queue", "extend", "resume", "pause", "stop", "stop_epoch", "stop_now", "snapshot",
    "add_data",
)  # fmt: skip


@pytest.fixture
def held(example) -> Callable[[], tuple[Path, Project]]:
    """A project with an ended run that another window holds."""

    def make() -> tuple[Path, Project]:
        folder = example("penguins")
        holder = projects.open_project(folder)
        add_run(holder, 1, title="First", results=CLASS_RESULTS)
        return folder, holder

    return make


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_nothing_that_writes_can_be_pressed(window, held, qtbot):
    folder, holder = held()
    made = window(folder)
    session = made.session
    assert session.read_only
    qtbot.waitUntil(lambda: bool(session.runs))
    for page in ("data", "model", "training", "monitor", "results", "runs"):
        made.show_page(page)
    for name in WRITING_COMMANDS:
        action = made.commands[name]
        assert not action.isEnabled(), name
        assert session.read_only in action.toolTip(), name
    assert not made.frame.header.train.isEnabled()
    assert session.read_only in made.frame.header.train.toolTip()
    for name in ("data.add", "data.change", "runs.new_like"):
        button = made.findChild(QAbstractButton, name)
        assert not button.isEnabled(), name
        assert session.read_only in button.toolTip(), name
    for button in made.findChildren(QAbstractButton):
        if button.objectName().startswith(("data.fix.", "monitor.fix.", "monitor.resume")):
            assert not button.isEnabled(), button.objectName()
    before = _files(folder)
    made.runs.train()
    made.pages["data"]._header._open(0)
    assert made.pages["data"].findChild(type(made.commands.recent_menu), "menu.role") is None
    assert _files(folder) == before
    assert any("cannot be changed here" in text for text in made.frame.notices.texts())
    holder.close()


def test_the_actions_refuse_too(held):
    folder, holder = held()
    other = projects.open_project(folder)
    assert other.read_only is not None
    before = _files(folder)
    for act in (
        lambda: runs.start_run(other),
        lambda: requests.extend_run(other, 1, 5),
        lambda: requests.resume_run(other, 1),
        lambda: requests.discard_run(other, 1),
        lambda: requests.kill_run(other, 1),
        lambda: requests.pause_run(other, 1),
        lambda: runs.rename_run(other, 1, "x"),
        lambda: runs.note_run(other, 1, "x"),
        lambda: runs.star_run(other, 1),
        lambda: queue.enqueue(other),
        lambda: queue.start(other),
        lambda: other.save(),
    ):
        with pytest.raises(ProjectError, match="cannot be changed here"):
            act()
    assert _files(folder) == before
    holder.close()


def test_who_comes_to_add_runs_may_while_a_window_is_open(held):
    folder, holder = held()
    visitor = projects.open_project(folder, read_only=True)
    assert visitor.read_only is not None
    runs.note_run(visitor, 1, "seen")
    queue.enqueue(visitor)
    holder.close()
