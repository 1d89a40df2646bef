"""Learning rate schedules: functions from the count of updates so far to a learning rate."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fitstudio.errors import ArgumentError
from fitstudio.words import say


class LearningRateSchedule:
    """A learning rate that depends on how many updates there were.

    Example:
        >>> from fitstudio.optimizers import SGD, schedules
        >>> class Warmup(schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return min(0.1, 0.02 * (step + 1))
        >>> float(SGD(Warmup()).learning_rate)
        0.02
    """

    def __call__(self, step: int) -> float:
        """The rate for the update with this number, counted from 0; to be overridden."""
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
    """Multiplies the rate by ``decay_rate`` every ``decay_steps`` updates.

    Args:
        initial_learning_rate: The rate of the first update.
        decay_steps: Updates in which the rate is multiplied by ``decay_rate``.
        decay_rate: The factor.
        staircase: Change the rate only every ``decay_steps`` updates.
        name: Accepted for the reference's sake.

    Example:
        >>> from fitstudio.optimizers import schedules
        >>> rate = schedules.ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)
        >>> rate(0), rate(100), rate(200)
        (0.1, 0.05, 0.025)
    """

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
        """The rate after `step` updates; with `staircase` it falls at whole multiples only."""
        progress = step / self.decay_steps
        if self.staircase:
            progress = math.floor(progress)
        return self.initial_learning_rate * self.decay_rate**progress


class InverseTimeDecay(ExponentialDecay):
    """Divides the rate by 1 + decay_rate x step / decay_steps.

    Its arguments are those of `ExponentialDecay`.

    Example:
        >>> from fitstudio.optimizers import schedules
        >>> rate = schedules.InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)
        >>> rate(0), rate(10), rate(30)
        (0.1, 0.05, 0.025)
    """

    def __call__(self, step: int) -> float:
        """The rate after `step` updates; with `staircase` it falls at whole multiples only."""
        progress = step / self.decay_steps
        if self.staircase:
            progress = math.floor(progress)
        return self.initial_learning_rate / (1.0 + self.decay_rate * progress)


class PiecewiseConstantDecay(LearningRateSchedule):
    """One rate up to each boundary (inclusive), the last one after them.

    Args:
        boundaries: Counts of updates, rising.
        values: The rates, one more than boundaries.
        name: Accepted for the reference's sake.

    Raises:
        ValueError: If there is not one more value than boundaries.

    Example:
        >>> from fitstudio.optimizers import schedules
        >>> rate = schedules.PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
        >>> rate(100), rate(101), rate(500)
        (0.1, 0.01, 0.001)
    """

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
        """The rate of the stretch `step` is in; a boundary belongs to the stretch before it."""
        for boundary, value in zip(self.boundaries, self.values):
            if step <= boundary:
                return value
        return self.values[-1]


class PolynomialDecay(LearningRateSchedule):
    """Falls from the initial to the end rate along a power of the progress.

    Args:
        initial_learning_rate: The rate of the first update.
        decay_steps: Updates until the end rate is reached.
        end_learning_rate: The rate from then on.
        power: 1 for a straight line.
        cycle: Rise again, and take longer to fall, each time the end rate is reached.
        name: Accepted for the reference's sake.

    Example:
        >>> from fitstudio.optimizers import schedules
        >>> rate = schedules.PolynomialDecay(0.5, decay_steps=100, end_learning_rate=0.0)
        >>> rate(0), rate(50), rate(1000)
        (0.5, 0.25, 0.0)
    """

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
        """The rate after `step` updates; after `decay_steps` it stays, or with `cycle` rises."""
        length = self.decay_steps
        if self.cycle:
            length *= max(1, math.ceil(step / length))
        progress = min(step, length) / length
        span = self.initial_learning_rate - self.end_learning_rate
        return span * (1.0 - progress) ** self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Falls along half a cosine to ``alpha`` times the initial rate.

    Args:
        initial_learning_rate: The rate of the first update.
        decay_steps: Updates until the lowest rate is reached.
        alpha: The lowest rate as a fraction of the initial one.
        name: Accepted for the reference's sake.

    Example:
        >>> from fitstudio.optimizers import schedules
        >>> rate = schedules.CosineDecay(0.5, decay_steps=100)
        >>> rate(0), round(rate(50), 6), rate(100)
        (0.5, 0.25, 0.0)
    """

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
        """The rate after `step` updates; after `decay_steps` it stays."""
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
            say("There is no learning rate schedule called {name}.", name=repr(name)),
            code="compile.optimizer-settings",
            remedy=say("Use one of: {classes}.", classes=", ".join(_CLASSES)),
        )
    try:
        return _CLASSES[name](**config.get("config", {}))
    except TypeError as error:
        raise ArgumentError(
            say(
                "The schedule {name} does not take these settings: {error}.", name=name, error=error
            ),
            code="compile.optimizer-settings",
        ) from error
