"""How long a run has waited for a better value, as the Monitor shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an EarlyStopping has waited, in epochs as people count."""

    since: int
    now: int
    waited: int
    limit: int
    stops_at: int
