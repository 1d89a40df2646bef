"""Each metric of a run as a curve over its epochs, brought up to date by what is new only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fitstudio.journal.run_state import EpochRow, RunState, shown
from fitstudio.journal.target_scale import TargetScale
from fitstudio.viewmodel.figures import LEARNING_RATE_NAMES
from fitstudio.viewmodel.own_units import in_own_unit


@dataclass(slots=True)
class Curve:
    """One name of the logs: x are epochs as people count, y the values at their ends.

    Values are in the target's own unit where they have one.
    """

    name: str
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)

    def arrays(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """x and y for drawing."""
        return np.asarray(self.x, dtype=np.float64), np.asarray(self.y, dtype=np.float64)


class EpochCurves:
    """Every metric and the learning rate of a run, as curves.

    Attributes:
        curves: By name, ``val_`` names included, in History's order.
        learning_rate: The learning rate of each epoch.
    """

    def __init__(self) -> None:
        self.curves: dict[str, Curve] = {}
        self.learning_rate = Curve("learning_rate")
        self._count = 0
        self._trims = 0

    def follow(self, state: RunState) -> bool:
        """Take over what is new in the state; whether there was anything."""
        went_back = self._trims != len(state.trims) or self._count > len(state.epochs)
        if went_back:
            self.__init__()
        self._trims = len(state.trims)
        scale = state.target_scale
        new = state.epochs[self._count :]
        self._count = len(state.epochs)
        for row in new:
            self._add(row, scale)
        return bool(new) or went_back

    def metrics(self) -> list[str]:
        """The metrics without their ``val_`` twins, loss first."""
        names = dict.fromkeys(name.removeprefix("val_") for name in self.curves)
        return sorted(names, key=lambda name: name != "loss")

    def _add(self, row: EpochRow, scale: TargetScale | None) -> None:
        epoch = float(shown(row.epoch))
        for name, value in row.logs.items():
            if name in LEARNING_RATE_NAMES or not isinstance(value, (int, float)):
                continue
            curve = self.curves.setdefault(name, Curve(name))
            curve.x.append(epoch)
            curve.y.append(in_own_unit(float(value), name, scale))
        if row.learning_rate is not None:
            self.learning_rate.x.append(epoch)
            self.learning_rate.y.append(float(row.learning_rate))
