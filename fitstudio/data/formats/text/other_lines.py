"""Finds lines below the names that are no samples: names again, means and totals, notes, tables.

Programs write them for people. As samples they would be trained on, and standing last they would be
what is held out. Only what is plainly no sample is found: a line of its own kind, by its words and
by where it stands. Blank lines between ordinary samples mean nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from fitstudio.data.formats.text.cell_units import core_of
from fitstudio.data.formats.text.header_rows import shape_of
from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.summaries import ColumnTotals, is_summary_word, without_value

SUMMARY, NOTE, TABLE = "summary", "note", "table"
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
_SUBTOTALS = ["subtotal", "sub-total", "sub total", "zwischensumme", "sous-total"]
_MOST_SUBTOTALS = 0.3
_LOOKED_AT_COLUMNS = 64
_LOOKED_AT_ROWS = 1_000
_TAIL = 60
_MOST_BLOCKS = 300
_NUMERIC_SHARE = 0.8
_USUAL_SHAPE = 0.05
_MOST_WITHOUT_GAP = 0.3  # a second table without a blank line above it is a small one


@dataclass
class OtherLines:
    """Rows that are no samples.

    Args:
        repeated: Rows that hold the names again, and what belongs to them.
        others: Rows that are no samples for another reason, with the reason.
    """

    repeated: list[int] = field(default_factory=list)
    others: dict[int, str] = field(default_factory=dict)


def find_other_lines(
    frame: pl.DataFrame,
    fields: np.ndarray,
    names: list[str],
    width: int,
    layout: TextFormat,
    top: list[list[str]],
) -> OtherLines:
    """All lines that are no samples.

    Args:
        frame: The cells of all lines below the names, without spaces around them.
        fields: How many fields each line has; 0 for a blank line.
        names: The names as they stand in the file.
        width: How many columns the table has.
        layout: How the file is laid out.
        top: The lines above the first sample, in cells.
    """
    lines = _Lines(frame, fields, width, layout)
    found = OtherLines()
    if names:
        found.repeated = _repeated_names(lines, names, top, layout)
    known = set(found.repeated)
    lines.odd[found.repeated] = True
    subtotals = list(_subtotals(lines))
    others = (*subtotals, *_blocks(lines, known), *_tail(lines, known), *_notes(lines, known))
    for row, reason in others:
        if row not in known:
            found.others.setdefault(row, reason)
    left = int((fields > 0).sum()) - len(known) - len(found.others)
    summaries = sum(1 for reason in found.others.values() if reason == SUMMARY)
    if left < max(1, summaries):
        # A table of nothing but means and totals: these are its samples.
        found.others.clear()
    return found


class _Lines:
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
            read = [
                self.layout.numbers.read(self.frame.to_series(place))[0].to_numpy()
                for place in self.numeric
                if place not in self._bare
            ]
            samples = (self.fields == self.width) & (self.words == 0) & ~self.odd
            self._totals = ColumnTotals(np.column_stack(read), samples) if read else None
        if self._totals is None:
            return False
        mark = self.layout.numbers.decimal
        cells = [self.frame.item(row, place) or "" for place in self.numeric]
        digits = [
            len(cell.partition(mark)[2])
            for place, cell in zip(self.numeric, cells, strict=True)
            if place not in self._bare
        ]
        return self._totals.sum_up(row, digits, odd=not self.resembles_samples(row))

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


def _repeated_names(
    lines: _Lines, names: list[str], top: list[list[str]], layout: TextFormat
) -> list[int]:
    """Lines that hold the names again, with what belongs to them above and below."""
    hits: list[int] = []
    forms = [names, names[1:]] if layout.row_names else [names]
    for form in forms:
        wanted = {
            place: _plain(name) for place, name in enumerate(form[: lines.frame.width]) if name
        }
        if len(wanted) < 2 and not lines.numeric:
            continue  # a class that is called like its column
        if not wanted:
            continue
        table = lines.frame.with_row_index("row")
        for place, name in wanted.items():
            cell = pl.col(lines.frame.columns[place])
            spaced = cell.str.replace_all(r"\s+", " ").str.to_lowercase()
            table = table.filter(spaced == name)
            if not table.height:
                break
        hits += table["row"].to_list()
    found = set(hits)
    parts = [[_plain(cell) for cell in cells if cell] for cells in top]
    starts = {cells[0] for cells in parts if cells}
    for row in hits:
        place = row + 1
        while place < lines.count and _filled(lines, place) in parts and not _sample(lines, place):
            found.add(place)
            place += 1
        place = row - 1
        while place > 0 and (lines.fields[place] == 0 or _above_names(lines, place, starts)):
            if lines.fields[place]:
                found.add(place)
            place -= 1
    return sorted(found)


def _above_names(lines: _Lines, row: int, starts: set[str]) -> bool:
    words = _filled(lines, row)
    known = bool(words) and words[0] in starts
    return (known and not _sample(lines, row)) or lines.is_note(row)


def _sample(lines: _Lines, row: int) -> bool:
    whole = lines.fields[row] == lines.width
    return bool(whole and lines.numbers[row] and lines.numbers[row] >= len(lines.numeric))


def _filled(lines: _Lines, row: int) -> list[str]:
    return [_plain(cell) for cell in lines.cells(row) if cell]


def _plain(cell: str) -> str:
    return " ".join(cell.split()).lower()


def _subtotals(lines: _Lines) -> Iterator[tuple[int, str]]:
    """Lines that sum up those above them, wherever they stand."""
    words = lines.frame.to_series(0).str.to_lowercase().str.strip_chars(":")
    rows = np.flatnonzero(words.is_in(_SUBTOTALS).fill_null(False).to_numpy())
    if 0 < len(rows) <= _MOST_SUBTOTALS * lines.count and lines.numeric:
        lines.odd[rows] = True
        yield from ((row, SUMMARY) for row in rows.tolist())


def _blocks(lines: _Lines, known: set[int]) -> Iterator[tuple[int, str]]:
    """Means, notes and second tables below a blank line."""
    blank = lines.fields == 0
    starts = np.flatnonzero(~blank[1:] & blank[:-1]) + 1
    if len(starts) > _MOST_BLOCKS:
        return
    for number, start in enumerate(starts.tolist()):
        later = starts[number + 1] if number + 1 < len(starts) else lines.count
        rows = [row for row in range(start, min(int(later), start + 2 * _TAIL)) if not blank[row]]
        if start == 0 or not rows or start in known or not (~blank[:start]).any():
            continue
        head = next((row for row in rows[:4] if _starts_table(lines, row)), None)
        if head is not None and head not in known:
            for row in range(start, lines.count):
                if row in known:
                    break  # the names of the first table come again
                if not blank[row]:
                    yield row, TABLE
            return
        labels = ["" if lines.is_named_as_above(row, start) else lines.label(row) for row in rows]
        notes = [lines.is_note(row) or lines.is_padded_note(row) for row in rows]
        whole = later - start <= 2 * _TAIL
        strange = [
            bool(label or note) or (sum(map(bool, labels)) >= 0.5 * len(rows) and not like)
            for label, note, like in zip(
                labels, notes, map(lines.resembles_samples, rows), strict=True
            )
        ]
        if whole and all(strange):
            lines.odd[rows] = True
            for row, note in zip(rows, notes, strict=True):
                yield row, NOTE if note else SUMMARY


def _starts_table(lines: _Lines, row: int) -> bool:
    """Whether another table starts here: names of its own, then numbers."""
    below = next((each for each in range(row + 1, lines.count) if lines.fields[each]), None)
    if below is None:
        return False
    if lines.is_header(row):
        return bool(lines.numbers[below]) or lines.words[below] > 0
    # A table of another width.
    width = lines.fields[row]
    if width == lines.width or width < 2 or not lines.is_note(row):
        return False
    cells = [cell for cell in lines.cells(below) if cell]
    numbers = sum(map(lines.layout.numbers.matches, cells))
    return bool(lines.fields[below] == width and numbers)


def _tail(lines: _Lines, known: set[int]) -> Iterator[tuple[int, str]]:
    """Means and notes at the very end, without a blank line above them."""
    filled = np.flatnonzero(lines.fields > 0)[-_TAIL:]
    found: list[tuple[int, str]] = []
    kinds: list[str] = []
    for row in filled[::-1].tolist():
        if row in known or lines.odd[row]:
            continue
        label = lines.label(row)
        if label:
            found.append((row, SUMMARY))
            kinds.append(label)
        elif lines.is_note(row) or lines.is_padded_note(row):
            found.append((row, NOTE))
        else:
            break
    first = min((row for row, _ in found), default=0)
    named = {row for row, kind in found if kind == SUMMARY and lines.is_named_as_above(row, first)}
    found = [each for each in found if each[0] not in named]
    if "plain" not in kinds and len(kinds) - len(named) < 2:
        found = [(row, kind) for row, kind in found if kind == NOTE]
    yield from found


def _notes(lines: _Lines, known: set[int]) -> Iterator[tuple[int, str]]:
    """Lines of words between the samples, and tables that follow without a blank line."""
    if not lines.numeric:
        return
    whole = lines.fields == lines.width
    odd = np.flatnonzero((lines.fields > 0) & (lines.numbers == 0) & ~whole)
    for row in odd.tolist():
        if row not in known and lines.is_note(row):
            yield row, NOTE
    if lines.width < 3 or len(lines.numeric) < 2:
        return
    heads = np.flatnonzero(whole & (lines.numbers == 0) & (lines.words >= len(lines.numeric)))
    for row in heads.tolist():
        if row in known or row == 0 or not lines.is_header(row) or not _starts_table(lines, row):
            continue
        if lines.count - row > _MOST_WITHOUT_GAP * lines.count:
            continue  # rather a sample that nothing could be measured of
        for place in range(row, lines.count):
            if place in known:
                break
            if lines.fields[place]:
                yield place, TABLE
        return
