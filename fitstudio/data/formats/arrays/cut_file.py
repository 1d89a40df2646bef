"""Refuses a file that became shorter while it was read: what is missing would come as zeros."""

from __future__ import annotations

from pathlib import Path

from fitstudio.errors import DataError
from fitstudio.words import say


def refuse_cut(path: Path, length: int) -> int:
    """The file's length, which must not have become less since the last look.

    What is missing of a mapped file ends the process when it is touched; of an HDF5 file it would
    come as zeros, without a word.

    Raises:
        DataError: If it has, or the file is gone.
    """
    try:
        now = path.stat().st_size
    except OSError as problem:
        now = -1
        details = str(problem)
    else:
        details = say("{length} bytes before, {now} now", length=length, now=now)
    if now < length or now < 0:
        raise DataError(
            say(
                "The data file {file} was cut short or taken away while it was being read.",
                file=repr(path.name),
            ),
            code="data.cut",
            remedy=say("Put the whole file back, then resume the run."),
            safe=say("All finished epochs are kept."),
            details=details,
        )
    return now
