"""Takes a training's tensors off the GPU while it is paused, and brings them back.

The tensors themselves stay: whoever holds one, or a view of it, holds the same afterwards. Only the
memory under them is given up and taken again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine import device_memory


class Parked:
    """Numbers of tensors in main memory, whose own memory was given back.

    Args:
        tensors: What to take away; those that share memory are taken together.
        lock: Held until everything is back: who computes with the tensors holds it too.
    """

    def __init__(self, tensors: Iterable[Tensor], lock: threading.Lock) -> None:
        self._lock = lock
        self._waiting: list[tuple[Any, torch.UntypedStorage]] = []
        lock.acquire()
        storages = {}
        for each in tensors:
            storage = each.untyped_storage()
            if storage.nbytes() and storage.resizable():
                storages[storage._cdata] = storage
        if any(storage.device.type == "cuda" for storage in storages.values()):
            torch.cuda.synchronize()  # other streams may still read them
        for storage in storages.values():
            numbers = torch.UntypedStorage(storage.nbytes())
            self._waiting.append((storage, numbers.copy_(storage)))
        for storage, _ in self._waiting:
            storage.resize_(0)
        device_memory.let_go()

    def bring_back(self) -> None:
        """Puts the numbers back. Where memory runs out, what is left can be brought back later.

        Raises:
            RuntimeError: If there is no memory for all of them now.
        """
        while self._waiting:
            storage, numbers = self._waiting[-1]
            storage.resize_(numbers.nbytes())
            storage.copy_(numbers)
            self._waiting.pop()
        if self._lock.locked():
            self._lock.release()

    def give_up(self) -> None:
        """Lets others go on where nothing is computed with the tensors any more."""
        self._waiting.clear()
        self.bring_back()


def on_a_gpu(tensors: Iterable[Tensor]) -> list[Tensor]:
    """Those whose memory a pause can give back."""
    return [each for each in tensors if each.device.type == "cuda"]
