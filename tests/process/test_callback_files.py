"""What helpers write is what an undisturbed run writes, however often a run was disturbed."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.numpy

from fitstudio.actions import requests
from fitstudio.project import RunPaths
from tests.event_files import scalars
from tests.process.test_tables_of_a_run import SLOW

_SAVER = {"kind": "ModelCheckpoint", "save_freq": 4, "filepath": "b/w-{epoch:02d}-{batch}.st"}
_BEST = {"kind": "ModelCheckpoint", "save_best_only": True, "filepath": "best-{epoch}.st"}
SETTINGS = {
    "fit.epochs": 4,
    "fit.callbacks": [
        {"kind": "CSVLogger", "append": True},
        {"kind": "ModelCheckpoint"},
        _SAVER,
        _BEST | {"monitor": "val_accuracy", "save_weights_only": True},
        {"kind": "TensorBoard", "update_freq": 3, "histogram_freq": 2},
    ],
}


@pytest.fixture(scope="module")
def undisturbed(trained) -> RunPaths:
    run = trained.new_run(SETTINGS | {"fit.epochs": 6})
    trained.train(run)
    return run


def written(run: RunPaths) -> dict[str, Any]:
    """What stands in the models and the table of helpers, by their paths in the run's folder."""
    models = [*run.folder.glob("epoch-*"), *run.folder.rglob("*.st")]
    found: dict[str, Any] = {
        path.relative_to(run.folder).as_posix(): content(path) for path in models
    }
    return found | {"log.csv": (run.folder / "log.csv").read_text().splitlines()}


def content(path: Path) -> tuple[Any, dict[str, bytes]]:
    """The head and the tensors of a file of weights; the head's order means nothing."""
    data = path.read_bytes()
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return head, {name: each.tobytes() for name, each in safetensors.numpy.load(data).items()}


def of_first_epochs(files: dict[str, Any], epochs: int) -> dict[str, Any]:
    """What of an undisturbed run's files stems from its first epochs."""
    models = {name: each for name, each in files.items() if name != "log.csv"}
    kept = {
        name: each for name, each in models.items() if int(Path(name).stem.split("-")[1]) <= epochs
    }
    return kept | {"log.csv": files["log.csv"][: epochs + 1]}


def in_epoch(epoch: int) -> Callable:
    return lambda event: event.type == "batch_ended" and event.fields["epoch"] == epoch


def stop(kind: str):
    def disturb(trained, run: RunPaths, process, number: int) -> None:
        trained.ask(run, number, kind)
        assert process.wait(timeout=280) == 0, trained.log(run)

    return disturb


def pause(trained, run: RunPaths, process, number: int) -> None:
    asked = [("pause", "paused"), ("continue", "continued")]
    for at, (kind, code) in enumerate(asked, number):
        trained.ask(run, at, kind)
        trained.wait_for(run, lambda event, code=code: event.fields.get("code") == code)


def kill(trained, run: RunPaths, process, number: int) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=280) == -signal.SIGKILL


DISTURBED = {
    "stop after the batch": stop("stop_batch"),
    "stop after the epoch": stop("stop_epoch"),
    "stop now": stop("stop_now"),
    "pause": pause,
    "kill": kill,
}


@pytest.mark.parametrize("first", DISTURBED)
def test_files_are_those_of_an_undisturbed_run(trained, undisturbed, first: str) -> None:
    run = trained.new_run(SETTINGS)
    second = list(DISTURBED)[(list(DISTURBED).index(first) + 1) % len(DISTURBED)]
    again: list[str] = []
    for epoch, how in ((0, first), (2, second)):
        process = trained.start(run, *again, before=SLOW)
        trained.wait_for(run, in_epoch(epoch))
        if process.poll() is None:
            # A request is obeyed once: each has a number that the run has not seen.
            DISTURBED[how](trained, run, process, 1 + 10 * epoch)
        if how == "pause":
            process.communicate(timeout=280)
        again = ["--resume"]
        if trained.state(run).outcome == "completed":
            break
    if trained.state(run).outcome != "completed":
        trained.train(run, "--resume")
    expected = of_first_epochs(written(undisturbed), 4)
    found = written(run)
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []
    for part in ("train", "validation"):
        whole = scalars(undisturbed.folder / "logs" / part)
        mine = scalars(run.folder / "logs" / part)
        assert mine and mine == whole[: len(mine)], part


def test_who_trains_longer_has_the_files_of_the_longer_run(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    trained.train(run)
    handle = requests.extend_run(trained.project, run.name, 2)
    assert handle.wait(280) == 0
    longer, whole = written(trained.project.paths.run(handle.run)), written(undisturbed)
    assert longer["log.csv"] == whole["log.csv"]
    assert {"epoch-0005", "epoch-0006"} <= longer.keys()
    assert [name for name in longer if longer[name] != whole.get(name)] == []
