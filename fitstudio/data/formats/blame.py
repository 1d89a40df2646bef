"""Tells a library that stumbles over a damaged file from a mistake of our own, or of the disk.

Libraries say with the built-in exceptions that a file is damaged, and so do mistakes in this
program. Only of the first may it be said that the file is damaged: a person would throw it away.
"""

from __future__ import annotations

import errno
from pathlib import PurePath
from types import TracebackType

from fitstudio.errors import DataError
from fitstudio.words import say


def came_from(problem: BaseException, *libraries: str) -> bool:
    """Whether an exception was raised inside one of these libraries, or in what they called.

    Args:
        problem: The exception as it was caught.
        libraries: Names of packages or modules: "h5py", "zipfile".
    """
    trace: TracebackType | None = problem.__traceback__
    while trace is not None:
        place = PurePath(trace.tb_frame.f_code.co_filename)
        if any(name in (*place.parts, place.stem) for name in libraries):
            return True
        trace = trace.tb_next
    return False


def not_readable(file: str, problem: OSError) -> DataError:
    """The error for a file that the system does not give to us, whatever it holds.

    Args:
        file: Its name, to stand in a sentence.
        problem: What the system said.
    """
    if problem.errno in (errno.EACCES, errno.EPERM):
        remedy = say("Ask its owner for the right to read it, or choose another file.")
    else:
        remedy = say(
            "If it lies on a network drive or a removable disk, see that this answers, or copy the "
            "file to this computer; then try again."
        )
    return DataError(
        say(
            "{file} cannot be read: {strerror}.",
            file=file,
            strerror=problem.strerror or str(problem),
        ),
        code="data.unreadable",
        remedy=remedy,
        safe=say("The file is as it was, and may well be sound."),
        details=str(problem),
    )
