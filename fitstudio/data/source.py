"""Opens data files as named columns with one number of rows, whatever format it has.

What formats there are, and how each is known, `fitstudio.declared.formats` says; their readers are
in `fitstudio.data.formats`, and each of them is loaded only when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.data.columns.source import Source
from fitstudio.data.formats.blame import not_readable
from fitstudio.data.formats.reader import Asked
from fitstudio.data.formats.readers import READERS
from fitstudio.declared.formats.format import Foreign
from fitstudio.declared.formats.pictures import PICTURE_ENDINGS, PICTURES
from fitstudio.declared.formats.registry import FORMATS, check_options, recognise
from fitstudio.declared.parameters.sources import as_single, sources_of
from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.errors import DataError
from fitstudio.storage.special_files import special_file
from fitstudio.words import say
from fitstudio.words.numbers import listed

__all__ = ["Source", "find_file", "kind_of", "open_file", "open_source", "tree_of"]


def open_source(data: Mapping[str, Any], base: Path) -> Source:
    """Opens the data: one file, or several whose rows belong together.

    Args:
        data: The data section of a run specification; or file, kind, options, columns, y_file.
        base: The folder that a relative path starts from.

    Raises:
        DataError: If a file is missing, empty, damaged or of a kind that cannot be read, or if the
            rows of several do not belong together as is said.
    """
    sources = sources_of(data)
    if len(sources) < 2:
        return open_file(next(map(as_single, sources.values()), {}), base)
    from fitstudio.data.several import Part, SeveralSources

    opened: list[Part] = []
    try:
        for name, said in sources.items():
            source = open_file(as_single(said), base)
            opened.append(Part(name=name, source=source, by=said.get("by"), to=said.get("to")))
        return SeveralSources(opened)
    except BaseException:
        for part in opened:
            part.source.close()
        raise


def open_file(data: Mapping[str, Any], base: Path) -> Source:
    """Opens one file.

    Args:
        data: Its file, kind, options, columns, y_file.
        base: The folder that a relative path starts from.

    Raises:
        DataError: If the file is missing, empty, damaged or of a kind that cannot be read.
    """
    file = data.get("file")
    if not isinstance(file, str) or not file:
        raise DataError(
            say("No data file is chosen."), code="data.no-file", remedy=say("Choose one.")
        )
    path = find_file(file, base)
    kind = data.get("kind") or kind_of(path)
    options = data.get("options") or {}
    columns = data.get("columns") or {}
    if not isinstance(options, Mapping) or not isinstance(columns, Mapping):
        raise DataError(say("data.options and data.columns must be tables."), code="data.option")
    if kind not in FORMATS:
        raise DataError(
            say("{kind} is no kind of data file.", kind=repr(kind)),
            code="data.kind",
            remedy=say("It can be {formats}.", formats=", ".join(FORMATS)),
        )
    format = FORMATS[kind]
    is_folder = path.is_dir()
    takes_folders = format.is_folder or bool(format.folder_endings)
    # A single picture is a folder of one, for those who ask for it by its kind.
    is_one_picture = format is PICTURES and is_picture(path)
    if is_folder > takes_folders or (format.is_folder > is_folder and not is_one_picture):
        raise DataError(
            say("{file} is no folder.", file=repr(file))
            if format.is_folder
            else say("{file} is a folder.", file=repr(file)),
            code="data.folder",
            remedy=(
                say("Choose a folder of pictures.")
                if format.folder_endings
                else say("Choose the folder that holds the arrays.")
            )
            if format.is_folder
            else say("Choose a file inside it."),
        )
    # An option that is null was put back to what the file shows.
    options = {name: value for name, value in options.items() if value is not None}
    check_options(format, options)
    second = data.get("y_file") if format.has_targets_file else None
    targets = find_file(second, base) if second else None
    asked = Asked(path=path, file=file, options=options, columns=columns, targets=targets)
    return READERS[kind]().open(asked)


def is_picture(path: Path) -> bool:
    """Whether a path is a file that its name says is a picture."""
    return path.name.lower().endswith(PICTURE_ENDINGS) and path.is_file()


def tree_of(file: str, base: Path) -> list[TreeNode]:
    """What is in a file that holds arrays by name, parents before their children.

    Raises:
        DataError: If the file is damaged, or its format has no such tree.
    """
    path = find_file(file, base)
    kind = kind_of(path)
    read = READERS[kind]().tree
    if read is None:
        raise DataError(
            say("{file} holds no arrays by name.", file=repr(file)),
            code="data.no-tree",
            remedy=say("Look at its rows."),
        )
    return read(path, file)


def find_file(file: str, base: Path) -> Path:
    """The data file's path, checked.

    Raises:
        DataError: If it is not there, is empty, or may not be read.
    """
    if "\0" in file:
        raise DataError(say("A file's name cannot hold a zero character."), code="data.no-file")
    path = Path(file) if Path(file).is_absolute() else base / file
    try:
        known = path.stat()
    except PermissionError as problem:
        raise not_readable(repr(file), problem) from problem
    except OSError as problem:
        raise DataError(
            say("The data file {file} is not where it was.", file=repr(file)),
            code="data.file-missing",
            remedy=say("Put it back, or choose where it is now."),
            details=str(problem),
        ) from problem
    if path.is_dir():
        return path  # what is in it decides whether it is data
    if not path.is_file():
        raise DataError(
            say(
                "{file} is {file_2}, not a data file.",
                file=repr(file),
                file_2=special_file(path) or say("no ordinary file"),
            ),
            code="data.special-file",
            remedy=say("Write what comes out of it into a file first, then choose that file."),
        )
    if known.st_size == 0:
        raise DataError(say("{file} is empty.", file=repr(file)), code="data.empty-file")
    try:
        path.open("rb").close()
    except OSError as problem:
        raise not_readable(repr(file), problem) from problem
    return path


def kind_of(path: Path) -> str:
    """The kind of a file by its first bytes, then by its ending.

    Raises:
        DataError: For files of other programs, named in words.
    """
    if path.is_dir():
        return _kind_of_folder(path)
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as problem:
        raise not_readable(repr(path.name), problem) from problem
    found = recognise(path.name, head)
    if isinstance(found, Foreign):
        raise DataError(
            say(
                "{file} is {what}, which FitStudio does not read.",
                file=repr(path.name),
                what=found.what,
            ),
            code="data.foreign-file",
            remedy=found.remedy,
        )
    return found.name


def _kind_of_folder(path: Path) -> str:
    from fitstudio.data.folder_files import look_into

    found = look_into(path)
    if found is not None:
        return found.format.name
    kinds = [each.title for each in FORMATS.values() if each.folder_endings]
    raise DataError(
        say("{name} is a folder without files that are one dataset.", name=repr(path.name)),
        code="data.folder",
        remedy=say(
            "Choose a file inside it, or a folder that holds files of one of these kinds: {kinds}.",
            kinds=listed(kinds, last="or", most=len(kinds)),
        ),
    )
