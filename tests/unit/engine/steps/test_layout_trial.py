"""Images are laid out channels last on a GPU where that was measured as faster, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from fitstudio.engine.steps import layout_trial
from fitstudio.engine.steps.train_step import TrainStep
from tests.support.cuda_stand_in import stand_in_for_cuda
from tests.unit.engine.steps.test_train_step import CASES, cnn, everything, make_step, train


@pytest.fixture(autouse=True)
def cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_for_cuda(monkeypatch)


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Sets how long a step takes in the usual layout, and with channels last."""

    def set_speed(usual: float, channels_last: float) -> None:
        def seconds(work: Callable[[], Any]) -> float:
            work()
            # Three times as it was, then three times channels last.
            return usual if next(calls) < 3 else channels_last

        calls = iter(range(6))
        monkeypatch.setattr(layout_trial, "seconds", seconds)

    return set_speed


def trained(case: dict[str, Any]) -> tuple[TrainStep, list[Any]]:
    step = make_step(case, replays=True)
    torch.manual_seed(7)
    return step, everything(step, train(step, case))


@pytest.mark.parametrize(("channels_last", "is_taken"), [(0.5, True), (0.99, False), (2.0, False)])
def test_the_clearly_faster_layout_is_taken(speed, channels_last: float, is_taken: bool) -> None:
    speed(1.0, channels_last)
    step, found = trained(CASES["cnn"])
    assert step._plain.forward.channels_last_on_gpu == is_taken
    assert step.replaying and ("channels last" in step.mode.reason) == is_taken
    plain = make_step(CASES["cnn"], replays=False)
    torch.manual_seed(7)
    assert found == everything(plain, train(plain, CASES["cnn"])), "the trial leaves no trace"


class OtherNumbers(nn.Module):
    """Computes something else for images whose channels are last in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = cnn()

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x) * (2.0 if FORWARD[0]._plain.forward.channels_last_on_gpu else 1.0)


FORWARD: list[TrainStep] = []


def test_a_layout_with_other_numbers_is_not_taken(speed) -> None:
    speed(1.0, 0.1)
    case = CASES["cnn"] | {"module": OtherNumbers}
    FORWARD[:] = [make_step(CASES["cnn"], replays=False)]
    FORWARD[:] = [make_step(case, replays=True)]
    train(FORWARD[0], case)
    assert not FORWARD[0]._plain.forward.channels_last_on_gpu


def test_nothing_is_tried_where_numbers_have_to_be_repeatable(speed) -> None:
    speed(1.0, 0.1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        step, _ = trained(CASES["cnn"])
    finally:
        torch.use_deterministic_algorithms(False)
    assert not step._plain.forward.channels_last_on_gpu


def test_tables_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_trial, "seconds", lambda work: pytest.fail("it was tried"))
    step, _ = trained(CASES["batchnorm-dropout"])
    assert step.replaying
