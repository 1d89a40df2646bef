"""What of a file's reading can be overruled in the window, by the kind of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fitstudio.data.formats.npz import part_of
from fitstudio.declared.task.dataset_summary import Guess, TreeNode


@dataclass(frozen=True)
class ReadingChoice:
    """The one option of a file that is no text: which of its parts is read.

    Attributes:
        option: Its name in `data.options`.
        title: What stands beside the choice.
        values: Each value with its words.
        value: The one that is read now.
    """

    option: str
    title: str
    values: tuple[tuple[str, str], ...]
    value: str


def reading_choice(
    kind: str, guesses: Sequence[Guess], nodes: Sequence[TreeNode]
) -> ReadingChoice | None:
    """Which part of a file of arrays can be read instead; None where there is one part only.

    Args:
        kind: The kind of the file: "npz" or "hdf5"; text has options of its own.
        guesses: How it is read now.
        nodes: What is in the file.
    """
    now = {guess.name: str(guess.value or "") for guess in guesses}
    arrays = [node.path for node in nodes if node.kind not in ("group", "refused")]
    if kind == "npz" and "part" in now:
        parts = sorted({part for path in arrays if (part := part_of(path)) is not None})
        values = tuple((part, part) for part in parts)
        choice = ReadingChoice("part", "Part of the file", values, now["part"])
    elif kind == "hdf5" and "group" in now:
        groups = sorted({path.rpartition("/")[0].strip("/") for path in arrays})
        values = tuple((group, group or "/") for group in groups)
        choice = ReadingChoice("group", "Group of the file", values, now["group"].strip("/"))
    else:
        return None
    return choice if len(choice.values) > 1 else None
