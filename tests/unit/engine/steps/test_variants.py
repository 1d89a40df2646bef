"""Another way to compute a step is taken where it was measured as faster, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from fitstudio.engine.steps.replay import variants
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
        def lay_out(self: variants.Variants, is_last: bool) -> None:
            layouts.append(is_last)
            really_lay_out(self, is_last)

        def seconds(work: Callable[[], Any]) -> float:
            work()
            return channels_last if layouts[-1] else usual

        layouts = [False]
        really_lay_out = variants.Variants._lay_out
        monkeypatch.setattr(variants.Variants, "_lay_out", lay_out)
        monkeypatch.setattr(variants, "seconds", seconds)

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
    monkeypatch.setattr(variants.Variants, "_try", lambda *given: pytest.fail("it was tried"))
    step, _ = trained(CASES["batchnorm-dropout"])
    assert step.replaying


# -- compiling


class Compiled(nn.Module):
    """What a compiler makes of a module: the same numbers, within rounding, or an error."""

    def __init__(self, module: nn.Module, error: float) -> None:
        super().__init__()
        self.module, self.error = module, error

    def forward(self, x: Tensor) -> Tensor:
        if self.error > 1.0:
            raise ValueError("backend='inductor' raised: no compiler was found")
        return self.module(x) * (1.0 + self.error)


def compiling(
    monkeypatch: pytest.MonkeyPatch, error: float, *, usual: float = 0.02, other: float = 0.01
) -> TrainStep:
    """A step that was tried compiled; times in seconds."""
    case = CASES["batchnorm-dropout"]
    step = make_step(case, replays=True)
    forward = step._plain.forward

    def seconds(work: Callable[[], Any]) -> float:
        work()
        return usual if forward.compiled is None else other

    monkeypatch.setattr(variants, "seconds", seconds)
    monkeypatch.setattr(torch, "compile", lambda module, dynamic: Compiled(module, error))
    step.expect(100_000)
    train(step, case)
    return step


def test_a_compiled_model_that_is_faster_is_taken_and_its_time_told(monkeypatch) -> None:
    step = compiling(monkeypatch, 1e-6)
    forward = step._plain.forward
    assert forward.compiled is not None and "compiled in" in step.mode.reason
    case = CASES["batchnorm-dropout"]
    calls: list[int] = []
    compiled: Any = forward.compiled.call
    compiled.register_forward_pre_hook(lambda module, given: calls.append(1))
    forward((case["x"][:7],))
    assert not calls, "another shape would have it compiled again"
    forward((case["x"][:16],))
    assert calls


@pytest.mark.parametrize(
    ("error", "usual", "other"),
    [(0.1, 0.02, 0.01), (2.0, 0.02, 0.01), (1e-6, 0.02, 0.019), (1e-6, 0.002, 0.001)],
    ids=["other-numbers", "no-compiler", "no-faster", "short-steps"],
)
def test_what_does_not_pay_or_does_not_work_is_not_taken(monkeypatch, error, usual, other) -> None:
    step = compiling(monkeypatch, error, usual=usual, other=other)
    assert step._plain.forward.compiled is None and step.replaying
    plain = make_step(CASES["batchnorm-dropout"], replays=False)
    ours = make_step(CASES["batchnorm-dropout"], replays=True)
    found = []
    for each in (plain, ours):
        torch.manual_seed(7)
        found.append(everything(each, train(each, CASES["batchnorm-dropout"])))
    assert found[0] == found[1]
