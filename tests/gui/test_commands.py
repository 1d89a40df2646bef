"""Every command in every state of the window: what can be given does something, the rest not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from fitstudio.actions import projects, queue
from fitstudio.actions.run.run_summary import RunSummary
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.window.dialogs import about, questions, settings
from fitstudio.gui.window.main_window import MainWindow
from fitstudio.journal import Outcome
from fitstudio.viewmodel.shell.background import Job

# What no run bears upon is tried in one state of a project.
ANYWHERE = {
    *(f"page_{entry.name}" for entry in PAGES),
    *("new_project", "open_project", "show_folder", "settings", "find", "panel", "full_screen"),
    *("look_system", "look_light", "look_dark", "help", "about"),
}
RUN = RunSummary(run="0001-first", number=1, name="First", history={}, epochs=3)


@dataclass
class State:
    """One state of the window.

    Args:
        runs: The runs of its project.
        starting: Whether one has been asked for.
        edited: Whether there is something to undo and to redo.
        waiting: Whether a run waits in the queue.
    """

    runs: list[RunSummary] = field(default_factory=list)
    starting: bool = False
    edited: bool = False
    waiting: bool = False

    def arrange(self, main: MainWindow) -> None:
        """Brings the window into this state."""
        session = main.session
        if session is None:
            return  # the project was left
        session.runs = list(self.runs)
        session.current_run = self.runs[-1].run if self.runs else None
        session._starting = self.starting
        if self.waiting and session.read_only is None and not queue.list_items(session.project):
            queue.enqueue(session.project, session.spec)
        session.edits.clear()
        if self.edited:
            session.set_value("fit.epochs", 7)
            session.set_value("fit.batch_size", 9)
            session.undo()
        main._show_state()


def run(outcome: Outcome | None, phase: str = "training") -> RunSummary:
    return replace(RUN, outcome=outcome, phase=phase)


FIRST = State()
LAST = State(runs=[run(Outcome.COMPLETED)])
STATES = {
    "no run": FIRST,
    "edited": State(edited=True),
    "starting": State(starting=True, runs=[run(Outcome.STOPPED)]),
    "training": State(runs=[run(None)]),
    "paused": State(runs=[run(None, "paused")]),
    "stopped": State(runs=[run(Outcome.STOPPED)]),
    "cut off": State(runs=[run(Outcome.INTERRUPTED)]),
    "queue": State(runs=[run(None)], waiting=True),
    "completed": LAST,
}


class Effects:
    """What leaves the window: work for the background, questions to the person, folders shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self._monkeypatch = monkeypatch
        for module, name, answer in (
            (questions, "ask_new_project", None),
            (questions, "ask_epochs", 3),
            (questions, "ask_on_close", questions.OnClose.CANCEL),
            (settings, "show_settings", None),
            (about, "show_about", None),
        ):
            self._stand_in(module, name, answer)
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
    if name.startswith("look_"):
        theme().apply(Mode.DARK if name == "look_light" else Mode.LIGHT)
    main.show_page("data" if name == "page_training" else "training")
    if main.help.viewer is not None:
        main.help.viewer.close()
    main.setFocus()
    if state is not None:
        state.arrange(main)


def differences(main: MainWindow, name: str, state: State | None, effects: Effects) -> list[str]:
    """Where a command is enabled and does nothing, or the other way round, or not as the table."""
    wrong = []
    # Those that leave the project or the window come last.
    for command in sorted(main.commands.actions, key=lambda each: each in ("start", "quit")):
        if command in ("start", "quit") and state not in (None, LAST):
            continue
        if command in ANYWHERE and state not in (None, FIRST):
            continue
        prepare(main, state, command)
        refusal = main.commands.refusal(command, main.session, main.page_stack.current)
        action = main.commands[command]
        said = f"{name}, {command}: {refusal or 'enabled'}"
        if action.isEnabled() is not (refusal is None):
            wrong.append(f"{said}, but the menu says otherwise")
        if refusal is not None and (not refusal.endswith(".") or refusal not in action.toolTip()):
            wrong.append(f"{said} is not what the menu says")
        before = footprint(main, effects)
        main.commands.give(command)
        if (footprint(main, effects) != before) is not (refusal is None):
            wrong.append(f"{said}, but it does {'nothing' if refusal is None else 'something'}")
    header = main.frame.header
    prepare(main, state, "train")
    if main.session is not None:
        pause = "resume" if main.session.paused else "pause"
        for button, command in (
            (header.train, "train"), (header.stop, "stop"), (header.pause, pause),
        ):  # fmt: skip
            action = main.commands[command]
            if (button.isEnabled(), button.toolTip()) != (action.isEnabled(), action.toolTip()):
                wrong.append(f"{name}, {command}: the header says otherwise than the menu")
    return wrong


@pytest.mark.parametrize("held", [False, True], ids=["own", "read-only"])
def test_a_command_is_enabled_where_it_does_something(window, example, monkeypatch, held):
    folder = example("penguins")
    holder = projects.open_project(folder) if held else None
    effects = Effects(monkeypatch)
    main = window(folder)
    effects.watch(main)
    wrong = []
    for name, state in STATES.items():
        if held and state.edited:
            continue  # nobody can have edited what is open for reading only
        wrong += differences(main, name, state, effects)
    if holder is not None:
        holder.close()

    assert wrong == []


def test_without_a_project_what_needs_one_is_greyed(window, monkeypatch):
    effects = Effects(monkeypatch)
    main = window()
    effects.watch(main)

    assert differences(main, "no project", None, effects) == []


def test_every_command_is_done_by_somebody(window):
    assert window().commands.unbound() == []
