"""Sources for the tests of reading ahead; importable, so that other processes can make them."""

from __future__ import annotations

import os
import threading
import time

import numpy as np

from fitstudio import Sequence


class Numbered(Sequence):
    """Batches that tell their number, the process that made them, and how long they took."""

    def __init__(self, count: int = 6, seconds: float = 0.0) -> None:
        self.count, self.seconds = count, seconds
        self.offset = 0

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        time.sleep(self.seconds)
        x = np.full((2, 3), index + self.offset, dtype="float32")
        return x, np.full((2, 1), float(os.getpid() % 100_000), dtype="float32")

    def on_epoch_end(self):
        self.offset += 100


class Failing(Numbered):
    def __getitem__(self, index):
        if index == 3:
            raise KeyError(f"no such file: batch {index}")
        return super().__getitem__(index)


class WithLock(Numbered):
    def __init__(self):
        super().__init__()
        self.door = threading.Lock()


class Vanishing(Numbered):
    """Its process dies, as one that is killed for using too much memory does."""

    def __getitem__(self, index):
        if index == 2:
            os._exit(3)
        return super().__getitem__(index)


class Unsendable(Numbered):
    def __getitem__(self, index):
        if index == 1:
            return lambda: None
        return super().__getitem__(index)
