"""Say in plain words how a run goes: still learning, over-fitting since …, jumping about.

Every statement is computed from the curves and holds what it was computed from; where there is too
little to tell, it says that. The rules, in order:

* *Progress* looks at the monitored metric over a recent stretch (a tenth of the epochs, at least
  five): a new best in it means learning, slowly if the best moved by less than 5 %; no new best,
  or one by less than 1 % without a clear trend, means no better any more, or getting worse where
  the metric clearly goes the wrong way.
* *Fit* compares training with validation loss since validation loss was least (after a mean over a
  few epochs, so that one lucky epoch decides nothing): one clearly rising while the other clearly
  falls is over-fitting.
* *Stability* looks at how the training loss jumps from epoch to epoch around its own trend.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fitstudio.journal.best_value import BestValue
from fitstudio.journal.run_state import RunState
from fitstudio.viewmodel.monitor.curves import Curve, EpochCurves
from fitstudio.viewmodel.monitor.trend import FEWEST_POINTS, Direction, centred_mean, trend
from fitstudio.words import marked, say_marked

_SLOW = 0.05
_LUCK = 0.01
_APART = 0.02
_JUMPY = 0.20
_JUMPY_OF_ALL = 0.05
_LEAST_STRETCH = 5


class Progress(StrEnum):
    """How the monitored metric goes."""

    WAITING = "waiting"
    EARLY = "early"
    LEARNING = "learning"
    SLOW = "slow"
    FLAT = "flat"
    WORSE = "worse"
    BROKEN = "broken"

    @property
    def sentence(self) -> str:
        """What the curves say, in words."""
        return say_marked(_PROGRESS_SENTENCES[self])


_PROGRESS_SENTENCES = {
    Progress.WAITING: marked("The first epoch is not finished yet."),
    Progress.EARLY: marked("Too early to tell."),
    Progress.LEARNING: marked("Still learning."),
    Progress.SLOW: marked("Still learning, slowly."),
    Progress.FLAT: marked("No longer getting better."),
    Progress.WORSE: marked("Getting worse."),
    Progress.BROKEN: marked("The loss is no longer a number."),
}


class Fit(StrEnum):
    """How training and validation go together.

    That nothing checks the run (UNCHECKED) is said only where that is known; as long as no
    validation has ended it is not known how they go together (UNKNOWN).
    """

    UNKNOWN = "unknown"
    UNCHECKED = "unchecked"
    EARLY = "early"
    TOGETHER = "together"
    APART = "apart"
    OVERFITTING = "overfitting"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the curves of a run say.

    Attributes:
        progress: How the monitored metric goes.
        fit: How training and validation loss go together.
        apart_since: The epoch (from 0) from which they move apart; None while they do not.
        jumpy: Whether the training loss jumps up and down.
        best_epoch: The epoch (from 0) of the best monitored value.
        waited: Finished epochs since the best one.
    """

    progress: Progress
    fit: Fit
    apart_since: int | None = None
    jumpy: bool = False
    best_epoch: int | None = None
    waited: int = 0


def judge(
    epochs: npt.ArrayLike,
    loss: npt.ArrayLike,
    val_loss: npt.ArrayLike | None,
    monitored: npt.ArrayLike,
    watch: BestValue | None,
    *,
    checked: bool | None,
) -> Verdict:
    """The verdict over a run's finished epochs.

    Args:
        epochs: Their numbers, from 0.
        loss: The training loss of each.
        val_loss: The validation loss of each, not-a-number where none was measured; or None.
        monitored: The monitored metric of each.
        watch: Its best so far, and which way is better.
        checked: Whether rows are held out to check the run; None while that is not known.
    """
    numbers = np.asarray(epochs, dtype=np.int64)
    training = np.asarray(loss, dtype=np.float64)
    best = watch.epoch if watch else None
    waited = int(np.count_nonzero(numbers > best)) if best is not None else 0
    unmeasured = Fit.UNCHECKED if checked is False else Fit.UNKNOWN
    if not len(numbers):
        return Verdict(Progress.WAITING, unmeasured)
    if not np.isfinite(training[-1]):
        return Verdict(Progress.BROKEN, unmeasured, None, False, best, waited)
    fit, since = (unmeasured, None) if val_loss is None else _fit(training, val_loss)
    return Verdict(
        progress=_progress(np.asarray(monitored, dtype=np.float64), watch),
        fit=fit,
        apart_since=None if since is None else int(numbers[since]),
        jumpy=_jumpy(training),
        best_epoch=best,
        waited=waited,
    )


def _progress(monitored: npt.NDArray[np.float64], watch: BestValue | None) -> Progress:
    known = monitored[np.isfinite(monitored)]
    if watch is None or len(known) < FEWEST_POINTS:
        return Progress.EARLY
    # As a loss: smaller is better. A share (accuracy) becomes the share of errors, whose
    # improvement from 0.98 to 0.99 is a half and not a hundredth.
    losses = known
    if watch.mode == "max":
        losses = 1.0 - known if known.min() >= 0.0 and known.max() <= 1.0 else -known
    stretch = max(_LEAST_STRETCH, math.ceil(len(losses) / 10))
    if len(losses) <= stretch:
        return Progress.LEARNING if int(np.argmin(losses)) > 0 else Progress.EARLY
    before, recent = float(losses[:-stretch].min()), float(losses[-stretch:].min())
    gain = (before - recent) / max(abs(before), np.finfo(float).tiny)
    if gain >= _SLOW:
        return Progress.LEARNING
    direction = trend(losses[-2 * stretch :]).direction
    if gain > 0 and (gain >= _LUCK or direction is Direction.FALLING):
        return Progress.SLOW
    direction = trend(losses[-stretch:]).direction
    return Progress.WORSE if direction is Direction.RISING else Progress.FLAT


def _fit(training: npt.NDArray[np.float64], val_loss: npt.ArrayLike) -> tuple[Fit, int | None]:
    """How the losses go together, and the index since which they do not."""
    validation = np.asarray(val_loss, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(validation) & np.isfinite(training))
    if len(known) < FEWEST_POINTS + 3:
        return Fit.EARLY, None
    steady = centred_mean(validation[known], max(1, len(known) // 20))
    turn = int(np.argmin(steady))
    if len(known) - turn < FEWEST_POINTS:
        return Fit.TOGETHER, None
    after = known[turn:]
    ours, theirs = trend(training[after]), trend(validation[after])
    if ours.direction is not Direction.FALLING:
        return Fit.TOGETHER, None
    if theirs.direction is Direction.RISING and theirs.change > _APART:
        return Fit.OVERFITTING, int(known[turn])
    if theirs.direction is Direction.FLAT and ours.change < -_SLOW:
        return Fit.APART, int(known[turn])
    return Fit.TOGETHER, None


def _jumpy(training: npt.NDArray[np.float64]) -> bool:
    """Whether the last ten epochs lie far from their own trend, up and down."""
    recent = training[-10:]
    if len(recent) < 8 or not np.isfinite(recent).all():
        return False
    ups = np.count_nonzero(np.diff(recent) > 0)
    line = trend(recent)
    # Near zero a loss wobbles by a large share of itself; that matters only beside what the run
    # has learned altogether.
    learned = float(np.nanmax(training) - np.nanmin(training))
    wobble = line.spread * float(np.mean(np.abs(recent)))
    return bool(line.spread > _JUMPY and wobble > _JUMPY_OF_ALL * learned and 3 <= ups <= 7)


def verdict_of(state: RunState, curves: EpochCurves) -> Verdict:
    """What a run's curves say; see `judge`."""
    epochs = np.array([row.epoch for row in state.epochs], dtype=np.int64)

    def values(name: str) -> np.ndarray | None:
        curve: Curve | None = curves.curves.get(name)
        if curve is None:
            return None
        # A metric that is not measured in every epoch has gaps.
        column = np.full(len(epochs), np.nan)
        column[np.searchsorted(epochs, np.asarray(curve.x, dtype=np.int64) - 1)] = curve.y
        return column

    loss = values("loss")
    monitored = values(state.best.monitor) if state.best else None
    return judge(
        epochs,
        np.full(len(epochs), np.nan) if loss is None else loss,
        values("val_loss"),
        np.full(len(epochs), np.nan) if monitored is None else monitored,
        state.best,
        checked=state.checked,
    )
