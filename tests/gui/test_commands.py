"""Every command in every state of the window: what can be given does something, the rest not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from fitstudio.actions import projects, queue
from fitstudio.actions.run_summary import RunSummary
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.window import dialogs
from fitstudio.gui.window.main_window import MainWindow
from fitstudio.journal import Outcome
from fitstudio.viewmodel.shell.background import Job

RUN = RunSummary(run="0001-first", number=1, name="First", history={}, epochs=3)


@dataclass
class State:
    """One state of the window.

    Args:
        runs: The runs of its project.
        starting: Whether one has been asked for.
        edited: Whether there is something to undo and to redo.
        held: Whether somebody else has the project open.
        waiting: Whether a run waits in the queue.
    """

    runs: list[RunSummary] = field(default_factory=list)
    starting: bool = False
    edited: bool = False
    held: bool = False
    waiting: bool = False

    def arrange(self, main: MainWindow) -> None:
        """Brings the window into this state."""
        session = main.session
        assert session is not None
        session.runs = list(self.runs)
        session.current_run = self.runs[-1].run if self.runs else None
        session._starting = self.starting
        if self.edited:
            session.set_value("fit.epochs", 7)
            session.set_value("fit.batch_size", 9)
            session.undo()
        main._show_state()


def run(outcome: Outcome | None, phase: str = "training") -> RunSummary:
    return replace(RUN, outcome=outcome, phase=phase)


STATES: dict[str, State | None] = {
    "no project": None,
    "no run": State(),
    "edited": State(edited=True),
    "read-only": State(held=True, runs=[run(Outcome.INTERRUPTED)]),
    "read-only, training": State(held=True, runs=[run(None)]),
    "starting": State(starting=True, runs=[run(Outcome.STOPPED)]),
    "training": State(runs=[run(None)]),
    "paused": State(runs=[run(None, "paused")]),
    "completed": State(runs=[run(Outcome.COMPLETED)]),
    "stopped": State(runs=[run(Outcome.STOPPED)]),
    "cut off": State(runs=[run(Outcome.INTERRUPTED)]),
    "queue": State(runs=[run(Outcome.COMPLETED)], waiting=True),
}


class Effects:
    """What leaves the window: work for the background, questions to the person, folders shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self._monkeypatch = monkeypatch
        for name, answer in (
            ("ask_new_project", None),
            ("ask_epochs", 3),
            ("ask_on_close", dialogs.OnClose.CANCEL),
            ("show_settings", None),
            ("show_about", None),
        ):
            self._stand_in(dialogs, name, answer)
        self._stand_in(QFileDialog, "getExistingDirectory", "")
        self._stand_in(QFileDialog, "getOpenFileName", ("", ""))
        self._stand_in(QDesktopServices, "openUrl", True)

    def watch(self, main: MainWindow) -> None:
        """From now on background work is noted and not done."""
        self._stand_in(main.background, "run", Job())

    def _stand_in(self, owner: Any, name: str, answer: Any) -> None:
        def note(*_given: Any, **_named: Any) -> Any:
            self.seen.append(name)
            return answer

        self._monkeypatch.setattr(owner, name, note)


def footprint(main: MainWindow, effects: Effects) -> tuple[Any, ...]:
    """Everything that a command may change."""
    session = main.session
    viewer = main.help.viewer
    return (
        list(effects.seen),
        main.page,
        main.isVisible(),
        main.windowState(),
        theme().mode,
        viewer is not None and viewer.isVisible(),
        main.frame.panel.isVisibleTo(main),
        main.settings.panel_shown,
        main.focusWidget(),
        session and session.project.folder,
        session and session.spec,
        session and session.starting,
    )


def prepare(main: MainWindow, state: State | None, name: str) -> None:
    """The state anew, on a page and in a look that the command would leave."""
    theme().apply(Mode.DARK if name == "look_light" else Mode.LIGHT)
    main.show_page("data" if name == "page_training" else "training")
    if main.help.viewer is not None:
        main.help.viewer.close()
    main.setFocus()
    if state is not None:
        state.arrange(main)


@pytest.fixture
def in_state(window, example, monkeypatch) -> Callable[[str], Any]:
    """Opens the window in a state."""

    @contextmanager
    def make(name: str) -> Iterator[tuple[MainWindow, State | None, Effects]]:
        state = STATES[name]
        folder: Path | None = example("penguins") if state is not None else None
        holder = projects.open_project(folder) if folder and state and state.held else None
        if folder and state and state.waiting:
            with projects.open_project(folder) as project:
                queue.enqueue(project, project.settings)
        effects = Effects(monkeypatch)
        main = window(folder)
        effects.watch(main)
        yield main, state, effects
        if main.session is not None:
            main.session.runs = []
        if holder is not None:
            holder.close()

    return make


@pytest.mark.parametrize("name", STATES)
def test_a_command_is_enabled_where_it_does_something(in_state, name):
    with in_state(name) as (main, state, effects):
        wrong = []
        names = sorted(main.commands.actions, key=lambda each: each in ("start", "quit"))
        for command in names:
            prepare(main, state, command)
            refusal = main.commands.refusal(command, main.session, main.page_stack.current)
            action = main.commands[command]
            assert action.isEnabled() is (refusal is None), command
            if refusal is not None:
                assert refusal.endswith("."), command
                assert refusal in action.toolTip(), command
            before = footprint(main, effects)
            main.commands.give(command)
            if (footprint(main, effects) != before) is not (refusal is None):
                wrong.append(f"{command}: {refusal or 'enabled, and does nothing'}")
        assert wrong == []


@pytest.mark.parametrize("name", STATES)
def test_the_buttons_of_the_header_are_those_of_the_menu(in_state, name):
    with in_state(name) as (main, state, _effects):
        prepare(main, state, "train")
        header = main.frame.header
        paused = main.session is not None and main.session.paused
        for button, command in (
            (header.train, "train"),
            (header.stop, "stop"),
            (header.pause, "resume" if paused else "pause"),
        ):
            assert button.isEnabled() is main.commands[command].isEnabled(), command
            assert button.toolTip() == main.commands[command].toolTip(), command


def test_every_command_is_done_by_somebody(window):
    assert window().commands.unbound() == []
