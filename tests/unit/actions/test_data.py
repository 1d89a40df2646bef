"""Looking into files from outside: a reader process that may die, hang or be cancelled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import h5py
import numpy as np
import pytest

from fitstudio.actions import data, projects
from fitstudio.actions.reading import reader_limits
from fitstudio.errors import DataError


@pytest.fixture
def fake_reader(monkeypatch, tmp_path):
    """Lets a few lines of Python answer instead of the reader."""

    def use(lines: str) -> None:
        script = tmp_path / "reader.py"
        script.write_text("import json, os, sys, time\nsys.stdin.buffer.read()\n" + lines)
        monkeypatch.setattr(data, "reader_command", lambda: [sys.executable, str(script)])

    return use


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,x\n,y\n3,x\n")
    return path


def test_a_file_is_described_and_shown(table):
    summary, shown = data.inspect_and_preview({"file": "t.csv"}, table.parent, 1, 3)

    assert (summary.rows, summary.names) == (3, ("a", "b"))
    assert summary.fingerprint["size"] == table.stat().st_size
    assert shown.columns == ("a", "b")
    assert shown.rows == ((None, "y"), ("3", "x"))
    assert shown.row_numbers == (2, 3)


def test_rows_beyond_the_end_are_none(table):
    assert data.preview({"file": "t.csv"}, table.parent, 50, 60).rows == ()


def test_the_tree_of_a_file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/x"] = np.zeros((4, 2))
    np.savez(tmp_path / "a.npz", x=np.zeros((4, 2)))

    nodes = data.tree(tmp_path / "a.h5")
    assert [(node.path, node.kind, node.shape) for node in nodes] == [
        ("", "group", ()), ("group", "group", ()), ("group/x", "array", (4, 2)),
    ]  # fmt: skip
    assert [node.path for node in data.tree(tmp_path / "a.npz")] == ["", "x"]


def test_what_is_wrong_comes_back_in_words(tmp_path):
    with pytest.raises(DataError, match="not where it was") as caught:
        data.inspect({"file": "gone.csv"}, tmp_path)
    assert caught.value.code == "data.file-missing"
    (tmp_path / "empty.csv").touch()
    with pytest.raises(DataError, match="empty"):
        data.inspect({"file": "empty.csv"}, tmp_path)
    with pytest.raises(DataError, match="folder"):
        data.inspect({"file": "."}, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.parametrize(("kind", "word"), [("pipe", "named pipe"), ("device", "device")])
def test_pipes_and_devices_are_called_what_they_are(tmp_path, kind, word):
    path = tmp_path / "rows" if kind == "pipe" else Path("/dev/zero")
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(DataError, match=word):
        data.inspect({"file": str(path)}, tmp_path)
    with pytest.raises(DataError, match=word):
        projects.create_project(tmp_path / "p", data=path)


def test_a_column_that_is_in_another_group_is_told_with_the_way_to_it(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for group in ("train", "test"):
            file[f"{group}/x"] = np.zeros((20, 3))
            file[f"{group}/y"] = np.arange(20.0)
    with pytest.raises(DataError, match="no column") as caught:
        projects.create_project(tmp_path / "p", data=tmp_path / "a.h5", target="test/y")
    assert "The reading option group takes another group" in str(caught.value)
    settings = {"data.options": {"group": "*"}}
    with projects.create_project(
        tmp_path / "q", data=tmp_path / "a.h5", target="test/y", settings=settings
    ) as project:
        assert project.settings.get("fit.y") == ["test/y"]


def test_a_reader_that_crashes_is_a_sentence(fake_reader, table):
    fake_reader("os.kill(os.getpid(), 11)")
    with pytest.raises(DataError, match=r"crash.*signal 11"):
        data.inspect({"file": "t.csv"}, table.parent)


def test_a_reader_out_of_memory_is_a_sentence(fake_reader, table):
    fake_reader("sys.stderr.write('memory allocation of 99 bytes failed'); sys.exit(134)")
    with pytest.raises(DataError, match="more memory"):
        data.inspect({"file": "t.csv"}, table.parent)


def test_a_reader_that_works_for_ever_is_ended(fake_reader, table, monkeypatch):
    fake_reader("while True: pass")
    monkeypatch.setattr(reader_limits, "LEAST_CPU_SECONDS", 0.3)
    with pytest.raises(DataError, match="processor time") as caught:
        data.inspect({"file": "t.csv"}, table.parent)
    assert caught.value.code == "data.timeout"


def test_a_reader_that_stands_still_is_ended_and_the_file_is_not_blamed(
    fake_reader, table, monkeypatch
):
    fake_reader("time.sleep(60)")
    monkeypatch.setattr(reader_limits, "STANDSTILL_SECONDS", 1.5)
    with pytest.raises(DataError, match="stood still") as caught:
        data.inspect({"file": "t.csv"}, table.parent)
    assert "damaged" not in str(caught.value)


def test_a_reader_that_takes_too_much_memory_is_ended(fake_reader, table, monkeypatch):
    fake_reader("held = bytearray(200 << 20)\ntime.sleep(60)")
    monkeypatch.setattr(data, "_memory_bytes", lambda: 100 << 20)
    with pytest.raises(DataError, match="more memory"):
        data.inspect({"file": "t.csv"}, table.parent)


def looks(seconds: float, *, cpu: float = 0.0, read: int = 0, waiting: bool = True):
    """What is seen of a reader over so many seconds, twice a second."""
    for step in range(int(seconds * 2)):
        yield reader_limits.Progress(1 + cpu * step, read * step, 1 << 20, waiting)


@pytest.mark.parametrize(
    "seen",
    [
        {"read": 1},  # a slow disk or network
        {"cpu": 1e-4},  # a machine with other work to do
        {"waiting": False},  # it could work, but gets no processor
    ],
)
def test_slow_reading_is_never_ended(seen):
    limits = reader_limits.ReaderLimits("slow.csv", 1 << 20, 1 << 30)
    assert all(limits.judge(look) is None for look in looks(86_400, **seen))


def test_a_reader_that_meets_a_mistake_of_ours_does_not_blame_the_file(table, caplog):
    program = (
        "from fitstudio.data import reader_process\n"
        "from fitstudio.data.columns import statistics\n"
        "def wrong(*_):\n    raise ValueError('a mistake of ours')\n"
        "statistics.histogram = wrong\n"
        "reader_process.main()\n"
    )
    request = f'{{"do": "inspect", "data": {{"file": "t.csv"}}, "base": "{table.parent}"}}'
    done = subprocess.run(
        [sys.executable, "-c", program], input=request.encode(), capture_output=True, check=True
    )
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "internal"
    assert error["message"] == "Something went wrong inside FitStudio while reading 't.csv'."
    assert "a mistake of ours" in error["details"]
    assert "damaged" not in done.stdout.decode()


@pytest.mark.parametrize(
    ("answer", "code", "word"),
    [
        ("print(json.dumps({'error': {'message': 'Oh.', 'code': 'internal', 'details': 'why'}}))",
         "internal", "Oh."),
        ("sys.exit('no such library')", "internal", "inside FitStudio"),
        ("os.kill(os.getpid(), 9)", "data.reader-ended", "from outside"),
    ],
)  # fmt: skip
def test_other_ends_of_a_reader_do_not_blame_the_file(
    fake_reader, table, caplog, answer, code, word
):
    fake_reader(answer)
    with pytest.raises(DataError, match=word) as caught:
        data.inspect({"file": "t.csv"}, table.parent)
    assert caught.value.code == code
    assert "damaged" not in str(caught.value)
    assert bool(caplog.text) == (code == "internal")


def test_reading_can_be_cancelled(fake_reader, table):
    fake_reader("time.sleep(60)")
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(DataError) as caught:
        data.inspect({"file": "t.csv"}, table.parent, cancel=cancel)
    assert caught.value.code == "data.cancelled"


def test_what_a_library_prints_does_not_spoil_the_reply(table):
    program = (
        "import os, sys\n"
        "from fitstudio.data import reader_process, source\n"
        "original = source.open_source\n"
        "def loud(*a):\n    os.write(1, b'hello from C'); return original(*a)\n"
        "source.open_source = loud\n"
        "reader_process.main()\n"
    )
    request = f'{{"do": "inspect", "data": {{"file": "t.csv"}}, "base": "{table.parent}"}}'
    done = subprocess.run(
        [sys.executable, "-c", program], input=request.encode(), capture_output=True, check=True
    )
    assert done.stdout.startswith(b'{"result"')
    assert b"hello from C" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the system cannot limit memory")
def test_a_file_that_needs_too_much_memory_takes_down_the_reader_only(tmp_path, monkeypatch):
    (tmp_path / "big.csv").write_bytes(b"a,b\n" + b"1.25,2.5\n" * 4_000_000)
    monkeypatch.setattr(data, "_memory_bytes", lambda: 1_500 << 20)
    with pytest.raises(DataError) as caught:
        data.inspect({"file": "big.csv"}, tmp_path)
    assert caught.value.code in ("data.too-large", "data.reader-crashed")


def test_the_window_can_import_this_without_libraries():
    program = (
        "import sys\nimport fitstudio.actions.data\n"
        "heavy = {'numpy', 'polars', 'h5py', 'torch', 'PySide6', 'sklearn'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
