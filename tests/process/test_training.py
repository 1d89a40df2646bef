"""A run from beginning to end, in a real process."""

from __future__ import annotations

import csv
import json

import h5py

from fitstudio.engine.state import checkpoint
from fitstudio.journal import BatchHistoryReader, Outcome


def test_a_run_leaves_everything_that_is_promised(trained) -> None:
    run = trained.new_run({"run.keep_epochs": 2, "fit.callbacks": [{"kind": "CSVLogger"}]})
    process = trained.start(run)
    assert process.wait(timeout=240) == 0, trained.log(run)

    state = trained.state(run)
    assert state.outcome is Outcome.COMPLETED and state.reason == "all_epochs"
    assert [row.epoch for row in state.epochs] == [0, 1, 2, 3]
    assert list(state.epochs[0].logs) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert state.missing_events == state.strange_events == 0
    assert state.data["training_rows"] == 180 and state.data["validation_rows"] == 60
    assert state.started_fields["device_reason"]

    types = [event.type for event in trained.events(run)]
    # The first sign does not wait until torch is loaded.
    assert types[0] == "message" and types.index("run_started") > 0
    assert types[-1] == "run_ended"
    for epoch in range(4):
        last_batch = [
            event.fields["step"]
            for event in trained.events(run)
            if event.type == "batch_ended"
            and event.fields["epoch"] == epoch
            and event.fields["phase"] == "train"
        ]
        assert last_batch[-1] == 5, "the last batch of an epoch is always told"

    history = trained.history(run)
    assert history["epoch"] == [0, 1, 2, 3] and history["history"] == state.history()
    with (run.folder / "history.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [float(row["val_loss"]) for row in rows] == history["history"]["val_loss"]
    with h5py.File(run.folder / "history.h5") as file:
        assert list(file["history/loss"]) == history["history"]["loss"]
    assert (run.folder / "log.csv").exists()

    names = {path.name for path in run.checkpoints.iterdir()}
    assert names == {"last", "previous", "best", "epoch-0002", "epoch-0004"}
    assert checkpoint.load(run.checkpoints / "last").facts["epoch"] == 3
    assert checkpoint.load(run.checkpoints / "best").facts["epoch"] == state.best_epoch
    epochs, steps, losses = BatchHistoryReader(run.batches).read_new()
    assert (
        len(losses) == 4 * 6
        and list(epochs[:7]) == [0] * 6 + [1]
        and list(steps[:6]) == [*range(6)]
    )

    certificate = json.loads(run.model.read_text())
    assert certificate["class_names"] == ["iris", "rose", "tulip"]
    results = json.loads(run.results.read_text())
    assert results["weights"] == "best" and results["epoch"] == state.best_epoch
    assert sum(map(sum, results["confusion"]["validation"])) == 60
    best = state.best_row.logs
    assert abs(results["scores"]["validation"]["loss"] - best["val_loss"]) < 1e-6
    assert results["scores"]["validation"]["accuracy"] == best["val_accuracy"]
    recorded = json.loads(run.resolved.read_text())
    assert recorded["machine"]["threads"] >= 1 and recorded["machine"]["cpu_capability"]
    assert run.folder.joinpath("faulthandler.log").read_text() == ""


def test_the_same_seed_gives_the_same_history_bit_for_bit(trained) -> None:
    settings = {"model.dropout": 0.3, "fit.epochs": 3}
    first, second = trained.new_run(settings), trained.new_run(settings)
    other = trained.new_run(settings | {"run.seed": 8})
    for run in (first, second, other):
        trained.train(run)
    assert trained.history(first) == trained.history(second)
    assert trained.history(first)["history"] != trained.history(other)["history"]
    weights = [
        (run.checkpoints / "last" / checkpoint.WEIGHTS).read_bytes() for run in (first, second)
    ]
    assert weights[0] == weights[1]
