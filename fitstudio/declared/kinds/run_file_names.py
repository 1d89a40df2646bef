"""Which file names a helper may write to in a run's folder, once its fields are filled in.

A name is judged after it is filled in: what looks harmless as a pattern may lead anywhere as a
name. The same judgement is made when the settings are checked, and again when a file is written.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fitstudio.storage import atomic
from fitstudio.words import say

# The files that FitStudio itself keeps in a run's folder, and the folder of its checkpoints.
_OWN = frozenset(
    {
        "run.json", "about.json", "resolved.json", "model.json", "results.json", "decision.json",
        "baselines.json", "request.json", "summary.json", "journal.jsonl", "batches.f32",
        "worker.log",
        "faulthandler.log", "checkpoints",
    }
)  # fmt: skip

# A field as it may stand in a name: a plain name, and how a number is written. No attributes,
# conversions or nested fields: what they would give cannot be judged beforehand.
_FIELD = re.compile(r"[^\W\d]\w*")
_FORMAT = re.compile(r"[+-]?0?\d{0,3}[,_]?(\.\d{1,2})?[deEfFgGn%]?", re.ASCII)

# What a file system allows is 255 bytes; unfinished work has a longer name beside the final one.
_LONGEST_PART = 230
_LONGEST = 700


@dataclass(frozen=True)
class NameProblem:
    """Why a name cannot be used.

    Attributes:
        kind: "outside", "own" or "long".
        clause: What is wrong, to stand after the name.
    """

    kind: str
    clause: str


def name_problem(name: str) -> NameProblem | None:
    """What is wrong with a name whose fields are filled in; None if a helper may write to it."""
    parts = name.replace("\\", "/").split("/")
    plain = [part for part in parts if part not in ("", ".")]
    leads_out = parts[0] in ("", "~") or ":" in parts[0] or any(_rises(part) for part in parts)
    unreadable = any(unicodedata.category(character)[0] == "C" for character in name)
    if leads_out or unreadable or not plain:
        return NameProblem("outside", say("is no plain name inside the run's folder"))
    if len(name.encode()) > _LONGEST or any(len(part.encode()) > _LONGEST_PART for part in plain):
        return NameProblem("long", say("is longer than a file's name can be"))
    if is_own_name(plain[0]) or any(atomic.leftover(Path(part)) for part in plain):
        return NameProblem("own", say("is taken: FitStudio keeps its own records under it"))
    return None


def fields_of(pattern: str) -> list[str]:
    """The names of the fields of a pattern such as ``weights-{epoch:02d}``.

    Raises:
        ValueError: If a field is written in another way.
    """
    fields = []
    for _, field, style, conversion in string.Formatter().parse(pattern):
        if field is None:
            continue
        if conversion or not _FIELD.fullmatch(field) or not _FORMAT.fullmatch(style or ""):
            raise ValueError(pattern)
        fields.append(field)
    return fields


def examples_of(pattern: str, last_epoch: int) -> Iterator[str]:
    """Names that the pattern becomes, for small and large, common and odd numbers.

    Raises:
        ValueError: If a field cannot be written that way, such as a loss as a whole number.
    """
    fields = fields_of(pattern)
    for count, measured in ((1, 0.5), (max(1, last_epoch), -1.0e-30), (10**9, 1.0e30)):
        values = {field: count if field in ("epoch", "batch") else measured for field in fields}
        yield pattern.format_map(values)


def _rises(part: str) -> bool:
    # Windows takes dots and blanks at a name's end away: ".. " is ".." there.
    return part not in ("", ".") and not part.rstrip(" .")


def is_own_name(part: str) -> bool:
    """Whether FitStudio itself keeps a file or folder of this name in a run's folder."""
    name = unicodedata.normalize("NFKC", part).casefold().rstrip(" .")
    return name in _OWN or name.startswith("history.") or name.endswith(".lock")
