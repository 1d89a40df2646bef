"""When training goes wrong: what the card says, and what is kept."""

from __future__ import annotations

from fitstudio.engine.state import checkpoint
from fitstudio.journal import Outcome
from fitstudio.project import RunPaths
from tests.process.conftest import write_table


def test_13_a_loss_that_is_no_number_ends_the_run_and_says_why(trained) -> None:
    rates = {"kind": "LearningRateScheduler", "schedule": "table", "table": [1e30]}
    run = trained.new_run({"compile.optimizer": "sgd", "fit.callbacks": [rates]})
    state = trained.train(run, code=1)
    assert (state.outcome, state.reason) == (Outcome.FAILED, "not_finite")
    assert "in epoch 1, batch" in state.error["message"] and "rows" in state.error["message"]
    assert any("learning rate" in fix["sentence"].lower() for fix in state.error["fixes"])
    assert state.epochs == [] and state.error["details"]


def test_13_the_last_good_weights_stay(trained) -> None:
    run = trained.new_run(
        {
            "fit.epochs": 5,
            "compile.optimizer": "sgd",
            "fit.callbacks": [
                {"kind": "LearningRateScheduler", "schedule": "table", "table": [0.01, 0.01, 1e30]}
            ],
        }
    )
    state = trained.train(run, code=1)
    assert [row.epoch for row in state.epochs] == [0, 1]
    assert checkpoint.load(run.checkpoints / "last").facts["epoch"] == 1
    assert "after epoch 2" in state.error["safe"]


# Stands for a device whose memory takes 20 rows and no more.
SMALL_MEMORY = """
import torch
forward = torch.nn.Sequential.forward
def cramped(self, rows):
    if self.training and len(rows) > 20:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
    return forward(self, rows)
torch.nn.Sequential.forward = cramped
"""


def test_14_a_batch_that_does_not_fit_is_trained_in_parts(trained) -> None:
    settings = {"fit.batch_size": 60, "fit.epochs": 3}
    whole, parts = trained.new_run(settings), trained.new_run(settings)
    trained.train(whole)
    state = trained.train(parts, before=SMALL_MEMORY)
    assert state.outcome is Outcome.COMPLETED
    told = [each.sentence for each in state.messages if each.code == "memory.smaller-parts"]
    assert len(told) == 2 and "15 rows at a time" in told[-1]
    mine, theirs = (trained.history(run)["history"] for run in (parts, whole))
    for name in mine:
        for value, expected in zip(mine[name], theirs[name], strict=True):
            assert abs(value - expected) < 1e-4, name


# Stands for a device whose memory takes 20 rows at a time, in training or not, and nothing at all
# while the model of a failed attempt is still there.
CRAMPED = """
import torch, weakref
forward, failed = torch.nn.Sequential.forward, []
def cramped(self, rows):
    if len(rows) > 20 or any(each() not in (None, self) for each in failed):
        failed.append(weakref.ref(self))
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
    return forward(self, rows)
torch.nn.Sequential.forward = cramped
"""


def test_a_rescue_reaches_the_try_the_validation_and_the_results(trained) -> None:
    settings = {"fit.batch_size": 60, "fit.epochs": 3}
    whole, parts = trained.new_run(settings), trained.new_run(settings)
    trained.train(whole)
    state = trained.train(parts, before=CRAMPED)
    assert state.outcome is Outcome.COMPLETED
    told = [each.sentence for each in state.messages if each.code == "memory.smaller-parts"]
    assert len(told) == 2 and "15 rows at a time" in told[-1]
    assert parts.results.exists(), [each.sentence for each in state.messages]
    mine, theirs = (trained.history(run)["history"] for run in (parts, whole))
    for name in mine:
        for value, expected in zip(mine[name], theirs[name], strict=True):
            assert abs(value - expected) < 1e-4, name


def test_a_rescue_goes_down_to_single_rows(trained) -> None:
    run = trained.new_run({"fit.batch_size": 60, "fit.epochs": 2})
    state = trained.train(run, before=CRAMPED.replace("> 20", "> 1"))
    assert state.outcome is Outcome.COMPLETED
    told = [each.sentence for each in state.messages if each.code == "memory.smaller-parts"]
    assert len(told) == 6 and "1 row at a time" in told[-1]


def test_a_gpu_that_others_have_filled_is_named_once(trained) -> None:
    run = trained.new_run({"fit.batch_size": 60})
    full = (
        CRAMPED.replace("> 20", "> 0")
        + """
from fitstudio.engine import device_memory
device_memory.is_taken_by_others = lambda device: True
"""
    )
    state = trained.train(run, before=full, code=1)
    assert not [each for each in state.messages if each.code == "memory.smaller-parts"]
    assert state.error["code"] == "device.full" and '"cpu"' in state.error["remedy"]


def test_14_the_rescue_can_be_switched_off(trained) -> None:
    run = trained.new_run({"fit.batch_size": 60, "run.oom_rescue": False})
    state = trained.train(run, before=SMALL_MEMORY, code=1)
    assert (state.outcome, state.reason) == (Outcome.FAILED, "out_of_memory")
    assert state.error["fixes"][0]["set"] == {"fit.batch_size": 30}


def test_28_data_that_changed_are_refused_on_resume(trained) -> None:
    file = trained.folder / "garden.csv"
    write_table(file)
    run = trained.new_run({"fit.epochs": 2, "data.file": file.name})
    trained.train(run)
    with file.open("a") as table:
        table.write("5.0,2.0,north,rose\n")
    state = trained.train(run, "--resume", code=1)
    assert state.error["code"] == "run.data-changed"

    file.unlink()
    state = trained.train(run, "--resume", code=1)
    assert state.error["code"] == "data.file-missing" and "garden.csv" in state.error["message"]


def test_17_a_crash_leaves_the_stack_in_a_file(trained) -> None:
    run = trained.new_run()
    process = trained.start(
        run,
        before="""
import fitstudio.worker.run as life, ctypes
life._train = lambda process: ctypes.string_at(0)
""",
    )
    process.communicate(timeout=280)
    assert process.returncode < 0
    assert "Segmentation fault" in (run.folder / "faulthandler.log").read_text()


def test_11_a_folder_that_goes_away_is_waited_for(trained) -> None:
    run = trained.new_run({"fit.epochs": 400, "fit.batch_size": 4})
    process = trained.start(run)
    trained.wait_for(run, lambda event: event.type == "epoch_ended")
    away = run.folder.with_name("away")
    run.folder.rename(away)
    moved = RunPaths(away)
    waits = trained.wait_for(moved, lambda event: event.fields.get("code") == "paused")
    assert "the folder is not there" in waits.fields["sentence"]
    away.rename(run.folder)
    trained.wait_for(run, lambda event: event.fields.get("code") == "continued")
    trained.ask(run, 1, "stop_batch")
    assert process.wait(timeout=240) == 0
    state = trained.state(run)
    assert state.outcome is Outcome.STOPPED and state.missing_events == 0
