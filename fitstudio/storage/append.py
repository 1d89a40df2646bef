"""A file that only grows, such as a journal: every byte that was there stays.

After a crash or on a full disk the last piece may be cut short. Whoever writes pieces marks their
ends (a line feed, a fixed record size) so that readers can leave a cut one out.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from fitstudio.storage import ops


class AppendFile:
    """Adds to the end of a file; made if missing.

    Args:
        path: The file; its folder exists.

    Raises:
        StorageError: If it cannot be opened for writing.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            known = self.path.exists()
            self._descriptor: int | None = ops.patiently(ops.current().open, self.path, flags)
            if not known:
                ops.current().sync_folder(self.path.parent)
        except OSError as problem:
            raise ops.problem_with(self.path, problem) from problem

    @property
    def size(self) -> int:
        """Bytes in the file now."""
        return os.fstat(self._open_descriptor).st_size

    def append(self, data: bytes | memoryview) -> None:
        """Writes `data` at the end. Survives the end of this process at once, a power cut after
        `sync`.

        Raises:
            StorageError: If not all of it could be written. What was written of it is taken back
                where the system allows that.
        """
        before = self.size
        try:
            ops.write_all(self._open_descriptor, data)
        except OSError as problem:
            self._cut_to(before)
            raise ops.problem_with(self.path, problem) from problem

    def sync(self) -> None:
        """Waits until all of it is on the disk.

        Raises:
            StorageError: If the disk refuses.
        """
        try:
            ops.current().fsync(self._open_descriptor)
        except OSError as problem:
            raise ops.problem_with(self.path, problem) from problem

    def cut_to(self, size: int) -> None:
        """Takes away what stands after `size` bytes: a record that a crash cut short.

        Raises:
            StorageError: If the system refuses.
        """
        try:
            ops.current().truncate(self._open_descriptor, size)
        except OSError as problem:
            raise ops.problem_with(self.path, problem) from problem

    def close(self) -> None:
        """Closes the file; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            ops.current().close(descriptor)

    def __enter__(self) -> AppendFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError(f"{str(self.path)!r} is closed.")
        return self._descriptor

    def _cut_to(self, size: int) -> None:
        try:
            ops.current().truncate(self._open_descriptor, size)
        except OSError:
            pass  # readers leave the torn piece out; the first problem is the one to report
