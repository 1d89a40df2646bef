"""One subject of the panel in plain words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """One subject of the panel: a short title and one to three sentences."""

    title: str
    text: str
