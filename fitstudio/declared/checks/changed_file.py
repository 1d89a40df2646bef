"""Checks whether the data file is still the one that was chosen, by the fingerprint kept of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fitstudio.declared.checks.check import Checked, advice
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.parameters.sources import sources_of
from fitstudio.words import Said, say
from fitstudio.words.numbers import format_bytes, format_count

DATA_CHANGED = "data.changed"
_KEY = "data.fingerprint"


def check_changed_file(checked: Checked) -> Iterator[Finding]:
    """What is found where the file is not what it was when the project last took note of it."""
    summary = checked.summary
    if summary is None:
        return
    if not summary.sources:
        now = summary.fingerprint
        sentence = change_between(checked.values[_KEY], now)
        if sentence is not None:
            fix = Fix(say("Use it as it is now"), {_KEY: dict(now)})
            yield advice(DATA_CHANGED, "data.file", sentence, fix)
        return
    for name, sentence in changes(
        checked.spec.data, {each.name: each.fingerprint for each in summary.sources}
    ):
        now = next(each.fingerprint for each in summary.sources if each.name == name)
        key = f"data.sources.{name}.fingerprint"
        fix = Fix(say("Use it as it is now"), {key: dict(now)})
        yield advice(DATA_CHANGED, "data.file", sentence, fix)


def changes(
    data: Mapping[str, Any], now: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Said]]:
    """How the files of several sources have changed: each one's name, and a sentence.

    Args:
        data: The data section of a specification, with the fingerprints that were kept.
        now: The files' fingerprints by the names of their sources.
    """
    for name, source in sources_of(data).items():
        changed = change_between(source.get("fingerprint"), now.get(name, {}))
        if changed is not None:
            yield name, say("{name}: {changed}", name=name, changed=changed)


def change_between(before: Any, now: Mapping[str, Any]) -> Said | None:
    """How a data file has changed, in a sentence; None where it has not, or nobody can tell.

    Args:
        before: The fingerprint that was kept, from a file that anyone may have written; an older
            form is the hash alone.
        now: The file's fingerprint.
    """
    if isinstance(before, str):
        before = {"sha256": before}
    if not isinstance(before, Mapping) or not now.get("sha256"):
        return None
    if before.get("sha256") not in (None, now["sha256"]):
        return say(
            "The data file has changed since it was chosen: {how}. Training learns from what it "
            "holds now.",
            how=_how(before, now),
        )
    if _is_other(before.get("pictures"), now.get("pictures")):
        return say(
            "Pictures that the table names have changed since it was chosen: {how}. Training "
            "learns from what they hold now.",
            how=_how(before["pictures"], now["pictures"]),
        )
    targets, then = now.get("targets"), before.get("targets")
    if not isinstance(targets, Mapping) or not isinstance(then, Mapping):
        return None
    if then.get("sha256") in (None, targets.get("sha256")):
        return None
    return say(
        "The file with the targets has changed since it was chosen: {how}. Training learns from "
        "what it holds now.",
        how=_how(then, targets),
    )


def _is_other(before: Any, now: Any) -> bool:
    """Whether two fingerprints, where both are there, are of different contents."""
    if not isinstance(before, Mapping) or not isinstance(now, Mapping):
        return False
    return before.get("sha256") not in (None, now.get("sha256"))


def _how(before: Mapping[str, Any], now: Mapping[str, Any]) -> Said:
    size, was = now.get("size"), before.get("size")
    if not isinstance(was, int) or not isinstance(size, int):
        return say("its content is another")
    if was == size:
        return say("its size is the same, its content is not")
    then, later = format_bytes(was), format_bytes(size)
    if then == later:
        then, later = (
            say("{was} bytes", was=format_count(was)),
            say("{size} bytes", size=format_count(size)),
        )
    return say("it had {then} and has {now} now", then=then, now=later)
