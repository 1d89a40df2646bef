"""The text of a table, whatever it is packed in."""

from __future__ import annotations

from fitstudio.data.formats.containers.unpacked import Unpacked
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.formats.containers import find_container
from fitstudio.declared.formats.format import Foreign
from fitstudio.declared.formats.registry import OTHERWISE, recognise
from fitstudio.errors import DataError
from fitstudio.words import say

_HEAD_BYTES = 512


def unpack(asked: Asked) -> Unpacked:
    """The text of a table; of a file that is not packed, its bytes.

    Raises:
        DataError: If it is damaged, locked, too large when unpacked, or holds no table.
    """
    with asked.path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    container = find_container(asked.file, head)
    if container is None:
        return Unpacked(data=asked.path.read_bytes())
    if container.name == "workbook":
        return _workbook(asked)
    if container.name == "zip":
        from fitstudio.data.formats.containers.archive import is_workbook, unpack_archive

        if is_workbook(asked.path):
            return _workbook(asked)
        data, inside, guess = unpack_archive(asked.path, asked.file, asked.options.get("member"))
        _refuse_others(asked.file, inside, data)
        return Unpacked(data=data, guesses=(guess,), options={"member": guess.value})
    from fitstudio.data.formats.containers.compressed import unpack_compressed

    data, inside = unpack_compressed(asked.path, asked.file, container.name)
    _refuse_others(asked.file, inside, data)
    return Unpacked(data=data)


def _workbook(asked: Asked) -> Unpacked:
    from fitstudio.data.formats.containers.workbook import unpack_workbook

    return unpack_workbook(asked.path, asked.file, asked.options)


def _refuse_others(file: str, inside: str, data: bytes) -> None:
    """Refuses what is no text inside, in words.

    Raises:
        DataError: Naming what it is.
    """
    if not data:
        raise DataError(say("{file} is empty inside.", file=repr(file)), code="data.empty-file")
    head = data[:_HEAD_BYTES]
    if find_container(inside, head) is not None:
        raise DataError(
            say("{file} holds {name}, which is packed again.", file=file, name=repr(inside)),
            code="data.foreign-file",
            remedy=say("Unpack it once, and choose what comes out."),
        )
    found = recognise(inside, head)
    if isinstance(found, Foreign):
        raise DataError(
            say(
                "{file} holds {name}, which is {what}: FitStudio does not read it.",
                file=repr(file),
                name=repr(inside),
                what=found.what,
            ),
            code="data.foreign-file",
            remedy=found.remedy,
        )
    if found is not OTHERWISE and found.signatures:
        raise DataError(
            say(
                "{file} holds {name}: {content}.",
                file=file,
                name=repr(inside),
                content=found.content,
            ),
            code="data.foreign-file",
            remedy=say("Unpack it, and choose {name}.", name=repr(inside)),
        )
