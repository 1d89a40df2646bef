"""All formats of data files by name, and what follows from them for dialogs, words and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, overload

from fitstudio.declared.formats.columnar import COLUMNAR
from fitstudio.declared.formats.containers import find_container
from fitstudio.declared.formats.foreign import FOREIGN
from fitstudio.declared.formats.format import Foreign, Format, ReadingOption
from fitstudio.declared.formats.hdf5 import HDF5
from fitstudio.declared.formats.matlab import MATLAB
from fitstudio.declared.formats.npy import NPY
from fitstudio.declared.formats.npz import NPZ
from fitstudio.declared.formats.pictures import PICTURES
from fitstudio.declared.formats.signals import SIGNALS
from fitstudio.declared.formats.spectra import SPECTRA
from fitstudio.declared.formats.sqlite import SQLITE
from fitstudio.declared.formats.text import TABLE
from fitstudio.declared.formats.zarr import ZARR
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.kinds.values import Option, quoted
from fitstudio.errors import DataError
from fitstudio.words import marked, say, say_marked

# In the order in which they are offered. Each has a reader in `fitstudio.data.formats.readers`.
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        TABLE, NPY, NPZ, HDF5, ZARR, MATLAB, COLUMNAR, SQLITE, SPECTRA, SIGNALS, PICTURES,
    )
}  # fmt: skip
# What several files together are called; no file has this format, and nobody can choose it.
SEVERAL = Format(
    name="several",
    title=marked("Several files"),
    help=marked("Several files whose rows belong together."),
    called=(),
    endings=(),
    content=marked("Several files"),
    row="row",
    column="column",
    icon=TABLE.icon,
)
# What a file is taken for that has no known first bytes and no known ending.
OTHERWISE = TABLE


class _Names(Sequence[Option]):
    """The formats as the choices of ``data.kind``; a format that is added is among them."""

    def _all(self) -> list[Option]:
        return [Option(each.name, each.title, each.help) for each in FORMATS.values()]

    @overload
    def __getitem__(self, index: int) -> Option: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Option]: ...
    def __getitem__(self, index: int | slice) -> Option | Sequence[Option]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Option]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(FORMATS)


FORMAT_NAMES: Sequence[Option] = _Names()


def find_format(name: object) -> Format:
    """The format of this name; a file of an unknown one is treated as a table."""
    if name == SEVERAL.name:
        return SEVERAL
    return FORMATS.get(name, OTHERWISE) if isinstance(name, str) else OTHERWISE


def format_by_ending(file: str) -> Format:
    """The format that a file's name lets expect."""
    ending = PurePath(file).suffix.lower()
    return next((each for each in FORMATS.values() if ending in each.endings), OTHERWISE)


def recognise(file: str, head: bytes) -> Format | Foreign:
    """What a file is, by its first bytes, then by its ending.

    Args:
        file: Its name.
        head: Its first bytes.
    """
    ending = PurePath(file).suffix.lower()
    for foreign in FOREIGN:
        if ending in foreign.endings and head.startswith(foreign.starts):
            return foreign
    for format in FORMATS.values():
        if format.begins(head, ending):
            return format
    if find_container(file, head) is not None:
        return TABLE
    for foreign in FOREIGN:
        if not foreign.endings and head.startswith(foreign.starts):
            return foreign
    # A damaged file of a known ending must not be read as a strange table.
    return format_by_ending(file)


def icon_of(name: str) -> str:
    """The icon of a project whose data has the format of this name; a folder's for none."""
    return FORMATS[name].icon if name in FORMATS else "folder"


def called() -> list[str]:
    """What people call the files that can be read: "CSV", "TSV", …"""
    names = (name for each in FORMATS.values() for name in each.called)
    return [say_marked(name) for name in dict.fromkeys(names)]


def patterns() -> str:
    """The endings of all formats as a file dialog takes them: "*.csv *.tsv …"."""
    return " ".join(f"*{ending}" for each in FORMATS.values() for ending in each.endings)


def check_options(format: Format, options: Mapping[str, Any]) -> None:
    """Refuses options that the format does not have, and values that they cannot be.

    Raises:
        DataError: Naming the option and what it may be.
    """
    for name, value in options.items():
        option = format.option(name)
        if option is None:
            raise unknown_option(format, name)
        if option.kind.check(value) is not None:
            raise _wrong_value(option, value)


def unknown_option(format: Format, name: str) -> DataError:
    """The error for an option that a format does not have."""
    names = [option.name for option in format.params]
    return DataError(
        say(
            "This kind of file has no option {name}.{did_you_mean}",
            name=repr(name),
            did_you_mean=did_you_mean(name, names),
        ),
        code="data.option-unknown",
        remedy=say("It has {names}.", names=", ".join(names)),
    )


def parse_option(name: str, text: str, *, format: Format | None, file: str) -> Any:
    """Reads an option's value as a person types it.

    Args:
        name: The option.
        text: What was typed.
        format: The format, where it is known; else the file's ending and the option decide.
        file: The file's name.

    Raises:
        DataError: If no format has the option, or the value is none of its kind.
    """
    formats = [format_by_ending(file), *FORMATS.values()] if format is None else [format]
    options = [option for each in formats if (option := each.option(name)) is not None]
    if not options:
        raise unknown_option(formats[0], name)
    for option in options:
        try:
            return option.kind.parse(text)
        except ValueError:
            continue
    raise _wrong_value(options[0], text)


def _wrong_value(option: ReadingOption, value: object) -> DataError:
    return DataError(
        say(
            "The option {option} of the file cannot be {value}.",
            option=option.name,
            value=quoted(value),
        ),
        code="data.option",
        remedy=say("It is {kind}.", kind=option.kind.say()),
    )
