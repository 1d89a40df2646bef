"""Opens NPZ files: arrays in an archive, whose claims are checked before anything is unpacked.

Arrays that lie uncompressed in the archive are mapped from the disk. Python objects (pickles) are
never loaded.
"""

from __future__ import annotations

import errno
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import psutil

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.formats.arrays.columns import largest_group
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.numpy_files.mapped_array import Checksum, MappedArray
from fitstudio.data.formats.numpy_files.npy import check_usable
from fitstudio.data.formats.numpy_files.npy_header import NpyHeader, damaged, read_header
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.formats.npz import PART, part_of
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import Guess, TreeNode
from fitstudio.errors import DataError
from fitstudio.words import say

_MOST_ARRAYS = 10_000
_MOST_UNPACKED_BYTES = 8 << 30
_HIGHEST_RATIO = 2_000  # zlib cannot pack tighter than about 1,030 to one
# Arrays of so many bytes are no longer believed to be nearly all zeros.
_SUSPICIOUS_BYTES = 1 << 30
_SUSPICIOUS_RATIO = 500
_SHARE_OF_MEMORY = 0.5
_BLOCK_BYTES = 16 << 20


def open_npz(asked: Asked) -> ArraySource:
    """Opens a file with several arrays.

    Raises:
        DataError: If it is damaged, or holds nothing that can be used.
    """
    path, file, options = asked.path, asked.file, asked.options
    single = options.get("single_values") is True
    headers, left_out = _look_inside(path, file, single_values=single)
    lengths = {name: header.shape[0] for name, header in headers.items()}
    if not lengths:
        reasons = "; ".join(f"{name!r} {why}" for name, why in list(left_out.items())[:5])
        raise DataError(
            say(
                "{file} holds no arrays that can be used{reasons}.",
                file=repr(file),
                reasons=": " + reasons if reasons else "",
            ),
            code="data.no-arrays",
            remedy=say("Save arrays of numbers with numpy.savez."),
        )
    chosen, guess = _choose_part(lengths, options, file)
    others = {name: rows for name, rows in lengths.items() if name not in chosen}
    _refuse_too_large(path, file, chosen)
    arrays = {shown: _member(path, file, name, headers[name]) for name, shown in chosen.items()}
    findings = [
        *_left_out_findings(left_out),
        *_unchecked_findings(arrays),
        *_other_findings(others, chosen, lengths, options),
    ]
    return ArraySource(
        path, file, "npz", arrays, types=asked.columns,
        options={**options, **({"part": guess.value} if guess else {})},
        guesses=(guess,) if guess else (), findings=tuple(findings),
    )  # fmt: skip


def npz_tree(path: Path, file: str) -> list[TreeNode]:
    """The arrays in a file, as a tree without branches.

    Raises:
        DataError: If it is damaged.
    """
    headers, left_out = _look_inside(path, file)
    nodes = [TreeNode("", "", "group")]
    nodes += [
        TreeNode(name, name, "array", header.shape, str(header.dtype))
        for name, header in headers.items()
    ]
    return nodes + [TreeNode(name, name, "refused", note=why) for name, why in left_out.items()]


def _look_inside(
    path: Path, file: str, *, single_values: bool = False
) -> tuple[dict[str, NpyHeader], dict[str, str]]:
    """The arrays that can be used, and why the others cannot."""
    headers: dict[str, NpyHeader] = {}
    left_out: dict[str, str] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_ARRAYS:
                raise damaged(file, say("it claims to hold {members} arrays", members=len(members)))
            # Members that share their bytes can unpack to any size.
            if sum(member.compress_size for member in members) > path.stat().st_size:
                raise damaged(file, say("its arrays claim more bytes than it has"))
            for member in members:
                name = member.filename.removesuffix(".npy")
                problem = _member_problem(member, headers, path.stat().st_size)
                if problem is None:
                    header, problem = _member_header(archive, member, single_values)
                    if header is not None and problem is None:
                        headers[name] = header
                if problem is not None:
                    left_out[name] = problem
    except OSError as problem:
        if problem.errno in (None, errno.EINVAL):  # a place that the file does not have
            raise damaged(file, say("its list of contents is wrong")) from problem
        raise DataError(
            say(
                "{file} cannot be read: {strerror}.",
                file=repr(file),
                strerror=problem.strerror or problem,
            ),
            code="data.unreadable",
        ) from problem
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError) as problem:
        if isinstance(problem, DataError) or not came_from(problem, "zipfile"):
            raise
        raise DataError(
            say("{file} is damaged: it is no sound NPZ file.", file=repr(file)),
            code="data.damaged",
            details=str(problem),
        ) from problem
    return headers, left_out


def _member_problem(member: zipfile.ZipInfo, known: Mapping[str, Any], size: int) -> str | None:
    if not member.filename.endswith(".npy"):
        return say("is no array")
    if member.filename.removesuffix(".npy") in known:
        return say("is there twice")
    if member.flag_bits & 1:
        return say("is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return say("is packed in a way that NumPy does not use")
    if member.compress_size > size:
        return say("claims more bytes than the file has")
    if member.compress_type == zipfile.ZIP_DEFLATED:
        if member.file_size > _MOST_UNPACKED_BYTES:
            return say("would take more memory than is allowed once unpacked")
        if member.file_size > _HIGHEST_RATIO * max(member.compress_size, 1):
            return say("unpacks to far more than any real data")
        ratio = member.file_size // max(member.compress_size, 1)
        if member.file_size > _SUSPICIOUS_BYTES and ratio > _SUSPICIOUS_RATIO:
            return say(
                "unpacks to {ratio} times its size, {file_size} GiB, far more than real data "
                "do; if it is real, save it with numpy.savez",
                ratio=ratio,
                file_size=f"{member.file_size / 2**30:.1f}",
            )
    return None


def _member_header(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, single_values: bool
) -> tuple[NpyHeader | None, str | None]:
    try:
        with archive.open(member) as stream:
            header = read_header(cast(Any, stream), what=member.filename)
        if single_values and not header.shape:
            header = replace(header, shape=(1,))
        check_usable(header, member.filename)
        if header.dtype.names:
            return None, say("has named fields; save them as arrays of their own")
    except DataError as problem:
        return None, problem.message.split(" ", 1)[1].rstrip(".")
    except (EOFError, zipfile.BadZipFile, zlib.error) as problem:
        # Left out, it would only be missed: the person has to know, and may have a copy.
        name = member.filename.removesuffix(".npy")
        raise damaged(name, say("it cannot be unpacked ({problem})", problem=problem)) from problem
    if header.length + header.data_bytes != member.file_size:
        return None, say("is not as long as its header says")
    return header, (say("holds no rows") if not header.data_bytes else None)


def _choose_part(
    lengths: Mapping[str, int], options: Mapping[str, Any], file: str
) -> tuple[dict[str, str], Guess | None]:
    """The arrays of one length, by their shown names: x_train and y_train become x and y."""
    parts = {name: part for name in lengths if (part := part_of(name)) is not None}
    wanted = options.get("part")
    if wanted is None and len(set(parts.values())) > 1:
        wanted = next((part for part in parts.values() if part.startswith("train")), None)
    if wanted is None:
        chosen, _ = largest_group(lengths)
        return {name: name for name in chosen}, None
    of_part = {name: rows for name, rows in lengths.items() if parts.get(name) == wanted}
    if not of_part:
        raise DataError(
            say("{file} has no part {wanted}.", file=repr(file), wanted=repr(wanted)),
            code="data.option",
            remedy=say("It has {parts}.", parts=", ".join(sorted(set(parts.values())))),
        )
    chosen, _ = largest_group(of_part)
    shown = {name: PART.sub("", name).strip("_.-") or name for name in chosen}
    if len(set(shown.values())) < len(shown):
        shown = {name: name for name in chosen}
    sentence = say("The names of its arrays end in the names of parts.")
    guess = Guess(
        "part", wanted, sentence, say("Part: {wanted}", wanted=wanted), given="part" in options
    )
    return shown, guess


def _left_out_findings(left_out: Mapping[str, str]) -> list[Finding]:
    return [
        Finding(
            "data.array-left-out",
            Severity.ADVICE,
            "data.file",
            say("**{name}** {why}: left out.", name=name, why=why),
        )
        for name, why in list(left_out.items())[:20]
    ]


def _unchecked_findings(arrays: Mapping[str, ArrayLike]) -> list[Finding]:
    return [
        Finding(
            "data.unchecked",
            Severity.ADVICE,
            "data.file",
            say(
                "**{name}** is so large that its checksum is not compared: damage would go "
                "unnoticed.",
                name=name,
            ),
        )
        for name, array in arrays.items()
        if isinstance(array, MappedArray) and not array.is_checked
    ]


def _other_findings(
    others: Mapping[str, int],
    chosen: Mapping[str, str],
    lengths: Mapping[str, int],
    options: Mapping[str, Any],
) -> list[Finding]:
    rows = lengths[next(iter(chosen))]
    found = []
    unlike = [
        say("{name} ({count} rows)", name=name, count=count)
        for name, count in others.items()
        if count != rows
    ]
    if unlike:
        found.append(
            Finding(
                "data.other-lengths",
                Severity.ADVICE,
                "data.file",
                say(
                    "Not part of these {rows} rows: **{unlike}**.",
                    rows=rows,
                    unlike=_listed(unlike),
                ),
            )
        )
    alike = [name for name, count in others.items() if count == rows]
    if alike:
        has, belongs = ("has", "belongs") if len(alike) == 1 else ("have", "belong")
        part = next((hit[1].lower() for name in alike if (hit := PART.search(name))), None)
        fix = Fix(
            say("Read {part} instead", part=part), {"data.options": {**options, "part": part}}
        )
        found.append(
            Finding(
                "data.other-groups",
                Severity.ADVICE,
                "data.options",
                say(
                    "**{alike}** {has} {rows} rows as well, but {belongs} to another part, "
                    "which is not read. The reading option part takes another part.",
                    alike=_listed(alike),
                    has=has,
                    rows=rows,
                    belongs=belongs,
                ),
                fix if part else None,
            )
        )
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")


def _refuse_too_large(path: Path, file: str, chosen: Mapping[str, str]) -> None:
    """Refuses packed arrays that would fill the memory once they are unpacked.

    Raises:
        DataError: Saying how large they are.
    """
    with zipfile.ZipFile(path) as archive:
        members = [archive.getinfo(f"{name}.npy") for name in chosen]
    unpacked = sum(
        member.file_size for member in members if member.compress_type == zipfile.ZIP_DEFLATED
    )
    memory = memory_bytes()
    if unpacked > _SHARE_OF_MEMORY * memory:
        raise DataError(
            say(
                "The packed arrays of {file} need {unpacked} GiB, more than half of this "
                "computer's memory ({memory} GiB).",
                file=repr(file),
                unpacked=f"{unpacked / 2**30:.1f}",
                memory=f"{memory / 2**30:.0f}",
            ),
            code="data.too-large",
            remedy=say("Save them with numpy.savez, not packed: then they are read in place."),
        )


def memory_bytes() -> int:
    """The memory that this computer has."""
    return int(psutil.virtual_memory().total)


def _member(path: Path, file: str, name: str, header: NpyHeader) -> ArrayLike:
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(f"{name}.npy")
        if member.compress_type == zipfile.ZIP_STORED:
            start = _data_offset(path, member, file)
            if start + header.length + header.data_bytes > path.stat().st_size:
                raise damaged(name, say("it is shorter than its header says"))
            check = Checksum(name, start, member.file_size, member.CRC)
            return MappedArray(
                path, header.dtype, header.shape, start + header.length, header.fortran, check
            )
        with archive.open(member) as stream:
            stream.read(header.length)
            return _unpack(stream, header, name)


def _data_offset(path: Path, member: zipfile.ZipInfo, file: str) -> int:
    """Where the bytes of an uncompressed member start."""
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        local = stream.read(30)
    if len(local) < 30 or local[:4] != b"PK\x03\x04":
        raise damaged(file, say("its list of contents is wrong"))
    name_bytes, extra_bytes = struct.unpack("<HH", local[26:30])
    return member.header_offset + 30 + name_bytes + extra_bytes


def _unpack(stream: IO[bytes], header: NpyHeader, name: str) -> np.ndarray:
    """A compressed array, into memory of exactly the size that its header says."""
    flat = np.empty(header.data_bytes, np.uint8)
    done = 0
    try:
        while done < len(flat):
            block = stream.read(min(_BLOCK_BYTES, len(flat) - done))
            if not block:
                raise damaged(name, say("it is shorter than its header says"))
            flat[done : done + len(block)] = np.frombuffer(block, np.uint8)
            done += len(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
        raise damaged(name, say("it cannot be unpacked ({problem})", problem=problem)) from problem
    values = flat.view(header.dtype)
    return values.reshape(header.shape, order="F" if header.fortran else "C")
