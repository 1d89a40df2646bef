"""The lines at the top of a table as rows of cells, and what each of them can be.

Whether a line holds names, units or a sample shows beside the rows further down in the file:
what their columns hold, how their words look.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass

from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.values.cell_units import UNIT, core_of

_UNIT_CELL = re.compile(rf"^(?:[\[(<].{{0,14}}[\])>]|-|(?i:deg)\.? ?[CFK]|{UNIT})$")
# Units that are words, and what loggers write for times and counted records.
_UNIT_WORDS = frozenset(
    {
        "ts", "rn", "degree", "degrees", "degc", "degf", "celsius", "fahrenheit", "kelvin",
        "percent", "volt", "volts", "millivolt", "millivolts", "ampere", "amperes", "amp",
        "amps", "watt", "watts", "meter", "meters", "metre", "metres", "mm/h", "second",
        "seconds", "sec", "secs", "minute", "minutes", "hour", "hours", "unitless", "smp",
        "dimensionless", "gram", "grams", "kilogram", "kilograms", "newton", "newtons",
        "pascal", "hertz", "joule", "liter", "liters", "litre", "litres", "mg/l", "g/l",
        "ug/l", "µg/l", "w/m2", "w/m^2", "kn", "mv", "uv", "kpa", "mbar", "m/s",
    }
)  # fmt: skip
_PROCESSING = frozenset(
    {
        "avg", "ave", "average", "mean", "smp", "sample", "max", "maximum", "min",
        "minimum", "std", "sd", "stdev", "stddev", "tot", "total", "sum", "med", "median",
        "count", "cnt", "var", "wvc", "var.", "inst", "first", "last", "range", "integral",
    }
)  # fmt: skip
_TYPES = frozenset(
    {
        "continuous", "discrete", "string", "time", "c", "d", "s", "t", "n", "numeric",
        "numerical", "categorical", "nominal", "ordinal", "text", "int", "integer", "int32",
        "int64", "float", "float32", "float64", "double", "real", "bool", "boolean", "date",
        "datetime", "str", "object", "factor", "character", "char", "number", "varchar",
        "basket",
    }
)  # fmt: skip
_FLAGS = frozenset(
    {
        "class", "meta", "metas", "ignore", "i", "m", "c", "weight", "input", "target",
        "output", "label", "feature", "attribute", "id",
    }
)  # fmt: skip
_LIMIT = re.compile(r"^[<>≤≥]")


@dataclass(frozen=True)
class Row:
    """One line of the file.

    Args:
        line: Its number, counted from 1.
        cells: What stands in it.
        span: How many lines it covers; a quoted cell may hold line ends.
        after_gap: Whether a blank line stands above it.
        quoted: Whether its first cell is in quotes.
        bare: Whether another cell is not.
    """

    line: int
    cells: list[str]
    span: int = 1
    after_gap: bool = False
    quoted: bool = False
    bare: bool = True

    @property
    def next_line(self) -> int:
        """The number of the line below this row, which may span several."""
        return self.line + self.span

    @property
    def filled(self) -> list[str]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell]


def usual_width(rows: list[Row]) -> int:
    """How many cells most rows have, by those further down."""
    tail = rows[len(rows) // 2 :]
    return Counter(len(row.cells) for row in tail).most_common(1)[0][0]


def unit_share(row: Row) -> float:
    """The share of cells that hold a unit, or what loggers write in its place."""
    known = sum(1 for cell in row.filled if _UNIT_CELL.match(cell) or cell.lower() in _UNIT_WORDS)
    return known / len(row.filled) if any(cell != "-" for cell in row.filled) else 0.0


def are_units(row: Row) -> bool:
    """Whether every cell holds a unit."""
    return unit_share(row) == 1


def is_by_product(row: Row) -> bool:
    """Whether the row says how values came about or what type they are, as loggers and Orange do.

    Such a row stands between the names and the first sample and is neither.
    """
    words = [cell.lower() for cell in row.filled]
    if not words:
        return False
    flags = all(word in _FLAGS or re.fullmatch(r"-?\w+=.*", word) for word in words)
    sparse = flags and len(words) < len(row.cells)
    return sparse or all(word in _PROCESSING for word in words) or _are_types(words)


def _are_types(words: list[str]) -> bool:
    known = [word in _TYPES for word in words]
    # Orange also lists the values of a class there: "setosa versicolor virginica".
    listed = [len(word.split()) > 1 for word in words]
    if not all(a or b for a, b in zip(known, listed, strict=True)) or sum(known) <= sum(listed):
        return False
    # "s" may be seconds; beside "c", for continuous, it is a string.
    return "c" in words or any(len(word) > 1 for word in words)


class Columns:
    """Which columns hold numbers, judged by rows from further down."""

    def __init__(self, judged: list[Row], width: int, layout: TextFormat) -> None:
        self._layout = layout
        self._missing = {"", *layout.missing, *layout.missing_numbers}
        self._judged = judged
        self._bare: set[int] = set()  # whose numbers have a unit around them
        self.width = width
        self.strict: list[int] = []  # nothing but numbers and gaps
        self.numeric: list[int] = []  # mostly numbers
        self._words: dict[int, Counter[str]] = {}
        self._shapes: dict[int, Counter[str]] = {}
        for place in range(width):
            kinds = self._kinds_below(place)
            if kinds["text"] > kinds["number"]:
                self._bare.add(place)
                bare = self._kinds_below(place)
                if bare["number"] > kinds["number"]:
                    kinds = bare
                else:
                    self._bare.discard(place)
            if kinds["number"] and not kinds["text"]:
                self.strict.append(place)
            if kinds["number"] and kinds["number"] >= 2 * kinds["text"]:
                self.numeric.append(place)

        # Names may come again further down; the words of samples stand beside numbers.
        samples = [row for row in judged if self.kinds(row, self.numeric)["number"]]
        for place in range(width):
            if place not in self.numeric:
                cells = [row.cells[place] for row in samples if row.cells[place]]
                self._words[place] = Counter(cells)
                self._shapes[place] = Counter(map(shape_of, cells))

    def kind(self, place: int, cell: str) -> str:
        """What a cell is in this column: "gap", "limit" ("<0.5"), "number" or "text"."""
        if cell in self._missing:
            return "gap"
        if self._layout.numbers.matches(core_of(cell) if place in self._bare else cell):
            return "number"
        return "limit" if _LIMIT.match(cell) else "text"

    def _kinds_below(self, place: int) -> Counter[str]:
        return Counter(self.kind(place, row.cells[place]) for row in self._judged)

    def kinds(self, row: Row, places: list[int]) -> Counter[str]:
        """How many cells of a row are what."""
        return Counter(
            self.kind(place, row.cells[place]) for place in places if place < len(row.cells)
        )

    def is_data(self, row: Row) -> bool:
        """Whether numbers stand where they should; a row of gaps alone does not count."""
        return self._fits(row) and self.kinds(row, self.strict or self.numeric)["number"] > 0

    def _fits(self, row: Row) -> bool:
        if self.kinds(row, self.strict)["text"]:
            return False
        return self.kinds(row, self.numeric)["text"] <= 0.25 * len(self.numeric)

    def first_data_row(self, rows: list[Row]) -> int | None:
        """Index of the first row with data that others follow; None without any numbers."""
        if not self.numeric:
            return None
        named = False  # whether the row above looks like names
        for index, row in enumerate(rows):
            following = rows[index : index + 4]
            # Channel numbers may stand above the names.
            numbered = not named and index + 1 < len(rows) and self.look_like_names(rows[index + 1])
            fits = sum(map(self._fits, following)) >= 0.7 * len(following)
            if self.is_data(row) and fits and not numbered:
                return index
            named = self.look_like_names(row)
        return 0

    def look_like_names(self, row: Row) -> bool:
        """Whether different words stand where the columns hold numbers, and no number does."""
        if len(row.cells) != self.width or not self.is_pure(row):
            return False
        words = [row.cells[place] for place in self.numeric if row.cells[place]]
        enough = len(words) >= max(1, len(self.numeric) - 1)
        kinds = self.kinds(row, self.numeric)
        return (
            enough
            and kinds["text"] == len(words)
            and len(set(words)) == len(words)
            and len(set(row.filled)) >= 0.8 * self.width
            and not self.resembles_samples(row, [])
        )

    def is_pure(self, row: Row) -> bool:
        """Whether words stand where the columns hold numbers, and no number does."""
        kinds = self.kinds(row, self.numeric)
        return kinds["text"] > 0 and not kinds["number"]

    def resembles_samples(self, row: Row, others: list[Row]) -> bool:
        """Whether its words are those of the samples, as a sample above a limit has them.

        Args:
            row: A row of words.
            others: Rows next to it, whose words it may share.
        """
        for place, known in self._words.items():
            cell = row.cells[place] if place < len(row.cells) else ""
            if not cell:
                continue
            shape = shape_of(cell)
            if known[cell] > 0 or (
                "0" in shape and self._shapes[place][shape] > 0.5 * known.total()
            ):
                return True
        texts = {
            place: row.cells[place]
            for place in self.numeric
            if place < len(row.cells) and self.kind(place, row.cells[place]) == "text"
        }
        if len(texts) > 1 and len(set(texts.values())) == 1:
            return True
        return any(
            place < len(other.cells) and other.cells[place] == word
            for other in others
            for place, word in texts.items()
        )

    def numbers_in(self, row: Row) -> list[tuple[int, float]]:
        """The numbers that stand in columns of numbers, with their places."""
        mark, thousands = self._layout.numbers.decimal, self._layout.numbers.thousands
        found = []
        for place in self.numeric:
            cell = row.cells[place] if place < len(row.cells) else ""
            if not self._layout.numbers.matches(core_of(cell)):
                continue
            text = core_of(cell).replace("\u2212", "-").replace(thousands or "\0", "")
            try:
                found.append((place, float(text.replace(mark, "."))))
            except ValueError:
                continue
        return found

    def are_unlike_data(self, row: Row) -> bool:
        """Whether most numbers of a row lie far outside of what their columns hold below."""
        outside = known = 0
        below = [dict(self.numbers_in(each)) for each in self._judged]
        for place, value in self.numbers_in(row):
            values = [each[place] for each in below if place in each]
            if values:
                known += 1
                spread = max(values) - min(values)
                outside += not min(values) - spread <= value <= max(values) + spread
        return outside > 0.5 * known

    def names_as_numbers(self, row: Row, below: Row) -> bool:
        """Whether the names are numbers, such as wavelengths: rising evenly, unlike data."""
        numbers = self.numbers_in(row)
        rises, follows = _rise_evenly(numbers), _rise_evenly(self.numbers_in(below))
        places = {place for place, _ in numbers}
        # Above positions or row names the corner is empty, or holds words.
        corner = [place for place in range(min(places, default=0)) if place not in places]
        kinds = self.kinds(below, corner)
        has_corner = bool(corner) and kinds["gap"] < len(corner)
        has_corner &= all(
            place >= len(row.cells) or self.kind(place, row.cells[place]) in ("gap", "text")
            for place in corner
        )
        empty = all(place >= len(row.cells) or not row.cells[place] for place in corner)
        if has_corner and empty and rises and len(numbers) >= 3:
            return not follows or self.are_unlike_data(row)
        # The bands of a camera lie unevenly; that all are far from the data is no chance.
        enough = 3 if has_corner and empty else 5
        if len(numbers) >= enough and _goes_one_way(numbers) and self.are_unlike_data(row):
            return True
        if rises and self.are_unlike_data(row) and self._has_own_words(row):
            return True  # country, 2019, 2020
        return len(numbers) >= 5 and rises and (not follows or self.are_unlike_data(row))

    def _has_own_words(self, row: Row) -> bool:
        """Whether it has words above columns of words that are not like those."""
        words = [row.cells[place] for place in self._words if place < len(row.cells)]
        return any(words) and not self.resembles_samples(row, [])


def _goes_one_way(numbers: list[tuple[int, float]]) -> bool:
    steps = [after[1] - before[1] for before, after in itertools.pairwise(numbers)]
    return bool(steps) and (all(step > 0 for step in steps) or all(step < 0 for step in steps))


def _rise_evenly(numbers: list[tuple[int, float]]) -> bool:
    if not _goes_one_way(numbers):
        return False
    sizes = [abs(after[1] - before[1]) for before, after in itertools.pairwise(numbers)]
    return max(sizes) < 3 * min(sizes)  # five numbers are in order by chance soon enough


def shape_of(cell: str) -> str:
    """How a cell is built: every run of digits as one 0."""
    return re.sub(r"\d+", "0", cell)
