"""The lines of a text table, and how far each is from being a sample, by its words and fields."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import polars as pl

from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.lines.summaries import (
    ColumnTotals,
    is_summary_word,
    without_value,
)
from fitstudio.data.formats.text.names.header_rows import shape_of
from fitstudio.data.formats.text.values.cell_units import core_of

_PLAIN = re.compile(
    r"(?:mean|average|avg|median|mode|total|totals|sum|grand total|sub-?total|std\.? ?dev\.?|"
    r"std|standard deviation|std deviation|variance|minimum|maximum|standard error|std error|"
    r"coefficient of variation|%cv|cv%|cv %|% cv|%rsd|rsd|rsd%|% rsd|cv \(%\)|rsd \(%\)|"
    r"mittelwert|mittel|durchschnitt|summe|gesamt|gesamtsumme|standardabweichung|stabw|anzahl|"
    r"moyenne|ecart[- ]type|écart[- ]type|somme|promedio|suma|desviaci[oó]n est[aá]ndar|"
    r"media|totale|gemiddelde|totaal|medelv[aä]rde|percentile|quartile|geomean|geometric mean)"
)
# Short words that may name a sample just as well; alone they need a blank line above.
_SHORT = re.compile(
    r"(?:sd|se|sem|cv|n|max|min|range|count|var|s\.d\.|s\.e\.|ci|95 ?% ci|q[1-4]|p\d\d|"
    r"\d\d? ?%|upper|lower|slope|intercept|r2|r²)"
)
_AROUND = r"\s*(?:value|values|of .{1,30}|[±+/-]+ ?s?[de].{0,4})?\s*(?:\(.{0,20}\)|n ?= ?\d+)?\s*:?"
_LOOKED_AT_COLUMNS = 64
_LOOKED_AT_ROWS = 1_000
_NUMERIC_SHARE = 0.8
_USUAL_SHAPE = 0.05


class TableLines:
    """The lines of a table, and how far each is from being a sample."""

    def __init__(
        self, frame: pl.DataFrame, fields: np.ndarray, width: int, layout: TextFormat
    ) -> None:
        self.frame, self.fields, self.width, self.layout = frame, fields, width, layout
        self.count = len(fields)
        self.odd = np.zeros(self.count, bool)  # known to be no samples
        self._missing = {*layout.missing, *layout.missing_numbers}
        full = np.flatnonzero(fields == width)
        if not len(full):  # there are more names than any line has fields
            full = np.flatnonzero(fields > 0)
        places = full[np.unique(np.linspace(0, len(full) - 1, _LOOKED_AT_ROWS).astype(int))]
        sample = frame.select(frame.columns[: min(width, _LOOKED_AT_COLUMNS)])[places]
        self.numeric: list[int] = []
        self._bare: set[int] = set()
        for place, name in enumerate(sample.columns):
            cells = [cell for cell in sample[name].drop_nulls() if cell not in self._missing]
            numbers = sum(map(layout.numbers.matches, cells))
            if numbers < _NUMERIC_SHARE * len(cells):
                some = cells[:100]
                bare = sum(1 for cell in some if layout.numbers.matches(core_of(cell)))
                if not cells or bare < _NUMERIC_SHARE * len(some):
                    continue
                self._bare.add(place)
            if cells:
                self.numeric.append(place)
        self._shapes: dict[int, set[str]] = {}
        self._totals: ColumnTotals | None = None
        self._summed: list[int] = []  # the columns of it
        self.words = np.zeros(self.count, np.int64)  # in columns of numbers
        self.numbers = np.zeros(self.count, np.int64)
        for place in self.numeric:
            words, numbers = self._split(frame.columns[place], place)
            self.words += words
            self.numbers += numbers

    def _split(self, name: str, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Where a column of numbers holds a word, and where a number."""
        cells = self.frame[name]
        filled = cells.is_not_null()
        if place not in self._bare and self.layout.numbers.plain:
            good = cells.cast(pl.Float64, strict=False).is_not_null()
        else:
            good = cells.str.contains(self.layout.numbers.pattern).fill_null(False)
        doubtful = np.flatnonzero((filled & ~good).to_numpy())
        words, numbers = np.zeros(self.count, bool), good.to_numpy().copy()
        if len(doubtful) > 0.5 * self.count and place not in self._bare:
            return words, numbers
        for row, cell in zip(doubtful.tolist(), cells.gather(doubtful).to_list(), strict=True):
            kind = self._kind(place, cell)
            words[row], numbers[row] = kind == "word", kind == "number"
        return words, numbers

    def _kind(self, place: int, cell: str) -> str:
        if cell in self._missing or cell[:1] in "<>≤≥":
            return "gap"
        bare = core_of(cell) if place in self._bare else cell
        return "number" if self.layout.numbers.matches(bare) else "word"

    def cells(self, row: int) -> list[str]:
        """The cells of a line; "" where empty."""
        width = max(self.width, min(int(self.fields[row]), self.frame.width))
        return [cell or "" for cell in self.frame.row(row)[:width]]

    def first_word(self, row: int) -> tuple[int, str]:
        """The first cell that is filled, with its place."""
        return next(((place, cell) for place, cell in enumerate(self.cells(row)) if cell), (0, ""))

    def label(self, row: int) -> str:
        """Whether the line is named like a mean or a total: "plain", "short" or ""."""
        place, word = self.first_word(row)
        word = without_value(" ".join(word.split()).lower())
        kind = next(
            (
                kind
                for kind, pattern in (("plain", _PLAIN), ("short", _SHORT))
                if re.fullmatch(pattern.pattern + _AROUND, word)
            ),
            "plain" if is_summary_word(word.rstrip(": ")) else "",
        )
        if not kind or place >= self.width or self._occurs(place, row):
            return "plain" if self._sums_up(row) else ""
        return kind

    def _sums_up(self, row: int) -> bool:
        """Whether its numbers are means, totals or spreads of those above."""
        if self.fields[row] != self.width or not self.numbers[row]:
            return False
        if self._totals is None:
            places = [place for place in self.numeric if place not in self._bare]
            if not places:
                return False
            samples = (self.fields == self.width) & (self.words == 0) & ~self.odd
            self._totals, self._summed = ColumnTotals(self._numbers, samples), places
        mark = self.layout.numbers.decimal
        cells = [self.frame.item(row, place) or "" for place in self._summed]
        digits = [len(cell.partition(mark)[2]) for cell in cells]
        return self._totals.sum_up(row, digits, odd=not self.resembles_samples(row))

    def _numbers(self, number: int) -> np.ndarray:
        cells = self.frame.to_series(self._summed[number])
        return self.layout.numbers.read(cells)[0].to_numpy()

    def _occurs(self, place: int, row: int) -> bool:
        """Whether the same word stands in a sample above, as the name of a class does."""
        same = self.frame.to_series(place)[:row] == self.frame.item(row, place)
        whole = (self.fields[:row] == self.width) & ~self.odd[:row]
        return bool((same.fill_null(False).to_numpy() & whole).any())

    def is_named_as_above(self, row: int, first: int) -> bool:
        """Whether lines above `first` go by such names too: P39 below P17 is no percentile."""
        place, word = self.first_word(row)
        if self.label(row) != "short" or not any(map(str.isdigit, word)):
            return False
        above = np.flatnonzero((self.fields[:first] == self.width) & ~self.odd[:first])
        cells = self.frame.to_series(place)[above[-_LOOKED_AT_ROWS:]].drop_nulls()
        return sum(shape_of(cell) == shape_of(word) for cell in cells) > 1

    def resembles_samples(self, row: int) -> bool:
        """Whether its first word is like those of the samples: S05 below S04, or a known class."""
        place, word = self.first_word(row)
        if place in self.numeric:
            return self._kind(place, word) != "word"
        if place >= self.width:
            return False
        if place not in self._shapes:
            good = np.flatnonzero((self.fields == self.width) & (self.words == 0))[:_LOOKED_AT_ROWS]
            cells = self.frame.to_series(place)[good].drop_nulls()
            counts = Counter(map(shape_of, cells))
            usual = max(2, _USUAL_SHAPE * len(cells))
            self._shapes[place] = {s for s, count in counts.items() if "0" in s and count >= usual}
        return shape_of(word) in self._shapes[place] or self._occurs(place, row)

    def is_note(self, row: int) -> bool:
        """Whether words stand alone in a line that has other fields than the samples."""
        filled = [cell for cell in self.cells(row) if cell]
        if self.fields[row] == self.width or not filled or self.numbers[row]:
            return False
        if not any(map(str.isalpha, filled[0])) or filled[0] in self._missing:
            return False
        if any(map(self.layout.numbers.matches, filled)):
            return False  # a sample with a field too many or too few
        return not self.resembles_samples(row)

    def is_padded_note(self, row: int) -> bool:
        """The same where a spreadsheet has filled the line up with separators."""
        filled = [cell for cell in self.cells(row) if cell]
        if len(filled) != 1 or self.numbers[row]:
            return False
        # In a narrow table a word alone may be a sample with a gap; a sentence is none.
        sentence = bool(self.words[row]) and " " in filled[0]
        letters = (self.width >= 3 or sentence) and sum(map(str.isalpha, filled[0])) > 2
        return bool(letters) and filled[0] not in self._missing and not self.resembles_samples(row)

    def is_header(self, row: int) -> bool:
        """Whether different words stand in all fields, also where the samples have numbers."""
        cells = self.cells(row)
        if self.numbers[row] or self.fields[row] != self.width or not self.numeric:
            return False
        filled = [cell for cell in cells if cell]
        return (
            self.words[row] >= len(self.numeric)
            and len(filled) >= self.width - 1
            and len(set(filled)) == len(filled)
            and all(any(map(str.isalpha, cell)) for cell in filled)
            and not self.resembles_samples(row)
        )
