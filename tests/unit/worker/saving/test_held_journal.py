"""An epoch stands in the journal only when it can be resumed from."""

from __future__ import annotations

from pathlib import Path

from fitstudio.journal import EventType, Journal, read_all
from fitstudio.worker.saving.held_journal import HeldJournal


def types(path: Path) -> list[tuple[str, int]]:
    return [(event.type, event.fields["epoch"]) for event in read_all(path)]


def end_epoch(held: HeldJournal, epoch: int) -> None:
    held.append(EventType.EPOCH_ENDED, epoch=epoch, logs={"loss": 1.0}, seconds=0.1)


def test_an_epoch_waits_for_its_checkpoint_and_keeps_its_place(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        held = HeldJournal(journal)
        held.append(EventType.EPOCH_STARTED, epoch=0)
        end_epoch(held, 0)
        held.append(EventType.EPOCH_STARTED, epoch=1)
        end_epoch(held, 1)
        held.append(EventType.EPOCH_STARTED, epoch=2)
        assert types(path) == [("epoch_started", 0)] and held.waiting

        assert held.release(0)
        assert types(path) == [("epoch_started", 0), ("epoch_ended", 0), ("epoch_started", 1)]
        assert not held.release(0)
        assert held.release(1) and not held.waiting
        assert types(path)[-2:] == [("epoch_ended", 1), ("epoch_started", 2)]


def test_an_epoch_whose_checkpoint_is_there_already_does_not_wait(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        held = HeldJournal(journal, durable=3)
        end_epoch(held, 3)
        end_epoch(held, 4)
        assert types(path) == [("epoch_ended", 3)]


def test_what_was_not_finished_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        held = HeldJournal(journal)
        end_epoch(held, 0)
        held.give_up()
        assert held.release(0) is False
    assert types(path) == []
