"""The loss of every single batch, in a compact file beside the journal.

`batches.f32` is a row of 12-byte records without a head: epoch and step as unsigned 32-bit whole
numbers, the loss as a 32-bit float, all little-endian. With numpy:

    np.fromfile("batches.f32", dtype=[("epoch", "<u4"), ("step", "<u4"), ("loss", "<f4")])

After a resume the epochs that are trained again follow once more; the later record counts.
"""

from __future__ import annotations

import array
import sys
from collections.abc import Sequence
from pathlib import Path

from fitstudio.storage import AppendFile
from fitstudio.storage.special_files import open_to_read

NAME = "batches.f32"
RECORD_BYTES = 12


class BatchHistory:
    """The writing end; a record that a crash cut short is taken away when it is opened.

    Args:
        path: The file; made if missing.

    Raises:
        StorageError: If it cannot be opened.
    """

    def __init__(self, path: Path | str) -> None:
        self._file = AppendFile(path)
        rest = self._file.size % RECORD_BYTES
        if rest:
            self._file.cut_to(self._file.size - rest)

    def append(self, epoch: int, first_step: int, losses: Sequence[float]) -> None:
        """Adds the losses of successive steps of an epoch.

        Raises:
            StorageError: If the disk takes none; nothing of them is in the file then.
        """
        count = len(losses)
        records = array.array("I", bytes(RECORD_BYTES * count))
        records[0::3] = array.array("I", [epoch]) * count
        records[1::3] = array.array("I", range(first_step, first_step + count))
        # The bits of the floats go in unchanged, between the whole numbers.
        bits = array.array("I")
        bits.frombytes(array.array("f", losses).tobytes())
        records[2::3] = bits
        if sys.byteorder == "big":
            records.byteswap()
        self._file.append(records.tobytes())

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


class BatchHistoryReader:
    """Reads the records, from the beginning or on from where it stopped.

    Args:
        path: The file; it may not be there yet.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._offset = 0

    def read_new(self) -> tuple[array.array, array.array, array.array]:
        """Epochs, steps and losses since the last call, as arrays that numpy takes as they are."""
        data = self.read_new_bytes()
        words = array.array("I")
        words.frombytes(data)
        if sys.byteorder == "big":
            words.byteswap()
        losses = array.array("f")
        losses.frombytes(words[2::3].tobytes())
        return words[0::3], words[1::3], losses

    def read_new_bytes(self) -> bytes:
        """The complete records since the last call, as they stand in the file."""
        try:
            with open_to_read(self.path) as file:
                if file.seek(0, 2) < self._offset:
                    self._offset = 0
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return b""
        whole = len(data) - len(data) % RECORD_BYTES
        self._offset += whole
        return data[:whole]
