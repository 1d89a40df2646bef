"""Arrays with one row for each sample as a `Source`, with what a person should know about them."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.class_pairs import only_with
from fitstudio.data.columns.relations import patterns
from fitstudio.data.fingerprint import quick_look
from fitstudio.data.formats.arrays import findings as array_findings
from fitstudio.data.formats.arrays.columns import ArrayColumns
from fitstudio.declared.task.dataset_summary import DatasetSummary


class ArraySource(ArrayColumns):
    """Named arrays of one length."""

    def size(self) -> int:
        """Of the file, in bytes."""
        return quick_look(self.path)[0]

    def summary(self) -> DatasetSummary:
        """Everything that is known about the arrays, with what a person should know about them."""
        columns = self.columns
        masks = {column.name: self._gaps(column) for column in columns if column.has_gaps}
        complete = self.rows
        if masks:
            complete = int((~np.logical_or.reduce(list(masks.values()))).sum())
        return DatasetSummary(
            file=self.file,
            kind=self.kind,
            rows=self.rows,
            bytes=self.size(),
            columns=columns,
            options=self.options,
            guesses=self.guesses,
            findings=(
                *self._findings,
                *array_findings.find(self, columns, self._as_set(), self._sampled),
            ),
            fingerprint=self.fingerprint(),
            complete_rows=complete,
            sampled_rows=self._sampled,
            missing_patterns=patterns(masks),
            only_with=only_with(self, columns),
        )
