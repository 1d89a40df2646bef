"""Where something that leaves a project may be written: never over what belongs to the project."""

from __future__ import annotations

from pathlib import Path

from fitstudio.errors import UsageError
from fitstudio.project.paths import ProjectPaths
from fitstudio.storage import ops
from fitstudio.words import say


def refuse_output(output: Path, project: Path, *, code: str) -> None:
    """Refuses a place that is the project's own, or that is not there.

    Args:
        output: The file or folder that is to be written.
        project: The project's folder.
        code: What the errors' codes begin with, such as "predict".

    Raises:
        UsageError: With the way out; nothing was written.
        StorageError: If nothing can be written there.
    """
    target = output.resolve()
    if ProjectPaths(project.resolve()).owns(target):
        raise UsageError(
            say("{output} lies among the project's own files.", output=repr(str(output))),
            code=f"{code}.output-in-project",
            remedy=say("Choose a name in another folder."),
            safe=say("Nothing was written."),
        )
    if not target.parent.is_dir():
        raise UsageError(
            say("There is no folder {parent}.", parent=repr(str(output.parent))),
            code=f"{code}.no-folder",
            remedy=say("Make it first, or choose another one."),
            safe=say("Nothing was written."),
        )
    ops.require_writable(target.parent)
