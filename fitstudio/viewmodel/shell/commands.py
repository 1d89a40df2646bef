"""Every command of the window once: its menu, words, shortcut, and when it can be given.

Menus, header, shortcuts and the unattended mode read this table; what a command does is the
window's matter. `Command.refusal` answers for the session as it stands why a command cannot be
given, in a sentence, or None where it can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.shell.words import marked

Refusal = Callable[[ProjectSession | None], str | None]

# Where a run came to such an end, it can go on from its last checkpoint.
_CAN_GO_ON = ("interrupted", "stopped", "failed")


def _needs_nothing(_session: ProjectSession | None) -> str | None:
    return None


def _needs_project(session: ProjectSession | None) -> str | None:
    return "Open a project first." if session is None else None


def _needs_changing(session: ProjectSession | None) -> str | None:
    return _needs_project(session) if session is None else session.cannot_change


def _needs_undo(session: ProjectSession | None) -> str | None:
    if session is None or session.cannot_change is not None:
        return _needs_changing(session)
    return None if session.edits.undo_text is not None else "There is no change to take back."


def _needs_redo(session: ProjectSession | None) -> str | None:
    if session is None or session.cannot_change is not None:
        return _needs_changing(session)
    return None if session.edits.redo_text is not None else "No change was taken back."


def _needs_no_run(session: ProjectSession | None) -> str | None:
    if session is None or session.cannot_change is not None:
        return _needs_changing(session)
    if session.starting:
        return "A run is starting."
    return None if session.running is None else "A run is under way."


def _needs_run(session: ProjectSession | None) -> str | None:
    if session is None or session.cannot_change is not None:
        return _needs_changing(session)
    return "No run is under way." if session.running is None else None


def _needs_going(session: ProjectSession | None) -> str | None:
    if session is None or session.running is None or session.cannot_change is not None:
        return _needs_run(session)
    return "The run is paused already." if session.running.phase == "paused" else None


def _needs_ended(session: ProjectSession | None) -> str | None:
    """Continue: a paused run, or the shown one where it was cut off or stopped."""
    if session is not None and session.cannot_change is None and session.running is not None:
        return None if session.running.phase == "paused" else "The run is not paused."
    refusal = _needs_no_run(session)
    if session is None or refusal is not None:
        return refusal
    shown = session.run_summary(session.current_run)
    if shown is None:
        return "There is no run to go on with."
    return None if shown.outcome in _CAN_GO_ON else "The shown run is complete."


def _needs_shown(session: ProjectSession | None) -> str | None:
    """Train longer: the shown run has ended, and no other is under way."""
    refusal = _needs_no_run(session)
    if session is None or refusal is not None:
        return refusal
    shown = session.run_summary(session.current_run)
    return "There is no run to train longer." if shown is None else None


@dataclass(frozen=True)
class Command:
    """One entry of a menu.

    Args:
        name: Its object name without `action.`.
        text: What the menu says, with its access key.
        tooltip: One sentence.
        shortcut: As text, such as "Ctrl+Z".
        refusal: Why it cannot be given to a session (None without a project), as a sentence, or
            None where it can.
        checkable: Whether it is on or off.
    """

    name: str
    text: str
    tooltip: str
    shortcut: str
    refusal: Refusal = _needs_nothing
    checkable: bool = False

    def enabled(self, session: ProjectSession | None) -> bool:
        """Whether it can be given now."""
        return self.refusal(session) is None


# A line in the menu.
_LINE = None
FILE = (
    Command(
        "new_project",
        marked("Menu", "&New project…"),
        marked("Menu", "Make a new project"),
        "Ctrl+N",
    ),
    Command(
        "open_project",
        marked("Menu", "&Open a project…"),
        marked("Menu", "Open a project folder"),
        "Ctrl+O",
    ),
    Command(
        "start",
        marked("Menu", "&Start page"),
        marked("Menu", "Recent projects and examples"),
        "Ctrl+W",
        refusal=_needs_project,
    ),
    _LINE,
    Command(
        "add_data",
        marked("Menu", "&Add data…"),
        marked("Menu", "Choose the project's data file"),
        "Ctrl+D",
        refusal=_needs_changing,
    ),
    Command(
        "show_folder",
        marked("Menu", "Show &folder"),
        marked("Menu", "Open the project's folder in the file manager"),
        "Ctrl+Shift+F",
        refusal=_needs_project,
    ),
    _LINE,
    Command("settings", marked("Menu", "Se&ttings…"), marked("Menu", "Look and folders"), "Ctrl+,"),
    Command("quit", marked("Menu", "&Quit"), marked("Menu", "Close the window"), "Ctrl+Q"),
)
EDIT = (
    Command(
        "undo",
        marked("Menu", "&Undo"),
        marked("Menu", "Take the last change back"),
        "Ctrl+Z",
        refusal=_needs_undo,
    ),
    Command(
        "redo",
        marked("Menu", "&Redo"),
        marked("Menu", "Make the change again"),
        "Ctrl+Shift+Z",
        refusal=_needs_redo,
    ),
    _LINE,
    Command(
        "find",
        marked("Menu", "&Find…"),
        marked("Menu", "Find on this page"),
        "Ctrl+F",
        refusal=_needs_project,
    ),
)
RUN = (
    Command(
        "train",
        marked("Menu", "&Train"),
        marked("Menu", "Train with the present settings"),
        "Ctrl+R",
        refusal=_needs_no_run,
    ),
    Command(
        "queue",
        marked("Menu", "Add to the &queue"),
        marked("Menu", "Train with these settings when the runs before have ended"),
        "Ctrl+Shift+Q",
        refusal=_needs_changing,
    ),
    Command(
        "pause",
        marked("Menu", "&Pause"),
        marked("Menu", "Hold the run where it is"),
        "Ctrl+P",
        refusal=_needs_going,
    ),
    Command(
        "resume",
        marked("Menu", "&Continue"),
        marked("Menu", "Go on with a paused or cut-off run"),
        "Ctrl+Shift+R",
        refusal=_needs_ended,
    ),
    _LINE,
    Command(
        "stop",
        marked("Menu", "&Stop, keep best"),
        marked("Menu", "Stop after this batch; the best model is kept"),
        "Ctrl+.",
        refusal=_needs_run,
    ),
    Command(
        "stop_epoch",
        marked("Menu", "Stop after this &epoch"),
        marked("Menu", "Finish the epoch, then stop"),
        "Ctrl+Shift+E",
        refusal=_needs_run,
    ),
    Command(
        "stop_now",
        marked("Menu", "Stop &now"),
        marked("Menu", "End at once; the last checkpoint is kept"),
        "Ctrl+Shift+.",
        refusal=_needs_run,
    ),
    _LINE,
    Command(
        "snapshot",
        marked("Menu", "Save a chec&kpoint"),
        marked("Menu", "Save the model as it is now"),
        "Ctrl+S",
        refusal=_needs_run,
    ),
    Command(
        "extend",
        marked("Menu", "Train &longer…"),
        marked("Menu", "Train the shown run for more epochs"),
        "Ctrl+L",
        refusal=_needs_shown,
    ),
)
HELP = (
    Command("help", marked("Menu", "&Help"), marked("Menu", "What every setting does"), "F1"),
    Command(
        "about",
        marked("Menu", "&About FitStudio"),
        marked("Menu", "Version and licences"),
        "Shift+F1",
    ),
)
VIEW_LOOKS = (
    Command(
        "look_system",
        marked("Menu", "As the s&ystem"),
        marked("Menu", "Light or dark as the system"),
        "Ctrl+Alt+S",
        checkable=True,
    ),
    Command(
        "look_light",
        marked("Menu", "&Light"),
        marked("Menu", "Always light"),
        "Ctrl+Alt+L",
        checkable=True,
    ),
    Command(
        "look_dark",
        marked("Menu", "&Dark"),
        marked("Menu", "Always dark"),
        "Ctrl+Alt+D",
        checkable=True,
    ),
)
VIEW = (
    Command(
        "panel",
        marked("Menu", "&In plain words"),
        marked("Menu", "Show what will happen"),
        "F9",
        refusal=_needs_project,
        checkable=True,
    ),
    Command(
        "full_screen",
        marked("Menu", "&Full screen"),
        marked("Menu", "Fill the screen"),
        "F11",
        checkable=True,
    ),
)
MENUS = (
    (marked("Menu", "File"), FILE, "Alt+F"),
    (marked("Menu", "Edit"), EDIT, "Alt+E"),
    (marked("Menu", "Run"), RUN, "Alt+R"),
    (marked("Menu", "View"), VIEW, "Alt+V"),
    (marked("Menu", "Help"), HELP, "Alt+H"),
)


COMMANDS = {
    command.name: command
    for commands in (*(entries for _, entries, _ in MENUS), VIEW_LOOKS)
    for command in commands
    if command is not None
}
