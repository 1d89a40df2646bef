"""Prints how training goes, in the reference's words: a bar (verbose 1) or a line (verbose 2)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.terminal import say

_BAR_WIDTH = 30
_REDRAW_EVERY_S = 0.05


class ProgbarLogger(Callback):
    """Prints progress to standard output; fit() adds one by itself unless verbose is 0.

    Args:
        count_mode: Accepted for the reference's sake; steps are counted.
        stateful_metrics: Accepted for the reference's sake; the logs hold means already.
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics: Any = None) -> None:
        super().__init__()
        self.count_mode = count_mode
        self.stateful_metrics = set(stateful_metrics or ())
        self.verbose = 1
        self.epochs = 1
        self.target: int | None = None
        self._line: ProgressLine | None = None
        self._batches_seen = 0
        self._inside_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Takes how much is printed, and how many epochs and batches there will be."""
        super().set_params(params)
        self.verbose = int(params.get("verbose", 1))
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def on_train_begin(self, logs: Any = None) -> None:
        """From here on validation belongs to an epoch's line, and has no bar of its own."""
        self._inside_fit = True

    def on_train_end(self, logs: Any = None) -> None:
        """An evaluation after this has a bar of its own again."""
        self._inside_fit = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Prints "Epoch 1/10" where there are several, and begins a bar."""
        self._begin()
        if self.verbose and self.epochs > 1:
            say(f"Epoch {epoch + 1}/{self.epochs}\n")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Moves the bar on."""
        self._advance(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Completes the bar with the epoch's values."""
        self._finish(logs)

    # Validation inside fit() moves no bar of its own.

    def on_test_begin(self, logs: Any = None) -> None:
        """Begins a bar, unless this is the validation of an epoch."""
        if not self._inside_fit:
            self._begin()

    @property
    def takes_large_test_batches(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Inside fit() validation is not shown batch by batch."""
        return self._inside_fit

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Moves the bar of an evaluation on."""
        if not self._inside_fit:
            self._advance(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        """Completes the bar of an evaluation."""
        if not self._inside_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        """Begins a bar."""
        self._begin()

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Moves the bar on; outputs are not printed."""
        self._advance(batch, {})

    def on_predict_end(self, logs: Any = None) -> None:
        """Completes the bar."""
        self._finish({})

    def _begin(self) -> None:
        self.target = self.params.get("steps")
        self._batches_seen = 0
        self._line = ProgressLine(self.target, self.verbose)

    def _advance(self, batch: int, logs: Any) -> None:
        self._batches_seen = batch + 1
        if self._line is None:
            self._begin()
        assert self._line is not None
        if self.verbose == 1 and self._line.is_due:
            self._line.draw(self._batches_seen, logs or {})

    def _finish(self, logs: Any) -> None:
        if self._line is not None and self.verbose:
            self.target = self.target or self._batches_seen
            self._line.finish(self._batches_seen, logs or {})
        self._line = None


class ProgressLine:
    """One line of progress: redrawn in place, or printed once at its end.

    Args:
        target: How many steps there will be; None while unknown.
        verbose: 1 for a bar, 2 for a line at the end.
    """

    def __init__(self, target: int | None, verbose: int) -> None:
        self.target = target
        self.verbose = verbose
        self._began = time.monotonic()
        self._drawn_at = float("-inf")
        self._drawn_length = 0

    @property
    def is_due(self) -> bool:
        """Whether a person could see one more redraw."""
        return time.monotonic() - self._drawn_at >= _REDRAW_EVERY_S

    def draw(self, done: int, values: Mapping[str, Any]) -> None:
        """Draws the bar over the last one."""
        self._drawn_at = time.monotonic()
        seconds = self._drawn_at - self._began
        per_step = seconds / max(done, 1)
        if self.target is not None and done < self.target:
            times = f" - ETA: {_clock(per_step * (self.target - done))}"
        else:
            times = f" - {seconds:.0f}s {_per_step(per_step)}"
        self._redraw(self._bar(done) + times + _words(values, 1))

    def finish(self, done: int, values: Mapping[str, Any]) -> None:
        """Draws the last state, which stays.

        Like the reference it shows the target as reached, also after an epoch that was cut short.
        """
        seconds = time.monotonic() - self._began
        per_step = seconds / max(done, 1)
        self.target = done = self.target or done
        if self.verbose == 1:
            times = f" - {seconds:.0f}s {_per_step(per_step)}"
            self._redraw(self._bar(done) + times + _words(values, 1))
            say("\n")
            return
        count = f"{done:>{len(str(self.target))}d}/{self.target}"
        ending = f" - {_seconds(seconds)}/epoch - {_per_step(per_step)}"
        say(f"{count} - {seconds:.0f}s{_words(values, 2)}{ending}\n")

    def _bar(self, done: int) -> str:
        if self.target is None:
            return f"{done:>7d}/Unknown"
        filled = int(_BAR_WIDTH * min(done / max(self.target, 1), 1.0))
        bar = "=" * max(filled - 1, 0)
        if filled > 0:
            bar += ">" if done < self.target else "="
        return f"{done:>{len(str(self.target))}d}/{self.target} [{bar:.<{_BAR_WIDTH}}]"

    def _redraw(self, text: str) -> None:
        # Carriage return, not backspaces: one character moves to the line's start everywhere.
        say("\r" + text.ljust(self._drawn_length))
        self._drawn_length = len(text)


def _words(values: Mapping[str, Any], verbose: int) -> str:
    return "".join(f" - {name}: {_number(value, verbose)}" for name, value in values.items())


def _number(value: Any, verbose: int) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    # What is not above 0.001 gets an exponent; in a bar, unlike a line, by its size.
    size = abs(number) if verbose == 1 else number
    return f"{number:.4f}" if size > 1e-3 else f"{number:.4e}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f}s" if seconds >= 1 else f"{seconds * 1000:.0f}ms"


def _per_step(seconds: float) -> str:
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/step"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms/step"
    return f"{seconds * 1e6:.0f}us/step"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    if whole > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    if whole > 60:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole}s"
