"""Notes in lock files that no program of ours wrote: who holds it is said as far as it is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fitstudio.storage.file_lock import FileLock, HeldError, holder_of

NOTE = {"pid": 7, "host": "elsewhere", "since": 1.78e9, "program": "the window"}


@pytest.mark.parametrize(
    "since", ["1e300", "NaN", "-1e18", "1e999", "null", '"x"', "[]", "{}", "true", "1" + "0" * 400]
)
def test_an_absurd_time_is_an_unknown_time(tmp_path: Path, since: str):
    path = tmp_path / "lock"
    path.write_text(json.dumps(NOTE | {"since": "HERE"}).replace('"HERE"', since))
    holder = holder_of(path)
    if since in ("NaN", "1e999"):  # no JSON: nobody has written that
        assert holder is None
        return
    assert holder is not None
    assert holder.say().endswith("'elsewhere', since an unknown time)")
    with pytest.raises(HeldError, match="since an unknown time"):
        FileLock(path, program="test")


@pytest.mark.parametrize("name", list(NOTE))
@pytest.mark.parametrize("value", [None, -1, 2**70, 1.5, "", "\x1b[2J", "y" * 3000, [], {}, True])
def test_any_field_may_be_anything(tmp_path: Path, name: str, value: object):
    path = tmp_path / "lock"
    path.write_text(json.dumps(NOTE | {name: value}))
    holder = holder_of(path)
    assert holder is None or holder.say()
    with FileLock(path, program="test", take_over=True):
        assert holder_of(path) is not None


@pytest.mark.parametrize("content", [b"[" * 4096, b"\xff" * 100, b"y" * 10_000_000, b"[]", b"7"])
def test_what_is_no_note_at_all_holds_nothing(tmp_path: Path, content: bytes):
    path = tmp_path / "lock"
    path.write_bytes(content)
    assert holder_of(path) is None
    with FileLock(path, program="test"):
        pass


def test_a_lock_that_is_held_without_a_note_is_held_since_an_unknown_time(tmp_path: Path):
    path = tmp_path / "lock"
    with FileLock(path, program="test"):
        path.write_bytes(b"")
        holder = holder_of(path)
    assert holder is not None
    assert holder.say() == "another process (a process on this computer, since an unknown time)"
