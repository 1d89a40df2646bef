"""The part of each row of a file: what trains, what checks, and what nothing sees."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio.declared.task.split import (
    PARTS,
)

NO_PART = -1
PART_NUMBERS = {part: number for number, part in enumerate(PARTS)}


@dataclass(frozen=True, kw_only=True)
class Split:
    """The part of each row of a file, and how it was found.

    Args:
        parts: For each row of the file the place of its part in `PARTS`, or `NO_PART`.
        kind: As ``data.split`` says it.
        column: By which column; None where there is none.
        seed: The seed, where rows were drawn; else None.
        sentence: What ``fit()`` is given, for a person.
        notes: What else to know, in sentences.
    """

    parts: np.ndarray
    kind: str
    column: str | None
    seed: int | None
    sentence: str
    notes: tuple[str, ...] = ()

    def mask(self, part: str, rows: np.ndarray) -> np.ndarray:
        """For some rows of the file, whether they are of this part."""
        return self.parts[rows] == PART_NUMBERS[part]

    def record(self) -> dict[str, Any]:
        """What a run keeps of it: the rule, the sizes, and a fingerprint of the very rows."""
        counts = {part: int((self.parts == number).sum()) for part, number in PART_NUMBERS.items()}
        digest = hashlib.sha256(self.parts.astype(np.int8).tobytes()).hexdigest()
        return {
            "kind": self.kind,
            "column": self.column,
            "seed": self.seed,
            "counts": counts,
            "fingerprint": digest,
            "sentence": str(self.sentence),
        }


def same_split(before: Mapping[str, Any] | None, now: Split | None) -> bool:
    """Whether rows are in the same parts as they were; a run without a record says nothing."""
    if before is None:
        return True
    return now is not None and before.get("fingerprint") == now.record()["fingerprint"]
