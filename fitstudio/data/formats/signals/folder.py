"""Opens a recording, or a folder of them, with a row for each window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import Words
from fitstudio.data.folder_files import CLASS, FolderContent, FolderFile, folder_columns, look_into
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.reader import Asked
from fitstudio.data.formats.signals.recording import Recording, look_at
from fitstudio.data.formats.signals.windows import WindowArray
from fitstudio.declared.formats.signals import SIGNALS, parse_duration
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import listed

SIGNAL = "signal"
_MOST_NAMED = 5
# Recordings that are all as long as each other, and no longer, are samples as they are.
_LONGEST_WHOLE = 20_000
_USUAL_LENGTH = 1024


class SignalSource(ArraySource):
    """Windows of recordings."""

    def remarks(self) -> tuple[Finding, ...]:
        """What is to be said of the recordings."""
        return self._findings


def open_signals(asked: Asked) -> SignalSource:
    """Opens a recording, or all of a folder.

    Raises:
        DataError: If none can be read, or no window fits into any.
    """
    options = asked.options
    inside = look_into(asked.path, SIGNALS) if asked.path.is_dir() else None
    files, recordings, findings = _look_at_all(asked, inside)
    files, recordings, told = _of_one_rate(files, recordings, asked)
    findings.extend(told)
    channels = _channels(recordings, options.get("channels"), asked.file)
    rate = recordings[0].rate
    length, guess = _length(recordings, rate, options)
    step = _duration("step", options, rate) or length
    places, told = _places(recordings, length, step)
    findings.extend(told)
    if not len(places):
        raise DataError(
            say(
                "No recording of {file} is as long as a window of {length} values; the longest "
                "has {longest}.",
                file=repr(asked.file),
                length=length,
                longest=max(each.length for each in recordings),
            ),
            code="data.no-rows",
            remedy=say("Choose a shorter window by the option length."),
        )
    array = WindowArray(recordings, places, length, channels)
    arrays: dict[str, ArrayLike] = {SIGNAL: array}
    several = inside is not None
    if several:
        for name, said in folder_columns(files, arrays).items():
            if name != CLASS or options.get("classes") != "none":
                values = [said[int(number)] for number in places[:, 0]]
                arrays[name] = Words(pl.Series(values))
    if step < length:
        findings.append(_overlap(length, step, rate))
    guesses = [
        guess, *_guesses(recordings, channels, step, length, options),
        *_class_guess(several, CLASS in arrays, options),
    ]  # fmt: skip
    unit = recordings[0].unit
    return SignalSource(
        asked.path,
        asked.file,
        "signals",
        arrays,
        types=asked.columns,
        options={**options, **{each.name: each.value for each in guesses}},
        guesses=tuple(guesses),
        findings=tuple(findings),
        units={SIGNAL: unit} if unit else {},
        groups=[list(arrays)[-1]] if several else (),
    )


def _look_at_all(
    asked: Asked, inside: FolderContent | None
) -> tuple[list[FolderFile], list[Recording], list[Finding]]:
    if inside is None and not asked.path.is_dir():
        return [], [look_at(asked.path, asked.file)], []
    files: list[FolderFile] = []
    recordings: list[Recording] = []
    bad: list[tuple[str, DataError]] = []
    for file in inside.files if inside is not None else ():
        try:
            recordings.append(look_at(asked.path / file.name, file.name))
            files.append(file)
        except DataError as problem:
            bad.append((file.name, problem))
    if not recordings:
        first = bad[0][1] if bad else None
        raise DataError(
            sentences(
                say("None of the recordings in {file} can be read.", file=repr(asked.file)),
                first.message if first else "",
            ),
            code="data.no-recordings",
            remedy=first.remedy
            if first and first.remedy
            else say("Choose a folder that holds WAV, FLAC, EDF or TDMS files."),
        )
    findings = list(inside.tell_others()) if inside is not None else []
    if bad:
        findings.append(
            _advice(
                "data.files-unreadable",
                say_count(
                    len(bad),
                    "**{number} file** cannot be read, and is left out: {names}. {why}",
                    "**{number} files** cannot be read, and are left out: {names}. {why}",
                    names=_named([name for name, _ in bad]),
                    why=bad[0][1].message,
                ),
            )
        )
    return files, recordings, findings


def _of_one_rate(
    files: list[FolderFile], recordings: list[Recording], asked: Asked
) -> tuple[list[FolderFile], list[Recording], list[Finding]]:
    """The recordings of one sampling rate; others would pass by in another time."""
    rates = Counter(each.rate for each in recordings)
    usual = rates.most_common(1)[0][0]
    wanted = asked.options.get("rate")
    usual = usual if wanted is None else float(wanted)
    fits = [each.rate is None or usual is None or _same(each.rate, usual) for each in recordings]
    others = [each for each, fit in zip(recordings, fits, strict=True) if not fit]
    if len(others) == len(recordings):
        raise DataError(
            say(
                "{file} was sampled at {rate} values a second, and {wanted} are asked for.",
                file=repr(others[0].name),
                rate=f"{others[0].rate:g}",
                wanted=f"{usual:g}",
            ),
            code="data.rates-differ",
            remedy=say("Resample it first, or choose another recording."),
        )
    findings = []
    if others:
        findings.append(
            _advice(
                "data.rates-differ",
                say_count(
                    len(others),
                    "**{number} recording** has another sampling rate than {rate} values a second, "
                    "and is left out: {names}.",
                    "**{number} recordings** have other sampling rates than {rate} values a "
                    "second, and are left out: {names}.",
                    rate=f"{usual:g}",
                    names=_named([each.name for each in others]),
                ),
            )
        )
    slow = sorted({name for each in recordings for name in each.left_out})
    if slow:
        findings.append(
            _advice(
                "data.left-out",
                say("Channels of another rate or length are not read: **{names}**.",
                    names=listed(slow, most=_MOST_NAMED)),
            )
        )  # fmt: skip
    kept = [place for place, fit in enumerate(fits) if fit]
    return [files[n] for n in kept] if files else [], [recordings[n] for n in kept], findings


def _channels(recordings: Sequence[Recording], wanted: Any, file: str) -> list[str]:
    shared = [
        name for name in recordings[0].channels if all(name in each.channels for each in recordings)
    ]
    if wanted is not None:
        for name in map(str, wanted):
            if name not in shared:
                raise DataError(
                    say("{file} has no channel {name} in all recordings.{did_you_mean}",
                        file=repr(file), name=repr(name), did_you_mean=did_you_mean(name, shared)),
                    code="data.option",
                    remedy=say("It has {names}.", names=listed(shared, most=12)),
                )  # fmt: skip
        return [str(name) for name in wanted]
    if not shared:
        one, other = recordings[0], next(
            each for each in recordings if not set(each.channels) & set(recordings[0].channels)
        )  # fmt: skip
        raise DataError(
            say(
                "The recordings of {file} have no channel in common: {one} has {first}, {other} "
                "has {second}.",
                file=repr(file),
                one=repr(one.name),
                first=listed(one.channels),
                other=repr(other.name),
                second=listed(other.channels),
            ),
            code="data.channels-differ",
            remedy=say("Choose recordings of one kind."),
        )
    return shared


def _length(
    recordings: Sequence[Recording], rate: float | None, options: Mapping[str, Any]
) -> tuple[int, Guess]:
    lengths = {each.length for each in recordings}
    if "length" in options:
        length = _duration("length", options, rate)
        if length is None:
            if len(lengths) > 1:
                raise DataError(
                    say("The recordings have {count} different lengths, so they cannot be samples "
                        "as they are.", count=len(lengths)),
                    code="data.option",
                    remedy=say("Choose a length for all of them, such as {length}.",
                               length=min(lengths)),
                )  # fmt: skip
            length = lengths.pop()
        # The number, not "whole": a later recording is cut into windows that the model knows.
        value, why, sure = str(length), say("As you said."), True
    elif len(lengths) == 1 and len(recordings) > 1 and max(lengths) <= _LONGEST_WHOLE:
        length = lengths.pop()
        value, sure = str(length), True
        why = say("All recordings are so long: each is a sample.")
    else:
        length = min(_USUAL_LENGTH, max(lengths))
        value, sure = str(length), False
        why = say("Recordings are cut into windows; how long these should be, you know best.")
    label = say("Windows of {length}", length=_say_length(length, rate))
    return length, Guess("length", value, why, label, given="length" in options, sure=sure)


def _duration(name: str, options: Mapping[str, Any], rate: float | None) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    try:
        return parse_duration(str(text), rate)
    except ValueError as problem:
        raise DataError(
            say("The recordings do not say how fast they were sampled, so {name} cannot be "
                "{text}.", name=name, text=repr(str(text))),
            code="data.option",
            remedy=say("Say it as a number of values, such as 1024."),
        ) from problem  # fmt: skip


def _places(
    recordings: Sequence[Recording], length: int, step: int
) -> tuple[np.ndarray, list[Finding]]:
    """Recording and start of each window, and what is left over."""
    found: list[np.ndarray] = []
    short: list[str] = []
    rest: list[int] = []
    for number, each in enumerate(recordings):
        if each.length < length:
            short.append(each.name)
            continue
        starts = np.arange(0, each.length - length + 1, step)
        found.append(np.stack([np.full(len(starts), number), starts], axis=1))
        left = each.length - (int(starts[-1]) + length)
        if left:
            rest.append(left)
    findings = []
    if short:
        findings.append(
            _advice(
                "data.recordings-short",
                say_count(
                    len(short),
                    "**{number} recording** is shorter than a window, and is left out: {names}.",
                    "**{number} recordings** are shorter than a window, and are left out: {names}.",
                    names=_named(short),
                ),
            )
        )
    if rest:
        findings.append(
            _advice(
                "data.window-rest",
                say_count(
                    len(rest),
                    "The end of **{number} recording** makes no whole window, and is left out: "
                    "{values} values.",
                    "The ends of **{number} recordings** make no whole windows, and are left out: "
                    "{values} values altogether.",
                    values=sum(rest),
                ),
            )
        )
    return np.concatenate(found) if found else np.zeros((0, 2), int), findings


def _overlap(length: int, step: int, rate: float | None) -> Finding:
    return _advice(
        "data.windows-overlap",
        say(
            "Neighbouring windows share {shared}: held out at random, rows that check the model "
            "are partly rows that it has learned from. Hold out whole files.",
            shared=_say_length(length - step, rate),
        ),
    )


def _guesses(
    recordings: Sequence[Recording],
    channels: Sequence[str],
    step: int,
    length: int,
    options: Mapping[str, Any],
) -> Iterator[Guess]:
    rate = recordings[0].rate
    said = say("As you said.")
    if "step" in options:
        label = say("Step {step}", step=_say_length(step, rate))
        yield Guess("step", str(options["step"]), said, label, given=True)
    given = "channels" in options
    everywhere = say("All recordings have them.")
    label = say_count(len(channels), "{number} channel", "{number} channels")
    yield Guess("channels", list(channels), said if given else everywhere, label, given=given)
    if rate is not None:
        label = say("{rate} values a second", rate=f"{rate:g}")
        why = said if "rate" in options else say("So the recordings say.")
        yield Guess("rate", rate, why, label, given="rate" in options)


def _class_guess(several: bool, classes: bool, options: Mapping[str, Any]) -> Iterator[Guess]:
    if not several:
        return
    given = "classes" in options
    words = say("One folder a class") if classes else say("No classes")
    why = (
        say("The folder that a file lies in is its class.")
        if classes
        else say("The folders say nothing of classes.")
    )
    value = "folder" if classes else "none"
    yield Guess("classes", value, say("As you said.") if given else why, words, given=given)


def _say_length(length: int, rate: float | None) -> str:
    values = say_count(length, "{number} value", "{number} values")
    if rate is None:
        return values
    return say("{values} ({seconds} s)", values=values, seconds=f"{length / rate:.3g}")


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(one, other)


def _named(names: Sequence[str]) -> str:
    return listed([repr(name) for name in names], most=_MOST_NAMED)


def _advice(code: str, sentence: str) -> Finding:
    return Finding(code, Severity.ADVICE, "data.file", sentence)
