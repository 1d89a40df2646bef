"""Requests: acknowledged at once, carried out between batches, never twice."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from fitstudio import storage
from fitstudio.journal import EventType
from fitstudio.worker.watching.requests import Requests, RequestWatcher


class Told(list):
    """A journal that only remembers."""

    def append(self, type: Any, **fields: Any) -> None:
        super().append((type, fields))


def ask(path: Path, number: int, kind: str, **fields: Any) -> None:
    storage.write_json(path, {"format": 1, "id": number, "kind": kind, **fields})


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    return tmp_path / "request.json"


def test_a_request_is_acknowledged(request_file: Path) -> None:
    requests, told = Requests(), Told()
    watcher = RequestWatcher(request_file, requests, told.append)
    watcher.start()
    try:
        ask(request_file, 1, "stop_epoch")
        while not told:
            time.sleep(0.001)
    finally:
        watcher.stop()
    assert told == [(EventType.STOP_REQUESTED, {"by": "person", "when": "epoch", "request": 1})]
    assert requests.waiting and requests.stop == "epoch"


def test_an_old_request_is_not_obeyed_again_after_a_resume(request_file: Path) -> None:
    ask(request_file, 4, "pause")
    requests, told = Requests(), Told()
    watcher = RequestWatcher(request_file, requests, told.append, handled=4)
    watcher.look()
    assert not told and not requests.paused
    ask(request_file, 5, "pause", unheard_of=True)
    watcher.look()
    assert requests.paused, "what a later version adds means nothing here"
    assert told[0][1]["request"] == 5
    watcher.look()
    assert len(told) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"id": "x"}', '{"id": true}', "\x00\xff"])
def test_nonsense_is_left_alone(request_file: Path, text: str) -> None:
    request_file.write_text(text, encoding="latin-1")
    requests, told = Requests(), Told()
    RequestWatcher(request_file, requests, told.append).look()
    assert not requests.waiting


def test_an_unknown_request_is_said(request_file: Path) -> None:
    told = Told()
    ask(request_file, 1, "teleport")
    RequestWatcher(request_file, Requests(), told.append).look()
    assert "'teleport'" in told[0][1]["sentence"] and told[0][1]["request"] == 1
    json.dumps(told[0][1])


def test_a_weaker_stop_does_not_replace_a_stronger_one() -> None:
    requests = Requests()
    requests.ask_stop("now", "system")
    requests.ask_stop("epoch", "person")
    assert (requests.stop, requests.stop_by) == ("now", "system")


def test_an_order_that_is_done_no_longer_waits() -> None:
    requests = Requests()
    requests.ask("pause")
    requests.settled()
    assert requests.waiting
    requests.ask("continue")
    requests.settled()
    assert not requests.waiting
    requests.ask_stop("epoch", "person")
    requests.settled()
    assert not requests.waiting, "the epoch's end looks at it by itself"
