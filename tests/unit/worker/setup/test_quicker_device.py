"""A small table goes to the processor where that is quicker, and the run stays where it began."""

from __future__ import annotations

from typing import Any

import pytest

from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.models import ModelPlan, finished
from fitstudio.engine import device
from fitstudio.worker.setup import machine, quicker_device

GPU = device.Device("cuda:0", "A large GPU", 80 * 10**9, 79 * 10**9)
PROCESSOR = device.Device("cpu", "A processor, 4 cores", 32 * 10**9)
VALUES = {
    "run.threads": 1,
    "run.seed": 1,
    "run.repeatable": False,
    "run.precision": "float32",
}


def plan(width: int) -> ModelPlan:
    planner = Planner((6,))
    planner.dense(width, "relu")
    planner.dense(3)
    return finished(planner)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Microseconds a step by the kind of device; empty until a test fills it."""
    taken: dict[str, float] = {}
    monkeypatch.setattr(device, "available", lambda: (GPU, PROCESSOR))
    monkeypatch.setattr(quicker_device, "microseconds", lambda plan, rows, where: taken[where.type])
    return taken


def set_up(
    width: int = 16, before: dict[str, Any] | None = None, wanted: str = "auto"
) -> device.Choice:
    made = machine.set_up(
        VALUES | {"run.device": wanted}, plan(width), batch_size=32, seed=None, before=before or {}
    )
    return made.choice


def test_what_is_clearly_quicker_is_taken_and_said(steps: dict[str, float]) -> None:
    steps |= {"cuda": 110.0, "cpu": 40.0}
    choice = set_up()
    assert choice.device == PROCESSOR
    assert "40 µs here and 110 µs on A large GPU" in choice.reason
    steps["cpu"] = 90.0
    assert set_up().device == GPU, "the difference is one of the moment"


def test_a_large_model_is_not_even_tried(steps: dict[str, float]) -> None:
    assert set_up(width=100_000).device == GPU


def test_who_chose_a_device_gets_it(steps: dict[str, float]) -> None:
    assert set_up(wanted="cuda").device == GPU


def test_a_comparison_that_fails_keeps_the_gpu(steps: dict[str, float]) -> None:
    assert set_up().device == GPU, "nothing is known of either"


def test_a_resumed_run_stays_where_it_began(steps: dict[str, float]) -> None:
    choice = set_up(before={"device": "cpu"})
    assert choice.device == PROCESSOR and choice.reason == "The run began on it."
    assert set_up(before={"device": "cuda:0"}).device == GPU
    assert set_up(before={"device": "cuda:7"}).device == GPU, "that one is gone"


def test_a_step_is_really_tried() -> None:
    where = device.choose("cpu").torch_device
    assert quicker_device.microseconds(plan(4), 8, where) > 0.0
