"""Runs that wait their turn: order, failures, and one process that works on them."""

from __future__ import annotations

import threading
import time

import pytest

from fitstudio.actions import queue, queue_process, requests, runs
from fitstudio.actions.queue import ItemState
from fitstudio.errors import RunError
from fitstudio.project import Project
from fitstudio.storage import atomic


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue_process, "_LOOK_INTERVAL_S", 0.01)


def states(project: Project) -> list[tuple[str, str]]:
    return [(item.name, str(item.state)) for item in queue.list_items(project)]


def test_runs_are_trained_one_after_another_and_a_failure_ends_nothing(project: Project):
    for name in ("quick a", "fail b", "broken c", "quick d"):
        queue.enqueue(project, name=name)
    queue_process.work(project)

    assert states(project) == [
        ("quick a", "done"),
        ("fail b", "failed"),
        ("broken c", "failed"),
        ("quick d", "done"),
    ]
    outcomes = [each.outcome for each in runs.list_runs(project)]
    assert outcomes == ["completed", "failed", "failed", "completed"]
    problems = [item.problem for item in queue.list_items(project)]
    assert problems[2] is not None
    assert "exit code 3" in problems[2]


def test_settings_are_frozen_when_a_run_is_queued(project: Project):
    queue.enqueue(project, name="quick")
    project.settings = project.settings.with_values({"fit.epochs": 1})
    queue_process.work(project)

    assert runs.load_run(project, 1).spec.get("fit.epochs") == 3


def test_the_order_can_be_changed_and_items_removed(project: Project):
    ids = [queue.enqueue(project, name=name).id for name in "abcd"]
    queue.move(project, ids[2], 0)
    assert [name for name, _ in states(project)] == ["c", "a", "b", "d"]
    queue.remove(project, ids[1])
    assert [name for name, _ in states(project)] == ["c", "a", "d"]
    with pytest.raises(RunError, match="no 'q99' in the queue"):
        queue.remove(project, "q99")


def test_a_run_that_was_cut_off_is_resumed_by_the_queue(project: Project):
    queue.enqueue(project, name="crash")
    queue_process.work(project)

    (item,) = queue.list_items(project)
    assert (item.state, item.attempts) == (ItemState.DONE, 2)
    assert runs.load_run(project, 1).state.outcome == "completed"


def test_a_queue_whose_process_died_is_gone_on_with(project: Project):
    """As after a reboot: the item says "running", and neither its run nor the queue lives."""
    item = queue.enqueue(project, name="crash")
    handle = runs.start_run(project, name="crash")
    handle.wait(240)
    queue.change(project.paths, item.id, state=ItemState.RUNNING, run=handle.run, attempts=1)
    queue.enqueue(project, name="quick")
    queue_process.work(project)

    assert states(project) == [("crash", "done"), ("quick", "done")]
    assert len(runs.list_runs(project)) == 2


def test_a_run_started_by_hand_is_waited_for(project: Project, until):
    by_hand = runs.start_run(project, name="hang")
    queue.enqueue(project, name="quick")
    thread = threading.Thread(target=queue_process.work, args=(project,))
    thread.start()
    time.sleep(0.2)
    assert states(project) == [("quick", "waiting")]
    requests.stop_run(project, by_hand.run)
    thread.join(240)

    assert states(project) == [("quick", "done")]


def test_something_put_before_what_waits_comes_first(project: Project, until):
    by_hand = runs.start_run(project, name="hang")
    queue.enqueue(project, name="quick one")
    thread = threading.Thread(target=queue_process.work, args=(project,))
    thread.start()
    second = queue.enqueue(project, name="quick two")
    queue.move(project, second.id, 0)
    requests.stop_run(project, by_hand.run)
    thread.join(240)

    assert [each.name for each in runs.list_runs(project)] == ["hang", "quick two", "quick one"]


def test_a_run_waits_for_free_memory_when_asked_to(project: Project, monkeypatch):
    free = [10]
    monkeypatch.setattr(queue_process, "_free_device_bytes", lambda: free[0])
    queue.enqueue(project, name="quick", needs_bytes=100)
    thread = threading.Thread(target=queue_process.work, args=(project,))
    thread.start()
    time.sleep(0.2)
    assert states(project) == [("quick", "waiting")]
    free[0] = 1000
    thread.join(240)
    assert states(project) == [("quick", "done")]


def test_one_process_works_on_a_queue(project: Project):
    from fitstudio.storage.file_lock import FileLock

    queue.enqueue(project, name="quick")
    with FileLock(project.paths.queue_lock, program="the queue"):
        assert queue.start(project)
        queue_process.work(project)
        assert states(project) == [("quick", "waiting")]


@pytest.mark.parametrize("content", ["", "[]", '{"items": 3}', '{"items": [1, {"id": "x"}]}'])
def test_a_damaged_queue_is_empty_and_can_be_filled_again(project: Project, content: str):
    project.paths.queue.write_text(content)
    assert queue.list_items(project) == []
    queue.enqueue(project, name="a")
    assert states(project) == [("a", "waiting")]


def test_an_empty_queue_needs_no_process(project: Project):
    assert not queue.start(project)


@pytest.mark.parametrize(
    "foreign", [{"id": "q7", "state": "paused", "spec": {}}, "text", [1], None]
)
def test_what_is_no_item_is_kept_when_the_queue_is_written(project: Project, foreign: object):
    first = queue.enqueue(project, name="first")
    content = atomic.read_json(project.paths.queue)
    content["items"].insert(0, foreign)
    atomic.write_json(project.paths.queue, content)

    added = queue.enqueue(project, name="second")
    queue.move(project, added.id, 0)
    queue.remove(project, first.id)
    queue.change(project.paths, added.id, state=ItemState.DONE)
    assert states(project) == [("second", "done")]
    assert queue.unreadable(project.paths) == [foreign]
    assert added.id != "q7" and (added.id == "q8") == isinstance(foreign, dict)
    if isinstance(foreign, dict):
        queue.remove(project, "q7")
        assert queue.unreadable(project.paths) == []
        assert states(project) == [("second", "done")]


@pytest.mark.parametrize("content", [b'{"items": [', b"[]", b'{"format": 1}', b"\xff\xfe"])
def test_a_file_that_is_no_queue_is_put_aside_not_overwritten(project: Project, content: bytes):
    for count in (1, 2):
        project.paths.queue.write_bytes(content)
        problem = queue.problem(project.paths)
        assert problem is not None and "queue.json" in problem.message
        queue.enqueue(project, name="new")
        assert states(project) == [("new", "waiting")]
        assert queue.problem(project.paths) is None
        kept = sorted(project.folder.glob("queue.unreadable*.json"))
        assert [each.read_bytes() for each in kept] == [content] * count
