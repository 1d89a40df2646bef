"""SQLite files: databases, of which one table or view is read."""

from __future__ import annotations

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT
from fitstudio.declared.formats.format import Format, ReadingOption, Signature, Where
from fitstudio.declared.kinds.values import Text
from fitstudio.words import marked

SQLITE = Format(
    name="sqlite",
    title=marked("SQLite"),
    help=marked("A table or view of a database"),
    params=(
        ReadingOption(
            name="table",
            kind=Text(what=marked("the name of a table or view")),
            title=marked("Table"),
            help=marked("The table or view that is read."),
            unset=marked("the one with the most values"),
            where=Where.SEVERAL,
        ),
        ONE_HOT,
        MISSING,
    ),
    called=("SQLite",),
    endings=(".sqlite", ".sqlite3", ".db", ".db3"),
    signatures=(Signature(b"SQLite format 3\x00"),),
    content=marked("SQLite database"),
    row="row",
    column="column",
    icon="table",
)
