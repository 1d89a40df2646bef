"""What happened in a run: events, their file, and their fold into a run's state."""

from __future__ import annotations

from fitstudio.journal.batch_history import BatchHistory, BatchHistoryReader
from fitstudio.journal.events import Event, EventType, Outcome, Reason
from fitstudio.journal.fold import apply, fold
from fitstudio.journal.journal import Journal
from fitstudio.journal.reader import JournalReader, read_all
from fitstudio.journal.run_state import Phase, RunState

__all__ = [
    "BatchHistory",
    "BatchHistoryReader",
    "Event",
    "EventType",
    "Journal",
    "JournalReader",
    "Outcome",
    "Phase",
    "Reason",
    "RunState",
    "apply",
    "fold",
    "read_all",
]
