"""Simulated power cuts: 2,000 states for each way of saving, and none that does not open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import CheckpointError
from fitstudio.journal import Journal, JournalReader, fold
from fitstudio.project import Project
from fitstudio.storage import atomic, ops, write_folder
from fitstudio.storage.folder import remove_tree, settle
from fitstudio.storage.manifest import verify_manifest
from fitstudio.storage.ops import Ops
from tests.support.power_cuts import RecordingOps, power_cuts

STATES = 2000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class NoWaiting(Ops):
    """The states are built on the real disk, which need not be waited for."""

    def fsync(self, descriptor: int) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


def every_state(root: Path, act: Callable[[Path], None], look: Callable[[Path, int], None]) -> int:
    """Records what `act` does in `root`, builds every state, and lets `look` open it.

    `look` gets the folder and the moment of the cut, as a number of steps; `act` notes at which
    number it had promised what.
    """
    with ops.use(RecordingOps(root)) as record:
        act(root)
    trial = root.parent / "trial"
    count = 0
    with ops.use(NoWaiting()):
        for cut in power_cuts(record, STATES):
            trial.mkdir()
            cut.build(trial)
            look(trial, cut.moment)
            remove_tree(trial)
            count += 1
    return count


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def test_fault_06_2000_power_cuts_at_project_saves_leave_a_project_that_opens(root: Path):
    with Project.create(root / "p", name="P", settings=RunSpec(fit={"epochs": 1})):
        pass
    promised: list[tuple[int, int]] = []

    def act(folder: Path) -> None:
        with Project.open(folder / "p") as project:
            for epochs in range(2, 12):
                project.settings = RunSpec(fit={"epochs": epochs})
                project.save()
                promised.append((len(ops.current().log), epochs))  # type: ignore[attr-defined]

    def look(folder: Path, moment: int) -> None:
        with Project.open(folder / "p") as project:
            assert project.notices == []
            found = project.settings.get("fit.epochs")
        least = max([1, *(epochs for when, epochs in promised if when <= moment)])
        assert least <= found <= least + 1

    assert every_state(root, act, look) == STATES


@pytest.mark.parametrize("keep", [True, False], ids=["last", "best"])
def test_fault_06_2000_power_cuts_at_checkpoint_saves_leave_a_verified_one(root: Path, keep: bool):
    promised: list[tuple[int, int]] = []

    def save(folder: Path, epoch: int) -> None:
        def write(fresh: Path) -> None:
            atomic.write_bytes(fresh / "weights", bytes([epoch]) * 300)
            atomic.write_json(fresh / "state.json", {"epoch": epoch})

        keep_as = folder / "previous" if keep else None
        write_folder(folder / "last", write, keep_as=keep_as, facts={"epoch": epoch})

    def act(folder: Path) -> None:
        for epoch in range(1, 13):
            save(folder, epoch)
            promised.append((len(ops.current().log), epoch))  # type: ignore[attr-defined]

    def look(folder: Path, moment: int) -> None:
        settle(folder)
        found = []
        for path in folder.iterdir():
            try:
                found.append(verify_manifest(path)["epoch"])
            except CheckpointError:
                continue
        least = max([0, *(epoch for when, epoch in promised if when <= moment)])
        assert max(found, default=0) >= least, f"of {promised} only {found} at {moment}"
        assert {path.name for path in folder.iterdir()} <= {"last", "previous"}

    assert every_state(root, act, look) == STATES


def test_fault_06_2000_power_cuts_at_journal_lines_cost_no_promised_one(root: Path):
    promised: list[tuple[int, int]] = []

    def act(folder: Path) -> None:
        with Journal(folder / "journal.jsonl") as journal:
            for epoch in range(12):
                journal.append("epoch_ended", epoch=epoch, logs={"loss": 0.5}, seconds=1.0)
                journal.append("checkpoint_saved", file="last", epoch=epoch, kind="last")
                promised.append((len(ops.current().log), epoch))  # type: ignore[attr-defined]

    def look(folder: Path, moment: int) -> None:
        path = folder / "journal.jsonl"
        least = max([-1, *(epoch for when, epoch in promised if when <= moment)])
        before = fold(JournalReader(path).read_new())
        assert [row.epoch for row in before.epochs][: least + 1] == list(range(least + 1))
        with Journal(path) as journal:
            journal.append("run_ended", outcome="interrupted", reason="gone")
        after = fold(JournalReader(path).read_new())
        assert after.outcome == "interrupted"
        # A line that had lost only its line feed is whole again after the next one.
        assert after.epochs[: len(before.epochs)] == before.epochs

    assert every_state(root, act, look) == STATES


def test_the_simulator_finds_what_is_wrong_with_plain_writing(root: Path):
    """A check of the check: writing over the live file, and renaming without fsync, both lose."""

    def careless(folder: Path) -> None:
        (folder / "a").write_text("old")
        disk = ops.current()
        descriptor = disk.open(folder / ".a.new", 0o101)
        ops.write_all(descriptor, b"new")
        disk.close(descriptor)
        disk.replace(folder / ".a.new", folder / "a")
        disk.sync_folder(folder)

    (root / "a").write_text("old")
    lost = []

    def look(folder: Path, moment: int) -> None:
        if (folder / "a").read_text() not in ("old", "new"):
            lost.append(moment)

    every_state(root, careless, look)
    assert lost
