"""Tells a library that stumbles over a damaged file from a mistake of our own.

Libraries say with the built-in exceptions that a file is damaged, and so do mistakes in this
program. Only of the first may it be said that the file is damaged: a person would throw it away.
"""

from __future__ import annotations

from pathlib import PurePath
from types import TracebackType


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
