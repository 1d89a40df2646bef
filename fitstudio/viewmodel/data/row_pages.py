"""Rows of a data file, read page by page as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from psygnal import Signal

from fitstudio.actions import data as data_actions
from fitstudio.declared.parameters.sources import sources_of
from fitstudio.declared.task.dataset_summary import Preview
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession

PAGE_ROWS = 400
_KEPT_PAGES = 24


class RowPages:
    """A window onto the rows of the session's data file.

    A page is asked for when one of its rows is wanted and not there; the newest wish is read
    first, because it is what a person who scrolls is looking at now.

    Args:
        session: The open project.
    """

    page_came = Signal(int, int)  # first row, row after the last

    def __init__(self, session: ProjectSession) -> None:
        self._session = session
        self._pages: OrderedDict[int, Preview] = OrderedDict()
        self._wanted: list[int] = []
        self._job: Job | None = None
        self._reading: int | None = None
        self._generation = 0
        self._read: Mapping[str, Any] = {}

    def forget(self) -> None:
        """Starts anew: the file, or how it is read, has changed."""
        self._generation += 1
        self._pages.clear()
        self._wanted.clear()
        self._reading = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def begin(self, data: Mapping[str, Any]) -> None:
        """Starts to read the first rows of the file, if it is another one or read otherwise.

        The first page is asked for while the file is still being looked at, because reading it
        takes as long.

        Args:
            data: The data section of the specification, as JSON has it.
        """
        sources = sources_of(data)
        # All of a source but its fingerprint changes what the rows say.
        read = {name: source | {"fingerprint": None} for name, source in sources.items()}
        if read != self._read:
            self.forget()
            self._read = read
            if any(source.get("path") for source in sources.values()):
                self._want(0)

    def cell(self, row: int, column: int) -> str | None:
        """A cell's text; None where the value is missing.

        Raises:
            KeyError: While the row has not been read; it is asked for.
        """
        number = row // PAGE_ROWS
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            raise KeyError(row)
        self._pages.move_to_end(number)
        return page.rows[row - number * PAGE_ROWS][column]

    def _want(self, number: int) -> None:
        if number == self._reading:
            return
        if number in self._wanted:
            self._wanted.remove(number)
        self._wanted.append(number)
        # Pages that were only passed while scrolling are not read at all.
        del self._wanted[:-3]
        if self._reading is None:
            self._read_next()

    def _read_next(self) -> None:
        if not self._wanted:
            self._reading = None
            return
        number = self._wanted.pop()
        self._reading = number
        generation = self._generation
        data = self._session.spec.to_json().get("data", {})
        folder = self._session.project.folder
        start = number * PAGE_ROWS
        stop = start + PAGE_ROWS
        self._job = self._session.in_background(
            lambda job: data_actions.preview(data, folder, start, stop, cancel=job.cancelled),
            lambda preview: self._on_page(generation, number, preview),
            lambda problem: self._on_failed(generation),
        )

    def _on_page(self, generation: int, number: int, preview: Preview) -> None:
        if generation != self._generation:
            return
        self._pages[number] = preview
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        first = number * PAGE_ROWS
        self._read_next()
        self.page_came.emit(first, first + len(preview.rows))

    def _on_failed(self, generation: int) -> None:
        # What is wrong with the file is told by the session, which reads it as well.
        if generation == self._generation:
            self._reading = None
            self._wanted.clear()
