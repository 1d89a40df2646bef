"""The callbacks, under the reference's names. RemoteMonitor is left out: nothing phones home."""

from __future__ import annotations

from fitstudio.engine.callbacks.backup import BackupAndRestore
from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.callbacks.logging import CSVLogger, LambdaCallback, TensorBoard
from fitstudio.engine.callbacks.progress import ProgbarLogger
from fitstudio.engine.callbacks.saving import ModelCheckpoint
from fitstudio.engine.callbacks.scheduling import LearningRateScheduler, ReduceLROnPlateau
from fitstudio.engine.callbacks.stopping import EarlyStopping, TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
