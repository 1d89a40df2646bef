"""Brings the content of an older `project.json` or `run.json` to the present format, step by step.

Each step takes the content of one format and returns that of the next. A step is never changed
once released; `tests/golden` holds a project of every format. The file on the disk is not touched
here: `Project` keeps a copy of it before it first writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fitstudio.errors import ProjectError, ProjectTooNewError
from fitstudio.words import say

FORMAT = 2

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _to_named_sources(content: dict[str, Any]) -> dict[str, Any]:
    """Format 2: the data file is one of several that there may be, each with a name.

    `project.json` holds its sections in `settings`, `run.json` at the top.
    """
    settings = content.get("settings")
    if isinstance(settings, dict):
        return content | {"settings": _with_sources(settings)}
    return _with_sources(content)


def _with_sources(sections: dict[str, Any]) -> dict[str, Any]:
    data = sections.get("data")
    fields = {
        "file": "path", "kind": "format", "y_file": "targets", "options": "options",
        "columns": "columns", "fingerprint": "fingerprint",
    }  # fmt: skip
    if not isinstance(data, dict) or not fields.keys() & data.keys():
        return sections
    source = {fields[name]: data[name] for name in fields if data.get(name) is not None}
    others = {name: value for name, value in data.items() if name not in fields}
    file = source.get("path")
    stem = file.replace("\\", "/").rpartition("/")[2] if isinstance(file, str) else ""
    word = re.sub(r"\W+", "_", stem.rpartition(".")[0] or stem).strip("_")[:36] or "data"
    return sections | {"data": ({"sources": {word: source}} if source else {}) | others}


# From format n to n + 1. Format 1 is the first; there is nothing before it.
STEPS: dict[int, Step] = {1: _to_named_sources}


def migrated(
    content: Any, *, what: str, steps: Mapping[int, Step] = STEPS, newest: int = FORMAT
) -> dict[str, Any]:
    """The content in the newest format.

    Args:
        content: As read from the file.
        what: The file, for messages.
        steps: The chain of steps.
        newest: The format that this version writes.

    Raises:
        ProjectTooNewError: If a later version wrote it.
        ProjectError: If it is no such file.
    """
    number = content.get("format") if isinstance(content, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ProjectError(
            say("{what} has no format number, so it is not a file of FitStudio.", what=what),
            code="project.damaged",
            remedy=say("Put back a copy from a backup."),
        )
    if number > newest:
        raise ProjectTooNewError(
            say(
                "{what} has format {number}; this version knows formats up to {newest}.",
                what=what,
                number=number,
                newest=newest,
            ),
            remedy=say("Open it with a later version of FitStudio."),
            safe=say("Nothing was changed."),
        )
    content = dict(content)
    while number < newest:
        content = steps[number](content)
        number += 1
        content["format"] = number
    return content
