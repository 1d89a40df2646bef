"""Pictures that a table's column names: what can be set in how they are found and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fitstudio.declared.formats.format import ReadingOption, Travels, Where
from fitstudio.declared.formats.pictures import PICTURES
from fitstudio.declared.kinds.values import Text
from fitstudio.words import marked

#: The option that says which column names the pictures, and its value where none does.
COLUMN, NO_COLUMN = "pictures", "none"

_PREFIX = "picture_"
#: The options of folders of pictures that a table has as well, by their names there.
OF_FOLDERS: Mapping[str, str] = {
    f"{_PREFIX}{name}": name for name in ("size", "fitting", "channels", "page", "unreadable")
}


def _from_folders() -> tuple[ReadingOption, ...]:
    found: list[ReadingOption] = []
    for name, theirs in OF_FOLDERS.items():
        option = PICTURES.option(theirs)
        assert option is not None, "every option of the table above is one of folders"
        found.append(
            replace(option, name=name, title=_TITLES.get(name, option.title), where=Where.PICTURES)
        )
    return tuple(found)


_TITLES = {
    "picture_size": marked("Size of the pictures"),
    "picture_fitting": marked("Pictures of other shapes"),
    "picture_channels": marked("Channels of the pictures"),
    "picture_page": marked("Page of the pictures"),
}

LISTED: tuple[ReadingOption, ...] = (
    ReadingOption(
        name=COLUMN,
        kind=Text(what=marked("the name of a column, or none")),
        title=marked("Column that names pictures"),
        help=marked("The column whose cells are names of picture files; none for no column."),
        unset=marked("found out"),
        travels=Travels.WITH_MODEL,
    ),
    *_from_folders(),
)


def as_in_folders(options: Mapping[str, Any]) -> dict[str, Any]:
    """What a table says of its pictures, as the options of a folder of pictures."""
    return {OF_FOLDERS[name]: value for name, value in options.items() if name in OF_FOLDERS}


def as_in_tables(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of a folder of pictures, as the options of a table that names pictures."""
    theirs = {name: mine for mine, name in OF_FOLDERS.items()}
    return {theirs[name]: value for name, value in options.items() if name in theirs}
