"""Data files as they are typed: `--data FILE`, several of them, `--data NAME=FILE`, `--join`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fitstudio.declared.formats.registry import parse_option
from fitstudio.declared.parameters.sources import name_problem, simple_word
from fitstudio.errors import DataError, UsageError
from fitstudio.words import say


def typed_files(texts: Sequence[str]) -> dict[str, Path]:
    """The files by name: as typed before the `=`, else as the file is called.

    Raises:
        UsageError: If two files have one name.
    """
    files: dict[str, Path] = {}
    for text in texts:
        name, equals, rest = text.partition("=")
        # A file may have such a name; what is there under all of it is meant.
        named = bool(equals and rest) and name_problem(name) is None and not Path(text).exists()
        if named and name in files:
            raise UsageError(
                say("Two files are called {name}.", name=repr(name)),
                remedy=say("Give each file a name of its own."),
            )
        path = Path(rest if named else text)
        files[name if named else simple_word(str(path), files)] = path
    return files


def typed_join(texts: Sequence[str]) -> dict[str, str]:
    """For each file the column that its rows are found by.

    Raises:
        UsageError: If something is not NAME=COLUMN.
    """
    join: dict[str, str] = {}
    for text in texts:
        name, equals, column = text.partition("=")
        if not equals or not name or not column:
            raise UsageError(
                say("--join takes NAME=COLUMN; what came is {text}.", text=repr(text)),
                remedy=say("For example: --join samples=id"),
            )
        join[name] = column
    return join


def typed_data(arguments: argparse.Namespace) -> dict[str, Any]:
    """The files of --data, as a run specification has data, with the options typed for them.

    Raises:
        UsageError: If an option cannot be told.
        DataError: If a file is not there, or has no such option.
    """
    for text in arguments.data:
        require_file(next(iter(typed_files([text]).values())))
    files = typed_files(arguments.data)
    options = _options(arguments.option, files)
    if len(files) == 1 and "=" not in arguments.data[0]:
        ((name, path),) = files.items()
        data: dict[str, Any] = {"file": str(path)}
        return data | ({"options": options[name]} if options[name] else {})
    return {
        "sources": {
            name: {"path": str(path)} | ({"options": options[name]} if options[name] else {})
            for name, path in files.items()
        }
    }


def require_file(file: Path) -> None:
    """A file that was typed wrong has not been moved: the words for that would lead astray.

    Raises:
        DataError: If there is no such file.
    """
    if file.exists():
        return
    raise DataError(
        say("{file} is not there.", file=repr(str(file))),
        code="data.missing",
        remedy=say("Check the name; the path begins where the command was typed."),
    )


def _options(texts: Sequence[str], files: dict[str, Path]) -> dict[str, dict[str, Any]]:
    options: dict[str, dict[str, Any]] = {name: {} for name in files}
    for typed in texts:
        name, equals, text = typed.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                say("--option takes NAME=VALUE; what came is {typed}.", typed=repr(typed)),
                remedy=say("For example: --option decimal=,"),
            )
        source, _, option = name.strip().rpartition(".")
        if not source and len(files) == 1:
            source = next(iter(files))
        if source not in files:
            first = next(iter(files))
            raise UsageError(
                say(
                    "It is not clear which file the option {name} is for.", name=repr(name.strip())
                ),
                remedy=say(
                    "Name the file before it: --option {first}.{option}={text}",
                    first=first,
                    option=option,
                    text=text,
                ),
            )
        options[source][option] = parse_option(option, text, format=None, file=files[source].name)
    return options
