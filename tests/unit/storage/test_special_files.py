"""What only looks like a file is named."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from fitstudio.storage.special_files import open_to_read, special_file


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
def test_pipes_devices_and_sockets_are_named(tmp_path: Path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")

        assert special_file(tmp_path / "socket") == "a socket"
    assert special_file(tmp_path / "pipe") == "a named pipe (FIFO)"
    assert special_file(Path("/dev/null")) == "a device"


def test_files_folders_and_what_is_not_there_are_not(tmp_path: Path):
    (tmp_path / "file").touch()

    assert special_file(tmp_path / "file") is None
    assert special_file(tmp_path) is None
    assert special_file(tmp_path / "missing") is None
    assert special_file(Path("a\0b")) is None


def test_only_a_file_is_opened(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"content")
    with open_to_read(tmp_path / "file") as file:
        assert file.read() == b"content"
    with pytest.raises(IsADirectoryError):
        open_to_read(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_to_read(tmp_path / "missing")


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no file"):
        open_to_read(tmp_path / "pipe")
