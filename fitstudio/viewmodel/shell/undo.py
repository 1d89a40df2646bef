"""Undo and redo of settings: every change is kept as the specification before and after it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from psygnal import Signal

from fitstudio.declared.run_spec import RunSpec

# Typing 1, 12, 128 into a field is one change to a person, not three.
_MERGE_WITHIN_S = 1.5
_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change of the settings.

    Attributes:
        text: What was done, for the menu: "Change Epochs".
        keys: The settings that it touched.
        before: The specification that undo goes back to.
        after: The specification that redo goes forward to.
        time: Seconds of the monotonic clock.
    """

    text: str
    keys: frozenset[str]
    before: RunSpec
    after: RunSpec
    time: float


class EditHistory:
    """A line of edits with a place in it; undo and redo move the place.

    It only remembers: `undo` and `redo` return the specification to go to.
    """

    changed = Signal()

    def __init__(self) -> None:
        self._edits: list[Edit] = []
        self._place = 0

    @property
    def undo_text(self) -> str | None:
        """What undo would take back, or None where there is nothing."""
        return self._edits[self._place - 1].text if self._place else None

    @property
    def redo_text(self) -> str | None:
        """What redo would do again, or None where there is nothing."""
        return self._edits[self._place].text if self._place < len(self._edits) else None

    def push(self, text: str, keys: frozenset[str], before: RunSpec, after: RunSpec) -> None:
        """Remembers a change that was made; what had been undone is forgotten."""
        now = time.monotonic()
        del self._edits[self._place :]
        last = self._edits[-1] if self._edits else None
        same = last is not None and (last.text, last.keys) == (text, keys) and len(keys) == 1
        if last is not None and same and now - last.time < _MERGE_WITHIN_S:
            self._edits[-1] = replace(last, after=after, time=now)
        else:
            edit = Edit(text=text, keys=keys, before=before, after=after, time=now)
            self._edits.append(edit)
        del self._edits[:-_LIMIT]
        self._place = len(self._edits)
        self.changed.emit()

    def undo(self) -> Edit | None:
        """Steps back; the edit whose `before` now holds, or None where there is none."""
        if not self._place:
            return None
        self._place -= 1
        self.changed.emit()
        return self._edits[self._place]

    def redo(self) -> Edit | None:
        """Steps forward; the edit whose `after` now holds, or None where there is none."""
        if self._place == len(self._edits):
            return None
        self._place += 1
        self.changed.emit()
        return self._edits[self._place - 1]

    def clear(self) -> None:
        """Forgets everything."""
        self._edits.clear()
        self._place = 0
        self.changed.emit()
