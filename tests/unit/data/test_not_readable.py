"""A file that the system does not give to us is not damaged, and no mistake of ours."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import pytest

from fitstudio.data import reader_process
from fitstudio.data.source import open_file
from fitstudio.errors import DataError


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(errno.EACCES, "right to read"), (errno.EIO, "see that this answers")],
)
@pytest.mark.parametrize("data", [{}, {"kind": "csv"}])
def test_the_file_is_named_with_what_the_system_says(
    tmp_path: Path, number: int, way_out: str, data: dict, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    real = io.open

    def refused(file, *arguments, **keywords):
        if str(file) == str(path):
            raise OSError(number, os.strerror(number), str(file))
        return real(file, *arguments, **keywords)

    monkeypatch.setattr(io, "open", refused)
    with pytest.raises(DataError, match=r"'table\.csv' cannot be read") as caught:
        open_file({"file": "table.csv", **data}, tmp_path)
    assert caught.value.code == "data.unreadable"
    assert caught.value.remedy is not None and way_out in caught.value.remedy


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (OSError(errno.EIO, "Input/output error"), "data.unreadable"),
        (PermissionError(errno.EACCES, "Permission denied", "inside.csv"), "data.unreadable"),
        (OSError(errno.EINVAL, "Invalid argument"), "internal"),
        (ValueError("no"), "internal"),
    ],
)
def test_a_disk_that_refuses_in_the_middle_is_not_a_mistake_of_ours(problem, code: str):
    found = reader_process.unexpected(problem, "'the file'")
    assert found.code == code
    named = getattr(problem, "filename", None) or "the file"
    assert f"'{named}'" in found.message
