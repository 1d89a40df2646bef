"""One recording: what is in it, and parts of it as numbers, whatever format it has."""

from __future__ import annotations

import os
import struct
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.libraries import missing_library
from fitstudio.errors import DataError
from fitstudio.words import say

SOUND, WAV, EDF, TDMS = "sound", "wav", "edf", "tdms"
# What libraries raise for damaged files; mistakes of our own look the same but for their place.
_LIBRARY_ERRORS = (
    ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError,
    wave.Error, EOFError, struct.error,
)  # fmt: skip
_LIBRARIES = ("soundfile", "pyedflib", "nptdms", "wave")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What a recording holds.

    Args:
        path: The file.
        name: Its name, as messages show it.
        kind: What reads it: one of "sound", "wav", "edf", "tdms".
        channels: The names of its channels.
        rate: Values a second of each; None where the file does not say.
        length: Values of each channel.
        unit: The unit of the values, where all channels have one.
        left_out: Channels that have another rate or length.
    """

    path: Path
    name: str
    kind: str
    channels: tuple[str, ...]
    rate: float | None
    length: int
    unit: str = ""
    left_out: tuple[str, ...] = ()


def look_at(path: Path, name: str) -> Recording:
    """What is in a recording.

    Raises:
        DataError: If it is damaged, holds nothing, or its library is not installed.
    """
    try:
        found = _look(path, name)
    # A damaged file may claim more than any memory holds.
    except (*_LIBRARY_ERRORS, MemoryError) as problem:
        raise _of_library(problem, name) from problem
    if not found.channels or found.length < 1:
        raise DataError(
            say("{file} holds no values.", file=repr(name)),
            code="data.empty-file",
            remedy=say("Take it out of the folder, or record it again."),
        )
    return found


def read_part(recording: Recording, start: int, stop: int, channels: Sequence[str]) -> np.ndarray:
    """Some values of some channels, as (time, channels).

    Raises:
        DataError: If the file is damaged there.
    """
    try:
        found = _read(recording, start, stop, channels)
    except _LIBRARY_ERRORS as problem:
        raise _of_library(problem, recording.name) from problem
    if found.shape != (stop - start, len(channels)):
        raise _damaged(recording.name, "")
    return found


def _look(path: Path, name: str) -> Recording:
    with path.open("rb") as stream:
        head = stream.read(16)
    if head.startswith(b"TDSm"):
        return _look_at_tdms(path, name)
    if head.startswith((b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS")):
        return _look_at_sound(path, name, head)
    if head.startswith((b"0       ", b"\xffBIOSEMI")):
        return _look_at_edf(path, name)
    raise _damaged(name, "")


def _read(recording: Recording, start: int, stop: int, channels: Sequence[str]) -> np.ndarray:
    places = [recording.channels.index(name) for name in channels]
    if recording.kind == SOUND:
        import soundfile

        with soundfile.SoundFile(recording.path) as file:
            file.seek(start)
            return file.read(stop - start, "float32", always_2d=True)[:, places]
    if recording.kind == WAV:
        return _read_wav(recording.path, start, stop)[:, places]
    if recording.kind == EDF:
        import pyedflib

        with pyedflib.EdfReader(str(recording.path)) as file:
            known = file.getSignalLabels()
            columns = [
                file.readSignal(_place(known, name), start, stop - start) for name in channels
            ]
        return np.stack(columns, axis=1).astype(np.float32)
    from nptdms import TdmsFile

    with TdmsFile.open(recording.path) as file:
        columns = []
        for name in channels:
            group, _, channel = name.partition("/")
            columns.append(file[group][channel].read_data(start, stop - start))
        return np.stack(columns, axis=1).astype(np.float32)


def _place(known: Sequence[str], name: str) -> int:
    """The place of a channel; names that come twice have their number behind them."""
    return _unique(known).index(name)


def _unique(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        free, number = name.strip() or "channel", 2
        while free in found:
            free, number = f"{name.strip() or 'channel'} {number}", number + 1
        found.append(free)
    return found


def _sound_channels(count: int) -> tuple[str, ...]:
    if count == 2:
        return ("left", "right")
    return ("signal",) if count == 1 else tuple(f"channel_{n}" for n in range(1, count + 1))


def _look_at_sound(path: Path, name: str, head: bytes) -> Recording:
    try:
        import soundfile
    except (ImportError, OSError) as problem:  # the library itself, or the one that it wraps
        if not head.startswith(b"RIFF"):
            raise missing_library(
                "soundfile", file=name, what=say("a sound file"), problem=_as_import(problem)
            ) from problem
        return _look_at_wav(path, name)
    with soundfile.SoundFile(path) as file:
        if file.frames > 0:
            # The beginning says how long a file is, however much of it is there.
            file.seek(file.frames - 1)
            if len(file.read(1)) != 1:
                raise _damaged(name, "")
        return Recording(
            path=path, name=name, kind=SOUND, channels=_sound_channels(file.channels),
            rate=float(file.samplerate), length=int(file.frames),
        )  # fmt: skip


def _look_at_wav(path: Path, name: str) -> Recording:
    """A WAV file by the standard library alone, which reads plain PCM."""
    with wave.open(str(path), "rb") as file:
        return Recording(
            path=path, name=name, kind=WAV, channels=_sound_channels(file.getnchannels()),
            rate=float(file.getframerate()), length=file.getnframes(),
        )  # fmt: skip


def _read_wav(path: Path, start: int, stop: int) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        width, channels = file.getsampwidth(), file.getnchannels()
        file.setpos(start)
        raw = np.frombuffer(file.readframes(stop - start), np.uint8)
    if width == 1:
        values = raw.astype(np.float32) - 128
    elif width == 3:
        # The three bytes of a number are the upper ones of four.
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = raw.reshape(-1, 3)
        values = wide.view("<i4")[:, 0].astype(np.float32) / 256
    else:
        values = raw.view(f"<i{width}").astype(np.float32)
    return (values / 2.0 ** (8 * width - 1)).astype(np.float32).reshape(-1, channels)


def _look_at_edf(path: Path, name: str) -> Recording:
    try:
        import pyedflib
    except ImportError as problem:
        raise missing_library(
            "pyedflib", file=name, what=say("an EDF or BDF file"), problem=problem
        ) from problem
    with pyedflib.EdfReader(str(path)) as file:
        names = _unique(file.getSignalLabels())
        rates = [float(rate) for rate in file.getSampleFrequencies()]
        lengths = [int(length) for length in file.getNSamples()]
        units = [file.getPhysicalDimension(place).strip() for place in range(len(names))]
    return _alike(path, name, EDF, names, rates, lengths, units)


def _look_at_tdms(path: Path, name: str) -> Recording:
    try:
        from nptdms import TdmsFile
    except ImportError as problem:
        raise missing_library(
            "npTDMS", file=name, what=say("a TDMS file"), problem=problem
        ) from problem
    names, rates, lengths, units = [], [], [], []
    with TdmsFile.open(path) as file:
        for group in file.groups():
            for channel in group.channels():
                if channel.dtype is None or np.dtype(channel.dtype).kind not in "biuf":
                    continue
                names.append(f"{group.name}/{channel.name}")
                step = channel.properties.get("wf_increment")
                rates.append(1.0 / float(step) if step else None)
                lengths.append(len(channel))
                units.append(str(channel.properties.get("unit_string", "")))
    return _alike(path, name, TDMS, names, rates, lengths, units)


def _alike(
    path: Path,
    name: str,
    kind: str,
    names: Sequence[str],
    rates: Sequence[float | None],
    lengths: Sequence[int],
    units: Sequence[str],
) -> Recording:
    """A recording of the channels that have one rate and one length; the others are left out."""
    forms = list(zip(rates, lengths, strict=True))
    # Most values win: slow channels beside fast ones are mostly about how it was measured.
    best = max(forms, key=lambda form: (forms.count(form) * form[1], form[1]), default=(None, 0))
    kept = [place for place, form in enumerate(forms) if form == best]
    found = {units[place] for place in kept}
    return Recording(
        path=path, name=name, kind=kind,
        channels=tuple(names[place] for place in kept),
        rate=best[0], length=best[1],
        unit=found.pop() if len(found) == 1 else "",
        left_out=tuple(each for place, each in enumerate(names) if place not in kept),
    )  # fmt: skip


def _as_import(problem: BaseException) -> ImportError:
    return problem if isinstance(problem, ImportError) else ImportError(str(problem))


def _of_library(problem: BaseException, name: str) -> BaseException:
    """What a library raised, in words; a mistake of our own as it is."""
    if isinstance(problem, DataError):
        return problem
    if isinstance(problem, OSError) and problem.errno is not None and problem.strerror:
        return DataError(
            say("{file} cannot be read: {strerror}.", file=repr(name),
                strerror=os.strerror(problem.errno)),
            code="data.unreadable",
        )  # fmt: skip
    return _damaged(name, str(problem)) if came_from(problem, *_LIBRARIES) else problem


def _damaged(name: str, details: Any) -> DataError:
    return DataError(
        say(
            "{file} cannot be read as a recording: it is damaged, or not whole, or written in a "
            "way that is not known here.",
            file=repr(name),
        ),
        code="data.damaged",
        remedy=say("Copy it again, or export it again as WAV, EDF or TDMS."),
        details=str(details),
    )
