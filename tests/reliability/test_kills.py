"""A worker killed at random moments, and a save killed at every byte: nothing finished is lost.

Both run in processes of their own (`benchmarks/kills.py`, `benchmarks/byte_kills.py`), which can
also be started by hand with larger numbers. More kills: FITSTUDIO_KILLS=1000.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("FITSTUDIO_KILLS", "25"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600 + 5 * KILLS),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks; Windows has no fork"),
]


def run(script: str, *words: str) -> dict:
    command = [sys.executable, str(ROOT / "benchmarks" / script), *words]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_fault_01_random_kills_lose_no_epoch_and_end_in_the_same_bits():
    report = run("kills.py", "--kills", str(KILLS))

    assert report["kills"] == KILLS
    assert (report["lost_epochs"], report["unopenable"], report["problems"]) == (0, 0, [])
    assert report["identical"]
    # It was killed while it trained, not only before.
    assert report["resumes_from"].get("nothing", 0) < KILLS / 2


def test_fault_01_a_kill_at_every_byte_and_step_of_a_save_leaves_a_verified_checkpoint():
    report = run("byte_kills.py")

    assert report["places"] == report["bytes"] + report["steps"]
    assert (report["lost"], report["problems"]) == (0, [])
    assert report["killed"] > report["steps"]
    assert report["old"] > 0
    assert report["new"] > 0
