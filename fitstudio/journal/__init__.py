"""What happened in a run: events, their file, and their fold into a run's state."""

from __future__ import annotations

from fitstudio.journal.batch_history import BatchHistory, BatchHistoryReader
from fitstudio.journal.events import Event, EventType, Outcome, Reason
from fitstudio.journal.journal import Journal
from fitstudio.journal.reader import JournalReader, read_all

__all__ = [
    "BatchHistory",
    "BatchHistoryReader",
    "Event",
    "EventType",
    "Journal",
    "JournalReader",
    "Outcome",
    "Reason",
    "read_all",
]
