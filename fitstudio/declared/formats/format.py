"""What a format of data files is made of: names, endings, first bytes, and options of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fitstudio.declared.kinds.param import Entry, Param
from fitstudio.words.tables import Spoken


class Where(StrEnum):
    """In which files an option can be set."""

    ALWAYS = "always"
    TEXT = "text"  # not in workbooks, whose cells are parted already
    WORKBOOK = "workbook"  # only there
    SEVERAL = "several"  # only where the file holds several tables
    PICTURES = "pictures"  # only where a column names pictures


class Travels(StrEnum):
    """How far an option goes that was set, or found out, for the training file."""

    WITH_MODEL = "model"  # it says how cells are written: every later file is read the same way
    LAYOUT = "layout"  # a later file may be laid out otherwise, and says so itself
    PLACE = "place"  # likewise, the number of a line: it differs from file to file
    NEVER = "never"  # it says which rows of this one file are wanted


@dataclass(frozen=True, kw_only=True)
class ReadingOption(Param):
    """One of the settings under ``data.options``; its default is what holds where nothing shows.

    Args:
        travels: Whether later files are read with it.
        among: What can be chosen in a file that holds the arrays of these paths, each value with
            its words; None where that does not hang on the file's arrays.
        where: In which of the format's files it can be set.
    """

    section: str = "data.options"
    travels: Travels = Travels.WITH_MODEL
    among: Callable[[Sequence[str]], list[tuple[str, str]]] | None = None
    where: Where = Where.ALWAYS


@dataclass(frozen=True)
class Signature:
    """The first bytes of a file.

    Args:
        start: What the file starts with.
        holds: What its first bytes hold besides, for containers that many programs use; a file
            that has one of the format's endings need not.
    """

    start: bytes
    holds: bytes = b""

    def matches(self, head: bytes) -> bool:
        """Whether the first bytes of a file are these; `holds` is not looked at."""
        return head.startswith(self.start)


@dataclass(frozen=True, kw_only=True)
class Format(Entry):
    """A format of data files, which `fitstudio.data.formats` has a reader for.

    `name` is its value in ``data.kind``, `params` are its options of reading.

    Args:
        params: What can be set in ``data.options``.
        called: What people call such files, for places that say what can be dropped.
        endings: The endings of its files, with the point, in small letters.
        signatures: The first bytes of its files; none for text.
        content: What a file is, in a few words, such as "NPZ arrays".
        row: What one row of the file is called.
        column: What one column is called.
        icon: The icon of a project with such data.
        has_tree: Whether a file holds arrays by name, perhaps in groups.
        is_folder: Whether its "file" is a folder, with a row for each file in it.
        folder_endings: The endings of the files that a folder of them is known by; none where a
            folder of such files is no dataset.
        binding: The names of options that every later file must obey, since what a model has
            learned hangs on them.
        has_mixed_endings: Whether files with different endings in one folder are different things.
        has_targets_file: Whether the targets may stand in a second file, ``data.y_file``.
    """

    params: tuple[ReadingOption, ...] = ()
    called: tuple[str, ...]
    endings: tuple[str, ...]
    signatures: tuple[Signature, ...] = ()
    content: Spoken = Spoken()
    row: str = "sample"
    column: str = "array"
    icon: str = "image"
    has_tree: bool = False
    is_folder: bool = False
    folder_endings: tuple[str, ...] = ()
    binding: tuple[str, ...] = ()
    has_mixed_endings: bool = False
    has_targets_file: bool = False

    __hash__ = Entry.__hash__

    @property
    def is_table(self) -> bool:
        """Whether its files are tables, whose columns hold single values."""
        return self.column == "column"

    def option(self, name: str) -> ReadingOption | None:
        """The option of this name."""
        return next((option for option in self.params if option.name == name), None)

    def options_that(self, *travels: Travels) -> tuple[str, ...]:
        """The names of the options that travel so far, in their order."""
        return tuple(option.name for option in self.params if option.travels in travels)

    def begins(self, head: bytes, ending: str) -> bool:
        """Whether a file that begins like this is of this format.

        Args:
            head: The first bytes of the file.
            ending: Its ending, in small letters.
        """
        return any(
            each.matches(head) and (each.holds in head or ending in self.endings)
            for each in self.signatures
        )


@dataclass(frozen=True)
class Foreign:
    """Files of other programs, which people try and which cannot be read.

    Args:
        what: What such a file is, to stand after "is".
        remedy: What to do instead.
        starts: What its first bytes may be.
        endings: Which endings it has, where the first bytes alone do not tell.
    """

    what: Spoken = Spoken()
    remedy: Spoken = Spoken()
    starts: tuple[bytes, ...] = ()
    endings: tuple[str, ...] = ()
