"""Reads a table or view of a SQLite file; the file is opened for reading only, and never locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import polars as pl
import psutil

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import WholeNumbers, Words
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_bytes, listed

_ROWS_AT_ONCE = 20_000
# A statement may give no more than 2,000 values; each column asks for six.
_COLUMNS_AT_ONCE = 300
_SHARE_OF_MEMORY = 0.5
_CELL_BYTES = 16
_EXACT = 2**53
# What reading needs; nothing else is let through, whatever a view in the file asks for.
_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_PRAGMA,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Held:
    """What the rows of one column hold.

    Args:
        name: Its name.
        integers: How many are whole numbers; likewise the others.
        largest: The largest size of a number.
    """

    name: str
    integers: int
    reals: int
    texts: int
    blobs: int
    largest: float

    @property
    def count(self) -> int:
        """How many rows hold anything."""
        return self.integers + self.reals + self.texts + self.blobs

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers alone."""
        return self.count > 0 and not (self.texts or self.blobs)


def open_sqlite(asked: Asked) -> ArraySource:
    """Opens a table or view of a database.

    Raises:
        DataError: If the file is damaged, or has no such table, or nothing in it can be used.
    """
    path, file = asked.path, asked.file
    try:
        with closing(_connect(path)) as database:
            guess, rows = _choose(database, file, asked.options.get("table"))
            table = str(guess.value)
            names = _column_names(database, table)
            _refuse_too_large(rows, len(names), file, table)
            held = _look(database, table, names)
            findings = [_left_out(each) for each in held if each.blobs or not each.count]
            kept = [each for each in held if each.count and not each.blobs]
            if not kept:
                raise DataError(
                    say("The table {table} of {file} holds no column that can be used.",
                        table=repr(table), file=repr(file)),
                    code="data.no-arrays",
                    remedy=say("It needs columns of numbers or texts."),
                )  # fmt: skip
            arrays = _read(database, table, kept, rows)
    # Of a damaged schema not even the message can be decoded.
    except (sqlite3.Error, UnicodeDecodeError) as problem:
        raise _unreadable(file, problem) from problem
    return ArraySource(
        path,
        file,
        "sqlite",
        arrays,
        types=asked.columns,
        options={**asked.options, "table": table},
        guesses=(guess,),
        findings=(*findings, *_not_written_yet(path)),
    )


def _connect(path: Path) -> sqlite3.Connection:
    place = quote(str(path.resolve()).replace("\\", "/"))
    place = place if place.startswith("/") else f"/{place}"
    database = sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.execute("PRAGMA temp_store = MEMORY")
    database.set_authorizer(_authorize)
    return database


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _choose(database: sqlite3.Connection, file: str, wanted: object) -> tuple[Guess, int]:
    """The table that is read, and how many rows it has."""
    tables, views = _tables(database)
    there = [*tables, *views]
    if wanted is not None:
        if wanted not in there:
            raise DataError(
                say(
                    "{file} has no table {name}.{did_you_mean}",
                    file=repr(file),
                    name=repr(str(wanted)),
                    did_you_mean=did_you_mean(str(wanted), there),
                ),
                code="data.option",
                remedy=say("It has {names}.", names=listed(list(map(repr, there)), most=10))
                if there
                else say("Choose another file."),
            )
        rows = _count(database, str(wanted))
        if not rows:
            raise _empty(file, str(wanted))
        return _guess(str(wanted), say("As you said."), there, given=True), rows
    sizes = {name: _count(database, name) for name in tables}
    cells = {
        name: rows * len(_column_names(database, name)) for name, rows in sizes.items() if rows
    }
    if not cells:
        raise DataError(
            say("{file} holds no table with rows.", file=repr(file)),
            code="data.empty-file",
            remedy=say("It has the views {names}; say which of them is meant by table.",
                       names=listed(list(map(repr, views))))
            if views
            else say("Choose another file."),
        )  # fmt: skip
    best = max(cells, key=lambda name: cells[name])
    sentence = (
        say("It is the only table with rows.")
        if len(cells) < 2
        else say_count(
            len(cells),
            "{number} table has rows.",
            "{number} tables have rows; this is the one with the most values.",
        )
    )
    return _guess(best, sentence, there, sure=len(cells) < 2), sizes[best]


def _guess(
    name: str, sentence: str, choices: Sequence[str], *, given: bool = False, sure: bool = True
) -> Guess:
    label = say("Table “{name}”", name=name)
    return Guess("table", name, sentence, label, given=given, sure=sure, choices=tuple(choices))


def _tables(database: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """The names of the tables and of the views that a person made."""
    kinds: dict[str, list[str]] = {"table": [], "virtual": [], "view": []}
    for _, name, kind, *_ in database.execute("PRAGMA main.table_list"):
        if kind in kinds and not name.startswith("sqlite_"):
            kinds[kind].append(name)
    return sorted([*kinds["table"], *kinds["virtual"]]), sorted(kinds["view"])


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])


def _column_names(database: sqlite3.Connection, table: str) -> list[str]:
    found = database.execute(f"PRAGMA main.table_xinfo({_quoted(table)})")
    return [name for _, name, _, _, _, _, hidden in found if hidden != 1]


def _look(database: sqlite3.Connection, table: str, names: Sequence[str]) -> list[_Held]:
    """What each column holds: any row of a table may hold a value of any type."""
    held: list[_Held] = []
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        part = names[start : start + _COLUMNS_AT_ONCE]
        wanted = ", ".join(
            f"sum(typeof({name}) = 'integer'), sum(typeof({name}) = 'real'),"
            f" sum(typeof({name}) = 'text'), sum(typeof({name}) = 'blob'),"
            f" max(CASE typeof({name}) WHEN 'integer' THEN {name} END),"
            f" min(CASE typeof({name}) WHEN 'integer' THEN {name} END)"
            for name in map(_quoted, part)
        )
        found = database.execute(f"SELECT {wanted} FROM {_quoted(table)}").fetchone()
        for place, name in enumerate(part):
            integers, reals, texts, blobs, highest, lowest = found[6 * place : 6 * place + 6]
            largest = max(abs(highest or 0), abs(lowest or 0))
            held.append(
                _Held(
                    name=name, integers=integers or 0, reals=reals or 0, texts=texts or 0,
                    blobs=blobs or 0, largest=largest,
                )
            )  # fmt: skip
    return held


def _read(
    database: sqlite3.Connection, table: str, columns: Sequence[_Held], rows: int
) -> dict[str, ArrayLike]:
    """All rows of some columns, block by block, so that Python's own objects never fill memory."""
    wanted = ", ".join(_quoted(each.name) for each in columns)
    cursor = database.execute(f"SELECT {wanted} FROM {_quoted(table)}")
    numbers = {
        each.name: np.empty(rows, np.int64 if _is_whole(each, rows) else np.float64)
        for each in columns
        if _as_numbers(each, rows)
    }
    texts: dict[str, list[pl.Series]] = {
        each.name: [] for each in columns if each.name not in numbers
    }
    start = 0
    while block := cursor.fetchmany(min(_ROWS_AT_ONCE, rows - start)):
        for each, values in zip(columns, zip(*block, strict=True), strict=True):
            if each.name in numbers:
                numbers[each.name][start : start + len(block)] = _floats(values)
            else:
                texts[each.name].append(_words(values))
        start += len(block)
        if start == rows:
            break
    found: dict[str, ArrayLike] = {}
    for each in columns:
        if each.name not in numbers:
            found[each.name] = Words(pl.concat(texts[each.name]))
        elif each.reals or each.count == rows:
            found[each.name] = numbers[each.name]
        else:
            found[each.name] = WholeNumbers(numbers[each.name])
    return found


def _as_numbers(column: _Held, rows: int) -> bool:
    # Whole numbers with gaps, or among others, are held as floats, which round the long ones.
    exact = column.largest <= _EXACT or _is_whole(column, rows)
    return column.is_number and exact


def _is_whole(column: _Held, rows: int) -> bool:
    return column.integers == rows


def _floats(values: Sequence[Any]) -> Sequence[Any]:
    return [np.nan if value is None else value for value in values]


def _words(values: Sequence[Any]) -> pl.Series:
    """Cells as text; a number among texts is the text that it is written as."""
    texts = [None if value is None else str(value).strip() or None for value in values]
    return pl.Series("text", texts, dtype=pl.String)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _left_out(column: _Held) -> Finding:
    why = say("holds binary data (BLOB)") if column.blobs else say("holds nothing")
    return Finding(
        "data.left-out",
        Severity.ADVICE,
        "data.file",
        say("**{name}** {why}: it is left out.", name=column.name, why=why),
    )


def _not_written_yet(path: Path) -> Iterator[Finding]:
    """Changes that stand beside the file until the program that made them writes them into it."""
    beside = path.with_name(f"{path.name}-wal")
    try:
        waiting = beside.stat().st_size
    except OSError:
        return
    if waiting:
        yield Finding(
            "data.not-written-yet",
            Severity.ADVICE,
            "data.file",
            say(
                "**{name}** holds changes that are not in the database yet, and are not read: "
                "close the program that writes to it, then look again.",
                name=beside.name,
            ),
        )


def _refuse_too_large(rows: int, columns: int, file: str, table: str) -> None:
    needed = rows * columns * _CELL_BYTES
    if needed > _SHARE_OF_MEMORY * psutil.virtual_memory().available:
        raise DataError(
            say(
                "The table {table} of {file} needs about {size}, more than half of the memory "
                "that is free.",
                table=repr(table),
                file=repr(file),
                size=format_bytes(needed),
            ),
            code="data.too-large",
            remedy=say("Make a view with the columns that are needed, and choose that."),
        )


def _empty(file: str, table: str) -> DataError:
    return DataError(
        say("The table {table} of {file} holds no rows.", table=repr(table), file=repr(file)),
        code="data.empty-file",
        remedy=say("Choose another table."),
    )


def _unreadable(file: str, problem: sqlite3.Error | UnicodeDecodeError) -> DataError:
    if isinstance(problem, sqlite3.OperationalError):
        return DataError(
            say("The database {file} cannot be read: {why}.", file=repr(file), why=str(problem)),
            code="data.unreadable",
            remedy=say("Choose another table, or open it in its program and export the table."),
        )
    return DataError(
        say("{file} is no sound SQLite file: it is damaged, cut short or locked with a password.",
            file=repr(file)),
        code="data.damaged",
        remedy=say("Copy it again, or export the table from the program that made it."),
        details=str(problem),
    )  # fmt: skip
