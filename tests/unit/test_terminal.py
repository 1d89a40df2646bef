"""Printing never ends anything."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from fitstudio import terminal


class Broken(io.StringIO):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [BrokenPipeError(errno.EPIPE, "x"), OSError(errno.ENOSPC, "x"), OSError(errno.EIO, "x")],
)
def test_what_cannot_be_printed_is_dropped(error) -> None:
    terminal.say("words", Broken(error))
    before = sys.stdout
    sys.stdout = Broken(error)
    try:
        with terminal.forgiving_output() as problems:
            sys.stdout.write("words")
    finally:
        sys.stdout = before
    assert problems == [error]


def test_a_closed_stream_and_none_at_all(monkeypatch) -> None:
    closed = io.StringIO()
    closed.close()
    terminal.say("words", closed)
    monkeypatch.setattr(sys, "stdout", closed)
    assert not terminal.is_watched()
    monkeypatch.setattr(sys, "stdout", None)
    terminal.say("words")
    assert not terminal.is_watched()
    with terminal.forgiving_output() as problems:
        assert sys.stdout is None
    assert problems == []


def test_a_terminal_that_knows_few_characters() -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="ascii")
    terminal.say("loss ≥ 3\n", narrow)
    assert raw.getvalue() == b"loss ? 3\n"
