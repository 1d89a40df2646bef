"""Knows lines that sum up the samples above them, by their words and by their numbers.

A word is known in the languages whose programs write such lines. Numbers need no language: a line
whose values are the means, the sums or the spreads of the columns above it is no sample.
"""

from __future__ import annotations

import re

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


def is_summary_word(word: str) -> bool:
    """Whether a word, in small letters, names a mean, a total or the like."""
    return _WORDS.fullmatch(word) is not None


def without_value(word: str) -> str:
    """The word of a cell such as "Mean: 4.1"."""
    return _VALUE_BEHIND.sub("", word)


class ColumnTotals:
    """Sums of columns of numbers up to each line.

    Args:
        values: The numbers, a column each; NaN where a line has none.
        samples: Which lines can be samples.
    """

    def __init__(self, values: np.ndarray, samples: np.ndarray) -> None:
        self._values = values
        there = np.isfinite(values) & samples[:, None]
        # About the middle, so that squares of large numbers keep their digits.
        self._middle = np.array([
            np.median(column[good]) if good.any() else 0.0
            for column, good in zip(values.T, there.T, strict=True)
        ])  # fmt: skip
        centred = np.where(there, values - self._middle, 0.0)
        self._count = np.cumsum(there, axis=0)
        self._sum, self._squares = np.cumsum(centred, axis=0), np.cumsum(centred**2, axis=0)

    def sum_up(self, row: int, digits: list[int], *, odd: bool) -> bool:
        """Whether the values of a line are means, sums or spreads of the lines above.

        Args:
            row: The line.
            digits: How many decimals each of its values is written with.
            odd: Whether its words, too, are unlike those of the samples.
        """
        written = self._values[row]
        there = np.isfinite(written)
        exact = 0.5 * 10.0 ** -np.asarray(digits, float)
        for before in range(1, _MOST_LINES + 1):
            last = row - before
            if last < 0:
                return False
            count = self._count[last]
            if not there.any() or (count[there] < _FEWEST_SAMPLES).any():
                return False
            with np.errstate(invalid="ignore", divide="ignore"):
                mean, square = self._sum[last] / count, self._squares[last] / count
                spread = np.sqrt(np.maximum(square - mean**2, 0.0))
                sample_spread = spread * np.sqrt(count / (count - 1.0))
                total = self._sum[last] + count * self._middle
            fine = int((there & (exact < _FINE * spread)).sum())
            coarse = int((there & (exact < _COARSE * spread)).sum())
            if fine < 2 and not (odd and (fine or coarse > 1)):
                continue
            slack = exact * 1.02 + 1e-9 * np.abs(written)
            for figure in (mean + self._middle, total, spread, sample_spread):
                if (np.abs(written - figure) <= slack)[there].all():
                    return True
        return False
