"""What a callback's entry says beyond its settings: what it watches, stops, sets and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fitstudio.declared.kinds.param import Entry

Settings = Mapping[str, Any]
# What a callback's settings mean, in words.
Words = Callable[[Settings], str]
# So many checks of a watched value in words; None where it is checked in each epoch.
Waiting = Callable[[str, int], str | None]
# What it does in a run, in words that know how long its waiting is.
WordsOfRun = Callable[[Settings, Waiting], str]


class Stop(Enum):
    """Why a callback ends training."""

    NO_GAIN = "the watched value stands still"
    NOT_FINITE = "the loss is no number"


@dataclass(frozen=True, kw_only=True, eq=False)
class CallbackEntry(Entry):
    """A callback, with all that checks, screens and the worker need to know of it.

    Args:
        watches: Whether it watches a measured value, the one that its ``monitor`` names.
        watches_when: The setting that has to be on for it to watch; empty if it always does.
        rising: How the name of a watched value begins (``"x*"``), ends (``"*x"``) or what is in it
            (``"*x*"``), if the callback takes a higher one for better on mode "auto". These are the
            reference's own rules, which go by the name alone.
        stops: Why it ends training, if it does.
        sets_rate: Whether it sets the learning rate, which is logged then.
        writes: The setting that names what it writes in the run's folder.
        fills_names: Whether that name has fields such as ``{epoch}``, filled in at each save. Two
            that save the same epoch write the same, so that they may share a name.
        stands: Whether the form always has a row for it, on or off.
        summary: What it is set to, in a few words; its help if there is nothing to set.
        sentence: What it does, for the plain words of a run; None for what its ending tells.
        ending: What ends training sooner, to stand behind "or sooner".
    """

    watches: bool = False
    watches_when: str = ""
    rising: tuple[str, ...] = ()
    stops: Stop | None = None
    sets_rate: bool = False
    writes: str = ""
    fills_names: bool = False
    stands: bool = False
    summary: Words | None = None
    sentence: WordsOfRun | None = None
    ending: WordsOfRun | None = None

    def settings(self, item: Settings) -> dict[str, Any]:
        """All its settings by name, for an item of ``fit.callbacks``."""
        return self.defaults() | {name: item[name] for name in item if name != "kind"}

    def is_watching(self, settings: Settings) -> bool:
        """Whether it watches a measured value with these settings."""
        return self.watches and (not self.watches_when or bool(settings[self.watches_when]))

    def rises_on_auto(self, monitor: str) -> bool:
        """Whether it takes a higher value of this name for better on mode "auto"."""
        return any(_matches(monitor, pattern) for pattern in self.rising)

    def usual_name(self) -> str:
        """What it writes is called so while nothing else is set."""
        return str(self.defaults()[self.writes])


def _matches(name: str, pattern: str) -> bool:
    word = pattern.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return word in name
    return name.endswith(word) if pattern.startswith("*") else name.startswith(word)
