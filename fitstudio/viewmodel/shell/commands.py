"""Every command of the window once: its menu, words, shortcut, and when it can be given.

Menus, header, shortcuts and the unattended mode read this table; what a command does is the
window's matter. `Command.refusal` answers for the session as it stands why a command cannot be
given, in a sentence, or None where it can.
"""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.viewmodel.shell import refusals
from fitstudio.viewmodel.shell.refusals import Refusal
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import marked


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
    refusal: Refusal = refusals.needs_nothing
    checkable: bool = False

    def enabled(self, session: ProjectSession | None) -> bool:
        """Whether it can be given now."""
        return self.refusal(session) is None


# A line in the menu.
_LINE = None
FILE = (
    Command(
        "new_project",
        marked("&New project…"),
        marked("Make a new project"),
        "Ctrl+N",
    ),
    Command(
        "open_project",
        marked("&Open a project…"),
        marked("Open a project folder"),
        "Ctrl+O",
    ),
    Command(
        "start",
        marked("&Start page"),
        marked("Recent projects and examples"),
        "Ctrl+W",
        refusal=refusals.needs_project,
    ),
    _LINE,
    Command(
        "add_data",
        marked("&Add data…"),
        marked("Choose the project's data file"),
        "Ctrl+D",
        refusal=refusals.needs_changing,
    ),
    Command(
        "show_folder",
        marked("Show &folder"),
        marked("Open the project's folder in the file manager"),
        "Ctrl+Shift+F",
        refusal=refusals.needs_project,
    ),
    _LINE,
    Command("settings", marked("Se&ttings…"), marked("Look and folders"), "Ctrl+,"),
    Command("quit", marked("&Quit"), marked("Close the window"), "Ctrl+Q"),
)
EDIT = (
    Command(
        "undo",
        marked("&Undo"),
        marked("Take the last change back"),
        "Ctrl+Z",
        refusal=refusals.needs_undo,
    ),
    Command(
        "redo",
        marked("&Redo"),
        marked("Make the change again"),
        "Ctrl+Shift+Z",
        refusal=refusals.needs_redo,
    ),
    _LINE,
    Command(
        "find",
        marked("&Find…"),
        marked("Find on this page"),
        "Ctrl+F",
        refusal=refusals.needs_project,
    ),
)
RUN = (
    Command(
        "train",
        marked("&Train"),
        marked("Train with the present settings"),
        "Ctrl+R",
        refusal=refusals.needs_no_run,
    ),
    Command(
        "queue",
        marked("Add to the &queue"),
        marked("Train with these settings when the runs before have ended"),
        "Ctrl+Shift+Q",
        refusal=refusals.needs_changing,
    ),
    Command(
        "pause",
        marked("&Pause"),
        marked("Hold the run where it is"),
        "Ctrl+P",
        refusal=refusals.needs_unpaused_run,
    ),
    Command(
        "resume",
        marked("&Continue"),
        marked("Go on with a paused or cut-off run"),
        "Ctrl+Shift+R",
        refusal=refusals.needs_run_to_go_on,
    ),
    _LINE,
    Command(
        "stop",
        marked("&Stop, keep best"),
        marked("Stop after this batch; the best model is kept"),
        "Ctrl+.",
        refusal=refusals.needs_run,
    ),
    Command(
        "stop_epoch",
        marked("Stop after this &epoch"),
        marked("Finish the epoch, then stop"),
        "Ctrl+Shift+E",
        refusal=refusals.needs_run,
    ),
    Command(
        "stop_now",
        marked("Stop &now"),
        marked("End at once; the last checkpoint is kept"),
        "Ctrl+Shift+.",
        refusal=refusals.needs_run,
    ),
    _LINE,
    Command(
        "snapshot",
        marked("Save a chec&kpoint"),
        marked("Save the model as it is now; Results and Predict offer it"),
        "Ctrl+S",
        refusal=refusals.needs_run,
    ),
    Command(
        "extend",
        marked("Train &longer…"),
        marked("Train the shown run for more epochs"),
        "Ctrl+L",
        refusal=refusals.needs_ended_run,
    ),
)
HELP = (
    Command("help", marked("&Help"), marked("What every setting does"), "F1"),
    Command(
        "about",
        marked("&About FitStudio"),
        marked("Version and licences"),
        "Shift+F1",
    ),
)
VIEW_LOOKS = (
    Command(
        "look_system",
        marked("As the s&ystem"),
        marked("Light or dark as the system"),
        "Ctrl+Alt+S",
        checkable=True,
    ),
    Command(
        "look_light",
        marked("&Light"),
        marked("Always light"),
        "Ctrl+Alt+L",
        checkable=True,
    ),
    Command(
        "look_dark",
        marked("&Dark"),
        marked("Always dark"),
        "Ctrl+Alt+D",
        checkable=True,
    ),
)
VIEW = (
    Command(
        "panel",
        marked("&In plain words"),
        marked("Show what will happen"),
        "F9",
        refusal=refusals.needs_project,
        checkable=True,
    ),
    Command(
        "full_screen",
        marked("&Full screen"),
        marked("Fill the screen"),
        "F11",
        checkable=True,
    ),
)
MENUS = (
    (marked("File"), FILE, "Alt+F"),
    (marked("Edit"), EDIT, "Alt+E"),
    (marked("Run"), RUN, "Alt+R"),
    (marked("View"), VIEW, "Alt+V"),
    (marked("Help"), HELP, "Alt+H"),
)
COMMANDS = {
    command.name: command
    for commands in (*(entries for _, entries, _ in MENUS), VIEW_LOOKS)
    for command in commands
    if command is not None
}
