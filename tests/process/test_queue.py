"""The real queue process, killed in the middle: its run goes on, and the next start goes on too."""

from __future__ import annotations

import os
import signal
import time

import pytest

from fitstudio.actions import queue, runs
from fitstudio.storage.file_lock import holder_of

pytestmark = pytest.mark.timeout(180)


def wait_until(condition, timeout_s: float = 90.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def test_a_killed_queue_loses_nothing_and_a_failed_run_does_not_end_it(trained):
    project = trained.project
    queue.enqueue(project, trained.spec({"fit.epochs": 300}), name="long")
    # No optimizer takes this learning rate: the item fails before a run is made of it.
    queue.enqueue(project, trained.spec({"compile.learning_rate": 1e30}), name="bad")
    queue.enqueue(project, trained.spec({"fit.epochs": 2}), name="good")
    assert queue.start(project)
    wait_until(lambda: queue.list_items(project)[0].run is not None)
    holder = holder_of(project.paths.queue_lock)
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    wait_until(lambda: holder_of(project.paths.queue_lock) is None)

    assert [str(item.state) for item in queue.list_items(project)] == [
        "running",
        "waiting",
        "waiting",
    ]
    assert queue.start(project)
    wait_until(lambda: queue.list_items(project)[-1].state in ("done", "failed"))

    assert [str(item.state) for item in queue.list_items(project)] == ["done", "failed", "done"]
    assert queue.list_items(project)[1].problem
    found = {each.name: each for each in runs.list_runs(project)}
    assert {name: each.outcome for name, each in found.items()} == {
        "long": "completed",
        "good": "completed",
    }
    assert found["long"].epochs == 300
    wait_until(lambda: holder_of(project.paths.queue_lock) is None)
