"""The files that a model is checked on: which they are, and whether they are what they were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.data.fingerprint import fingerprint, same_content, untouched


def second_files(validation: Any) -> dict[str, str]:
    """The files that `fit.validation_data` names, each by the name of its source.

    Args:
        validation: The setting as it is: a file, several sources, rows by a column, or nothing.
    """
    if not isinstance(validation, Mapping):
        return {}
    if isinstance(validation.get("file"), str):
        return {"file": validation["file"]}
    sources = validation.get("sources")
    if not isinstance(sources, Mapping):
        return {}
    return {
        str(name): source["path"]
        for name, source in sources.items()
        if isinstance(source, Mapping) and isinstance(source.get("path"), str)
    }


def fingerprints(
    validation: Any, base: Path, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What these files look like now; those that cannot be read are left out.

    Args:
        validation: `fit.validation_data`.
        base: The folder that relative paths start from.
        before: What they looked like; what was not touched since then is not read again.
    """
    found = {}
    for name, file in second_files(validation).items():
        earlier = (before or {}).get(name)
        try:
            unchanged = isinstance(earlier, Mapping) and untouched(earlier, base / file)
            found[name] = earlier if unchanged else fingerprint(base / file)
        except (OSError, ValueError):
            continue  # preparing, which reads it, has the sentence
    return found


def changed_file(before: Any, now: Mapping[str, Any], validation: Any) -> str | None:
    """The first of these files whose content is another now; None where all are as they were.

    Args:
        before: What they looked like, from a file that anyone may have written.
        now: What they look like.
        validation: `fit.validation_data`.
    """
    if not isinstance(before, Mapping):
        return None
    for name, file in second_files(validation).items():
        earlier = before.get(name)
        if isinstance(earlier, Mapping) and name in now and not same_content(earlier, now[name]):
            return file
    return None
