"""The worker's pulse notices that the computer slept."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fitstudio.journal import Journal, read_all
from fitstudio.worker.watching import heartbeat


@pytest.mark.parametrize(("jump_s", "told"), [(7200.0, True), (5.0, False), (-7200.0, False)])
def test_fault_33_a_computer_that_slept_is_noticed_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump_s: float, told: bool
):
    monkeypatch.setattr(heartbeat, "INTERVAL_S", 0.01)
    wall = [1000.0]
    with Journal(tmp_path / "j") as journal:
        beating = heartbeat.Heartbeat(journal, clock=lambda: wall[0])
        beating.start()
        time.sleep(0.05)
        wall[0] += jump_s
        deadline = time.monotonic() + 240
        known = len(read_all(tmp_path / "j"))
        while len(read_all(tmp_path / "j")) < known + 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        beating.stop()
    gaps = [
        event.fields["sentence"] for event in read_all(tmp_path / "j") if event.type == "message"
    ]

    assert len(gaps) == told
    assert all("120 minutes" in sentence for sentence in gaps)
