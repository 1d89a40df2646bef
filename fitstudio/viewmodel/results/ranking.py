"""How one class is told from the rest: curves with their intervals, counts at a threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fitstudio.actions.run.results_file import ClassRanking
from fitstudio.viewmodel.results.scores import Confusion, wilson
from fitstudio.words import say
from fitstudio.words.numbers import format_count, format_value, in_percent

FEWEST = 10
"""With fewer rows of the class, or of the rest, an interval would say nothing."""

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line with a band around it and a place on it.

    Attributes:
        x_title: What x is.
        y_title: What y is.
        x: From left to right.
        y: As many values.
        low: Where the band begins; empty where none can be told.
        high: Where it ends.
        reference: A line to compare with, from left to right.
        place: The point that the shown threshold is; None where there is none.
        dots: Whether each point counts, not only the line through them.
        words: What a point says.
    """

    x_title: str
    y_title: str
    x: _Array
    y: _Array
    low: _Array
    high: _Array
    reference: tuple[tuple[float, float], tuple[float, float]]
    place: tuple[float, float] | None
    dots: bool
    words: Callable[[int], str]


@dataclass(frozen=True)
class Ranking:
    """One class against the rest, on one part of the data.

    Attributes:
        told: As it was measured.
    """

    told: ClassRanking

    @property
    def thresholds(self) -> list[float]:
        """Falling probabilities at which something changes."""
        return self.told["thresholds"]

    @property
    def says_enough(self) -> bool:
        """Whether there are enough rows on both sides for intervals."""
        return min(self.told["positives"], self.told["negatives"]) >= FEWEST

    def place_of(self, threshold: float) -> int | None:
        """The place of the last threshold that is not lower; None where none is."""
        passed = sum(each >= threshold for each in self.thresholds)
        return passed - 1 if passed else None

    def counts(self, threshold: float) -> tuple[int, int, int, int]:
        """Found, missed, false alarms and rightly left out from a threshold on."""
        place = self.place_of(threshold)
        found = 0 if place is None else self.told["true_positives"][place]
        false = 0 if place is None else self.told["false_positives"][place]
        return found, self.told["positives"] - found, false, self.told["negatives"] - false

    def confusion(self, names: tuple[str, ...], threshold: float) -> Confusion:
        """The counts of two classes, the second of which is said from a threshold on."""
        found, missed, false, left = self.counts(threshold)
        return Confusion(names, np.array([[left, false], [missed, found]], dtype=np.int64))

    def roc(self, threshold: float | None) -> Curve:
        """The share found over the share of false alarms."""
        found, false = self._found(), self._false()
        positives, negatives = self.told["positives"], self.told["negatives"]
        low, high = self._band(found, positives)
        place = None
        if threshold is not None:
            counts = self.counts(threshold)
            place = (counts[2] / negatives, counts[0] / positives)
        return Curve(
            x_title=say("False alarms, share of all others"),
            y_title=say("Found, share of {name}", name=self.told["name"]),
            x=np.append(0.0, false / negatives),
            y=np.append(0.0, found / positives),
            low=low,
            high=high,
            reference=((0.0, 0.0), (1.0, 1.0)),
            place=place,
            dots=False,
            words=self._words,
        )

    def precision_recall(self, threshold: float | None) -> Curve:
        """The share of those said that is right over the share that is found."""
        found, false = self._found(), self._false()
        positives = self.told["positives"]
        share = positives / (positives + self.told["negatives"])
        precision = found / np.maximum(found + false, 1)
        low, high = (
            _intervals(found, found + false) if self.says_enough else (np.empty(0), np.empty(0))
        )
        place = None
        if threshold is not None:
            counts = self.counts(threshold)
            if counts[0] + counts[2]:
                place = (counts[0] / positives, counts[0] / (counts[0] + counts[2]))
        return Curve(
            x_title=say("Found, share of {name}", name=self.told["name"]),
            y_title=say("Right, share of those said"),
            x=found / positives,
            y=precision,
            low=low,
            high=high,
            reference=((0.0, share), (1.0, share)),
            place=place,
            dots=False,
            words=lambda place: self._words(place + 1),
        )

    def calibration(self) -> Curve:
        """What came over what was said, in groups of about as many rows."""
        groups = self.told["calibration"]
        right = np.array([each["right"] for each in groups], dtype=np.float64)
        rows = np.array([each["rows"] for each in groups], dtype=np.float64)
        low, high = _intervals(right, rows)

        def words(place: int) -> str:
            group = groups[place]
            return say(
                "Said {said} on average; {right} of {rows} rows are {name}",
                said=in_percent(group["predicted"]),
                right=format_count(group["right"]),
                rows=format_count(group["rows"]),
                name=self.told["name"],
            )

        return Curve(
            x_title=say("Probability that was said"),
            y_title=say("Share that is {name}", name=self.told["name"]),
            x=np.array([each["predicted"] for each in groups], dtype=np.float64),
            y=right / np.maximum(rows, 1),
            low=low,
            high=high,
            reference=((0.0, 0.0), (1.0, 1.0)),
            place=None,
            dots=True,
            words=words,
        )

    def area_words(self) -> tuple[str, str]:
        """The area under the ROC curve and its 95 % interval; that is empty where there is none."""
        interval = self.told["auc_interval"]
        if interval is None:
            return format_value(self.told["auc"], 3), ""
        low, high = (format_value(each, 2) for each in interval)
        return format_value(self.told["auc"], 3), say("{low} to {high}", low=low, high=high)

    def _found(self) -> _Array:
        return np.asarray(self.told["true_positives"], dtype=np.float64)

    def _false(self) -> _Array:
        return np.asarray(self.told["false_positives"], dtype=np.float64)

    def _band(self, counts: _Array, total: int) -> tuple[_Array, _Array]:
        if not self.says_enough:
            return np.empty(0), np.empty(0)
        return _intervals(np.append(0.0, counts), np.full(len(counts) + 1, float(total)))

    def _words(self, place: int) -> str:
        if place == 0:
            return say("Nothing is said to be {name}", name=self.told["name"])
        found, _, false, _ = self.counts(self.thresholds[place - 1])
        return say(
            "From {threshold}: {found} of {positives} found, {false} false alarms",
            threshold=format_value(self.thresholds[place - 1], 3),
            found=format_count(found),
            positives=format_count(self.told["positives"]),
            false=format_count(false),
        )


def _intervals(right: _Array, total: _Array) -> tuple[_Array, _Array]:
    """95 % intervals of shares (Wilson), each by itself."""
    both = [wilson(int(few), int(all)) for few, all in zip(right, total, strict=True)]
    low, high = np.array(both, dtype=np.float64).reshape(-1, 2).T
    return low, high
