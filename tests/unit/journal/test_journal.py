"""Writing and reading the journal: damage, full disks, several readers, long files."""

from __future__ import annotations

import errno
import json
import math
import os
import threading
import zlib
from pathlib import Path

import pytest

from fitstudio.journal import Journal, JournalReader, fold, read_all
from fitstudio.journal.events import Event, EventType, from_lines, to_line
from fitstudio.storage import ops
from tests.support.faults import CountingOps, FailingOps


def start(journal: Journal, **fields) -> None:
    journal.append(
        "run_started", **{"run": "1", "pid": 1, "first_epoch": 0, "last_epoch": 4} | fields
    )


def end_epoch(journal: Journal, epoch: int, loss: float = 0.5) -> None:
    journal.append("epoch_ended", epoch=epoch, logs={"loss": loss}, seconds=1.0)


def test_lines_are_json_with_a_checksum(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    with Journal(path, clock=lambda: 1763.5) as journal:
        end_epoch(journal, 0, math.nan)

    fields = json.loads(path.read_text())
    assert fields["format"] == 1
    assert fields["seq"] == 0
    assert fields["time"] == 1763.5
    assert fields["type"] == "epoch_ended"
    assert fields["logs"] == {"loss": "nan"}
    assert len(fields["crc"]) == 8


def test_an_event_without_a_field_it_needs_is_a_mistake_in_the_program(tmp_path: Path):
    with Journal(tmp_path / "j") as journal, pytest.raises(TypeError, match="seconds"):
        journal.append(EventType.EPOCH_ENDED, epoch=0, logs={})


def test_numbers_of_arrays_and_odd_text_survive(tmp_path: Path):
    class Scalar:
        def item(self) -> float:
            return 0.25

    with Journal(tmp_path / "j") as journal:
        journal.append("epoch_ended", epoch=0, logs={"loss": Scalar(), "b": math.inf}, seconds=1)
        journal.append("message", level="info", code="x", sentence="Größe \udc80 \n 数")
    first, second = read_all(tmp_path / "j")

    assert first.fields["logs"] == {"loss": 0.25, "b": "inf"}
    assert second.fields["sentence"] == "Größe \udc80 \n 数"


def test_reading_on_takes_only_complete_lines(tmp_path: Path):
    path = tmp_path / "j"
    reader = JournalReader(path)
    assert reader.read_new() == []

    line = to_line({"type": "pulse", "seq": 0, "time": 0.0})
    path.write_bytes(line[:10])
    assert reader.read_new() == []
    path.write_bytes(line + line[:5])
    assert [event.type for event in reader.read_new()] == ["pulse"]
    assert reader.read_new() == []
    assert reader.damaged == 0


def test_fault_03_a_line_torn_at_any_byte_is_dropped_and_the_next_one_is_whole(tmp_path: Path):
    path = tmp_path / "j"
    with Journal(path) as journal:
        start(journal)
        end_epoch(journal, 0)
        end_epoch(journal, 1)
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1

    for cut in range(last, len(whole)):
        path.write_bytes(whole[:cut])
        with Journal(path) as journal:
            assert journal.torn == (cut != last)
            end_epoch(journal, 1, 0.25)
        reader = JournalReader(path)
        events = reader.read_new()
        only_line_feed_lost = cut == len(whole) - 1
        assert [event.seq for event in events] == list(range(3 + only_line_feed_lost))
        assert reader.missing == 0
        assert reader.damaged == (cut != last and not only_line_feed_lost)
        assert [row.logs["loss"] for row in fold(events).epochs][-1] == 0.25


def test_a_flipped_bit_costs_its_line_and_is_noticed(tmp_path: Path):
    path = tmp_path / "j"
    with Journal(path) as journal:
        for epoch in range(3):
            end_epoch(journal, epoch)
    good = path.read_bytes()
    begin, end = good.index(b"\n") + 1, good.rindex(b"\n", 0, -1)
    for bit in range(begin * 8, end * 8, 3):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        reader = JournalReader(path)
        assert [event.seq for event in reader.read_new()] == [0, 2]
        assert reader.missing == 1
        assert reader.damaged >= 1


def test_fault_08_on_a_full_disk_lines_wait_and_come_in_order(tmp_path: Path):
    path = tmp_path / "j"
    now = [0.0]
    journal = Journal(path, steady=lambda: now[0])
    start(journal)
    with ops.use(FailingOps(0, errno.ENOSPC, lasting=True, only=("write",))):
        for epoch in range(3):
            now[0] += 2
            end_epoch(journal, epoch)
        assert journal.held == 3
        assert journal.problem is not None
        assert journal.problem.code == "storage.full"
    assert [event.seq for event in read_all(path)] == [0]

    now[0] += 2
    end_epoch(journal, 3)
    journal.close()

    events = read_all(path)
    assert [event.seq for event in events] == list(range(6))
    state = fold(events)
    assert [row.epoch for row in state.epochs] == [0, 1, 2, 3]
    assert [message.code for message in state.messages] == ["journal.held"]
    assert journal.problem is None


def test_fault_08_lines_in_memory_are_bounded_and_epochs_are_kept_longest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("fitstudio.journal.journal._HELD_LINES", 10)
    journal = Journal(tmp_path / "j")
    with ops.use(FailingOps(0, errno.ENOSPC, lasting=True, only=("write",))):
        for epoch in range(8):
            journal.append("pulse")
            end_epoch(journal, epoch)
        assert journal.held == 10
    journal.close()

    reader = JournalReader(tmp_path / "j")
    state = fold(reader.read_new())
    assert [row.epoch for row in state.epochs] == list(range(8))
    assert reader.missing == state.missing_events == 6


@pytest.mark.parametrize("step", ["write", "fsync", "truncate"])
def test_fault_08_a_journal_survives_a_disk_that_takes_half_a_line(tmp_path: Path, step: str):
    class Half(FailingOps):
        def write(self, descriptor: int, data: bytes | memoryview) -> int:
            if len(data) > 5:
                return CountingOps.write(self, descriptor, data[:5])
            return super().write(descriptor, data)

    journal = Journal(tmp_path / "j")
    with ops.use(Half(0, errno.ENOSPC, lasting=True, only=("write", step))):
        end_epoch(journal, 0)
    end_epoch(journal, 1)
    journal.close()

    assert [event.fields.get("epoch") for event in read_all(tmp_path / "j")][:2] == [0, 1]


def test_fault_32_durations_come_from_the_steady_clock(tmp_path: Path):
    wall, steady = [1000.0], [0.0]
    with Journal(tmp_path / "j", clock=lambda: wall[0], steady=lambda: steady[0]) as journal:
        start(journal)
        for epoch in range(3):
            steady[0] += 10
            wall[0] -= 3600  # somebody sets the clock, back and back
            end_epoch(journal, epoch)
    state = fold(read_all(tmp_path / "j"))

    assert state.seconds == 30
    assert [row.epoch for row in state.epochs] == [0, 1, 2]
    assert state.seconds_left == 2.0


def test_threads_share_one_journal(tmp_path: Path):
    with Journal(tmp_path / "j") as journal:
        threads = [
            threading.Thread(target=lambda: [journal.append("pulse") for _ in range(200)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [event.seq for event in read_all(tmp_path / "j")] == list(range(800))


def test_what_matters_is_on_the_disk_at_once_and_the_rest_in_groups(tmp_path: Path):
    now = [0.0]
    with ops.use(CountingOps()) as counted:
        journal = Journal(tmp_path / "j", steady=lambda: now[0])
        start(journal)
        assert counted.steps.count("fsync") == 1
        for epoch in range(90):
            now[0] += 0.01
            end_epoch(journal, epoch)
        assert counted.steps.count("fsync") == 1
        now[0] += 5
        end_epoch(journal, 100)
        assert counted.steps.count("fsync") == 2
        journal.close()


def test_content_that_makes_no_sense_is_left_out(tmp_path: Path):
    lines = [
        to_line({"seq": 0, "time": 0}),
        to_line({"type": "epoch_ended", "seq": 1, "time": 0.0, "logs": 7}),
        to_line({"type": "later_version", "seq": 2, "time": 0.0}),
    ]
    events, damaged, problem = from_lines([line[:-1] for line in lines])

    assert [event.seq for event in events] == [2]
    assert damaged == 2
    assert problem == "`type` is missing"


@pytest.mark.parametrize(
    "content", ['"x"', "null", "[]", "{}", "1e999", "1.5", "true", "-1", "NaN"]
)
@pytest.mark.parametrize("name", ["seq", "time", "elapsed", "epoch", "logs", "seconds"])
def test_a_line_whose_checksum_is_right_and_whose_content_is_not_is_told(
    tmp_path: Path, name: str, content: str
):
    with Journal(tmp_path / "j") as journal:
        start(journal)
        end_epoch(journal, 0)
    fields = {"format": 1, "seq": 2, "time": 5.0, "elapsed": 1.0, "type": "epoch_ended"}
    fields |= {"epoch": 1, "logs": {"loss": 1.0}, "seconds": 1.0}
    body = json.dumps(fields | {name: "HERE"}).replace('"HERE"', content)[:-1].encode()
    good = (name, content) in [("time", "1.5"), ("time", "-1"), ("elapsed", "1.5"),
                               ("seconds", "1.5"), ("logs", "{}")]  # fmt: skip
    with (tmp_path / "j").open("ab") as file:
        file.write(body + b',"crc":"%08x"}\n' % zlib.crc32(body))
    with Journal(tmp_path / "j") as journal:
        end_epoch(journal, 2)
    state = fold(read_all(tmp_path / "j"))

    assert [row.epoch for row in state.epochs] == ([0, 1, 2] if good else [0, 2])
    assert bool(state.damage) is not good
    if not good:
        assert state.damage.startswith("A line of j cannot be used: ")
        assert f"`{name}`" in state.damage or content in state.damage
        assert state.messages[-1].sentence == state.damage


def test_names_of_files_that_are_no_utf_8_come_back(tmp_path: Path):
    name = os.fsdecode(b"caf\xe9.csv")
    with Journal(tmp_path / "j") as journal:
        journal.append("message", level="info", code="x", sentence=name)
    (event,) = read_all(tmp_path / "j")

    assert event.fields["sentence"] == name


def test_a_journal_put_back_from_a_backup_is_read_from_its_beginning(tmp_path: Path):
    path = tmp_path / "j"
    with Journal(path) as journal:
        for epoch in range(3):
            end_epoch(journal, epoch)
    reader = JournalReader(path)
    assert len(reader.read_new()) == 3
    path.write_bytes(path.read_bytes()[: path.read_bytes().index(b"\n") + 1])

    assert [event.seq for event in reader.read_new()] == [0]
    assert reader.restarts == 1


def test_fault_51_100_000_lines_are_read_and_folded_into_bounded_memory(tmp_path: Path):
    line = '"epoch":{},"step":{},"phase":"train","logs":{{"loss":0.123,"accuracy":0.5}}'
    with (tmp_path / "j").open("wb") as file:
        for seq in range(100_000):
            body = json.loads("{" + line.format(seq // 1000, seq % 1000) + "}")
            file.write(to_line({"seq": seq, "time": 1.0, "type": "batch_ended"} | body))

    state = fold(read_all(tmp_path / "j"))
    assert (state.epoch, state.step) == (99, 999)
    assert len(state.batch_points) <= 8_000


def test_event_fields_hold_the_whole_line():
    (event,), damaged, _ = from_lines(
        [to_line({"type": "new", "seq": 3, "time": 1.5, "x": 1})[:-1]]
    )

    assert event == Event("new", 3, 1.5, event.fields)
    assert event.fields["x"] == 1
    assert damaged == 0
