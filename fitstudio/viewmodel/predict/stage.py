"""How far the Predict page is."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """How far the page is."""

    NO_RUN = "no_run"
    CHOOSE = "choose"
    READING = "reading"
    READY = "ready"
    PREDICTING = "predicting"
    DONE = "done"
