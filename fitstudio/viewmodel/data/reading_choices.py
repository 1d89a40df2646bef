"""What of a file's reading can be overruled in the window: the declared options of its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.formats.containers import container_by_ending
from fitstudio.declared.formats.format import ReadingOption, Where
from fitstudio.declared.formats.listed_pictures import COLUMN
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.kinds.values import Choice, Flag
from fitstudio.declared.task.dataset_summary import Guess, TreeNode
from fitstudio.words import marked, say_marked

_YES_NO = ((True, marked("Yes")), (False, marked("No")))


@dataclass(frozen=True)
class ReadingChoice:
    """One option of a file, with what it is now.

    Attributes:
        option: Its declaration.
        value: What is set or was found out; else the option's default.
        values: Each value that can be chosen, with its words; empty where it is typed.
    """

    option: ReadingOption
    value: Any
    values: tuple[tuple[Any, str], ...] = ()


def reading_choices(
    kind: str,
    guesses: Sequence[Guess],
    options: Mapping[str, Any] | None = None,
    nodes: Sequence[TreeNode] = (),
    file: str = "",
) -> list[ReadingChoice]:
    """Every option that can be set for a file.

    Args:
        kind: The name of its format.
        guesses: How it is read now.
        options: What was overruled already.
        nodes: What is in the file, where that is known; a part is no choice in a file with one.
        file: Its name: a workbook has no separator, a text file no sheets.
    """
    container = container_by_ending(file)
    is_grid = container is not None and container.is_grid
    inside = {guess.name: guess.choices for guess in guesses if len(guess.choices) > 1}
    found = {guess.name: guess.value for guess in guesses}
    found |= {name: value for name, value in (options or {}).items() if value is not None}
    arrays = [node.path for node in nodes if node.kind not in ("group", "refused")]
    choices: list[ReadingChoice] = []
    for option in find_format(kind).params:
        if option.where == (Where.TEXT if is_grid else Where.WORKBOOK):
            continue
        if option.where == Where.SEVERAL and option.name not in inside:
            continue
        if option.where == Where.PICTURES and COLUMN not in found:
            continue
        value = found.get(option.name, option.default)
        value = list(value) if isinstance(value, tuple) else value
        if option.name in inside:
            among = tuple((each, each) for each in inside[option.name])
            choices.append(ReadingChoice(option, value, _with(value, among)))
        elif option.among is not None and arrays:
            among = option.among(arrays)
            if value is None or len(among) < 2:
                continue
            choices.append(ReadingChoice(option, value, _with(value, tuple(among))))
        else:
            choices.append(ReadingChoice(option, value, _values(option, value)))
    return choices


def _values(option: ReadingOption, value: Any) -> tuple[tuple[Any, str], ...]:
    kind = option.kind
    if isinstance(kind, Flag):
        values: tuple[tuple[Any, str], ...] = tuple(
            (each, say_marked(words)) for each, words in _YES_NO
        )
    elif isinstance(kind, Choice):
        values = tuple((each.value, each.title) for each in kind.options)
    else:
        return ()
    if option.accepts_none:
        values = ((None, option.unset[:1].upper() + option.unset[1:]), *values)
    return _with(value, values)


def _with(value: Any, values: tuple[tuple[Any, str], ...]) -> tuple[tuple[Any, str], ...]:
    """The values, with the present one among them."""
    if any(type(each) is type(value) and each == value for each, _ in values):
        return values
    return (*values, (value, str(value)))
