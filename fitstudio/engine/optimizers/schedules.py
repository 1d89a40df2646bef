"""Learning rate schedules: functions from the count of updates so far to a learning rate."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fitstudio.errors import ArgumentError


class LearningRateSchedule:
    """A learning rate that depends on how many updates there were."""

    def __call__(self, step: int) -> float:
        raise NotImplementedError(f"{type(self).__name__} does not implement __call__().")

    def get_config(self) -> dict[str, Any]:
        """The arguments by which the same schedule can be made again."""
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """The schedule with these arguments."""
        return cls(**config)


class ExponentialDecay(LearningRateSchedule):
    """Multiplies the rate by ``decay_rate`` every ``decay_steps`` updates."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: int) -> float:
        progress = step / self.decay_steps
        if self.staircase:
            progress = math.floor(progress)
        return self.initial_learning_rate * self.decay_rate**progress


class InverseTimeDecay(ExponentialDecay):
    """Divides the rate by 1 + decay_rate x step / decay_steps."""

    def __call__(self, step: int) -> float:
        progress = step / self.decay_steps
        if self.staircase:
            progress = math.floor(progress)
        return self.initial_learning_rate / (1.0 + self.decay_rate * progress)


class PiecewiseConstantDecay(LearningRateSchedule):
    """One rate up to each boundary (inclusive), the last one after them."""

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str | None = None
    ) -> None:
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                f"There should be one more value than boundaries; {len(values)} values and "
                f"{len(boundaries)} boundaries were given."
            )
        self.boundaries = list(boundaries)
        self.values = list(values)
        self.name = name

    def __call__(self, step: int) -> float:
        for boundary, value in zip(self.boundaries, self.values):
            if step <= boundary:
                return value
        return self.values[-1]


class PolynomialDecay(LearningRateSchedule):
    """Falls from the initial to the end rate along a power of the progress."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: int) -> float:
        length = self.decay_steps
        if self.cycle:
            length *= max(1, math.ceil(step / length))
        progress = min(step, length) / length
        span = self.initial_learning_rate - self.end_learning_rate
        return span * (1.0 - progress) ** self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Falls along half a cosine to ``alpha`` times the initial rate."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name

    def __call__(self, step: int) -> float:
        progress = min(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1.0 + math.cos(math.pi * progress))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)


_CLASSES: dict[str, type[LearningRateSchedule]] = {
    cls.__name__: cls
    for cls in (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
    )
}


def serialize(schedule: Callable[[int], float]) -> Any:
    """A schedule of ours as plain data; another function as it is."""
    if type(schedule) not in _CLASSES.values():
        return schedule
    assert isinstance(schedule, LearningRateSchedule)
    return {"class_name": type(schedule).__name__, "config": schedule.get_config()}


def deserialize(config: Mapping[str, Any]) -> LearningRateSchedule:
    """The schedule that `serialize` described.

    Raises:
        ArgumentError: If there is none of that name, or it does not take these settings.
    """
    name = config.get("class_name")
    if name not in _CLASSES:
        raise ArgumentError(
            f"There is no learning rate schedule called {name!r}.",
            code="compile.optimizer-settings",
            remedy=f"Use one of: {', '.join(_CLASSES)}.",
        )
    try:
        return _CLASSES[name](**config.get("config", {}))
    except TypeError as error:
        raise ArgumentError(
            f"The schedule {name} does not take these settings: {error}.",
            code="compile.optimizer-settings",
        ) from error
