"""Libraries that only some formats need, and that need not be installed: asked for in words."""

from __future__ import annotations

from fitstudio.errors import DataError
from fitstudio.words import say


def missing_library(package: str, *, file: str, what: str, problem: ImportError) -> DataError:
    """The error for a file whose library is not installed, with the line that installs it.

    Args:
        package: What is installed: "scipy".
        file: The file's name, as messages show it.
        what: What the file is, to stand after "is": "a MATLAB file".
        problem: What Python said.
    """
    return DataError(
        say(
            "{file} is {what}, and {package}, which reads those, is not installed.",
            file=repr(file),
            what=what,
            package=package,
        ),
        code="data.library-missing",
        remedy=say("Install it: {command}.", command=f"python -m pip install {package}"),
        details=str(problem),
    )
