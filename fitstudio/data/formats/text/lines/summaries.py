"""Knows lines that sum up the samples above them, by their words and by their numbers.

A word is known in the languages whose programs write such lines. Numbers need no language: a line
whose values are the means, the sums or the spreads of the columns above it is no sample.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

_WORDS = re.compile(
    r"(?:mittelw\.?|standardabw\.?|std\.?[- ]?abw\.?|stabwn?\.?|varianz|spannweite|"
    r"mediana?|médiane?|variancia|variância|varianza|"
    r"média|desvio padrão|desvio[- ]padrao|desv\.? ?est\.?|desviacion estandar|"
    r"deviazione standard|dev\.? ?st\.?|"
    r"standaardafwijking|standaarddeviatie|"
    r"średnia|odchylenie standardowe|odch\.? ?std\.?|razem|"
    r"průměr|směrodatná odchylka|součet|celkem|"
    r"gennemsnit|gjennomsnitt|snitt|standardafvigelse|standardavvik|standardavvikelse|"
    r"keskiarvo|keskihajonta|yhteensä|ortalama|standart sapma|toplam|átlag|szórás|"
    r"összeg|összesen|"
    r"среднее(?: значение)?|стандартное отклонение|ст\.? ?откл\.?|сумма|итого|всего|медиана|"
    r"平均|平均値|平均值|標準偏差|标准差|標準差|標準偏差値|合計|合计|总计|總計|小計|小计|中央値|中位数|"
    r"평균|표준편차|합계|총계)"
)
_VALUE_BEHIND = re.compile(r"\s*[:=]\s*[-+\u2212]?\d[\d.,]*\s*$")
_MOST_LINES = 6  # so many lines of such values may stand between the samples and this one
_FINE, _COARSE = 0.005, 0.05  # how exact a value is written, beside the column's spread
_FEWEST_SAMPLES = 4
_LAST_LINES = 4096
_FIGURES = 4  # mean, sum, and the spread both ways


def is_summary_word(word: str) -> bool:
    """Whether a word, in small letters, names a mean, a total or the like."""
    return _WORDS.fullmatch(word) is not None


def without_value(word: str) -> str:
    """The word of a cell such as "Mean: 4.1"."""
    return _VALUE_BEHIND.sub("", word)


class ColumnTotals:
    """Sums of columns of numbers up to each of the last lines; a column is read when it is needed.

    Args:
        read: Gives the numbers of the n-th column; NaN where a line has none.
        samples: Which lines can be samples.
    """

    def __init__(self, read: Callable[[int], np.ndarray], samples: np.ndarray) -> None:
        self._read, self._samples = read, samples
        self._columns: dict[int, _Totals] = {}

    def sum_up(self, row: int, digits: Sequence[int], *, odd: bool) -> bool:
        """Whether the values of a line are means, sums or spreads of the lines above.

        Args:
            row: The line.
            digits: How many decimals each of its values is written with, a column each.
            odd: Whether its words, too, are unlike those of the samples.
        """
        exact = [0.5 * 10.0**-each for each in digits]
        fits = np.ones((_MOST_LINES, _FIGURES), bool)
        fine, coarse = np.zeros(_MOST_LINES, int), np.zeros(_MOST_LINES, int)
        for place, step in enumerate(exact):
            column = self._columns.get(place)
            if column is None:
                column = _Totals(self._read(place), self._samples)
                self._columns[place] = column
            figures = column.figures(row)
            if figures is None:
                continue
            written, told, spread = figures
            with np.errstate(over="ignore", invalid="ignore"):
                fits &= np.abs(written - told) <= step * 1.02 + 1e-9 * abs(written)
            if not fits.any():
                return False
            fine += step < _FINE * spread
            coarse += step < _COARSE * spread
        telling = fine >= 2
        if odd:
            telling |= (fine > 0) | (coarse > 1)
        return bool((fits.any(axis=1) & telling).any())


class _Totals:
    """How many samples of one column there are up to each of the last lines, and their sums."""

    def __init__(self, column: np.ndarray, samples: np.ndarray) -> None:
        # Lines that sum up stand at the end: of all lines before them the sums alone are kept.
        self._first = max(0, len(samples) - _LAST_LINES)
        good = np.isfinite(column) & samples
        with np.errstate(over="ignore", invalid="ignore"):
            # About the middle, so that squares of large numbers keep their digits.
            self._middle = float(np.median(column[good])) if good.any() else 0.0
            centred = np.where(good, column - self._middle, 0.0)
            self._count = self._up_to_each(good.astype(np.int64))
            self._sum = self._up_to_each(centred)
            self._squares = self._up_to_each(centred**2)
        self._values = column[self._first :]

    def _up_to_each(self, numbers: np.ndarray) -> np.ndarray:
        return numbers[: self._first].sum() + np.cumsum(numbers[self._first :])

    def figures(self, row: int) -> tuple[float, np.ndarray, np.ndarray] | None:
        """The line's value, what it could be (lines before × figures), and the column's spread.

        None where the line has no value. A figure that nothing is known of is NaN.
        """
        row -= self._first
        if row < 0:
            return 0.0, np.full((_MOST_LINES, _FIGURES), np.nan), np.full(_MOST_LINES, np.nan)
        if not np.isfinite(self._values[row]):
            return None
        before = row - np.arange(1, _MOST_LINES + 1)
        last = np.maximum(before, 0)
        count = np.where(before >= 0, self._count[last], 0).astype(float)
        count[count < _FEWEST_SAMPLES] = np.nan
        # Values near the largest there are overflow: nothing is known of them, or of their spread.
        with np.errstate(over="ignore", invalid="ignore"):
            mean, square = self._sum[last] / count, self._squares[last] / count
            spread = np.sqrt(np.maximum(square - mean**2, 0.0))
            sample_spread = spread * np.sqrt(count / (count - 1.0))
            total = self._sum[last] + count * self._middle
            told = np.column_stack([mean + self._middle, total, spread, sample_spread])
        return float(self._values[row]), told, spread
