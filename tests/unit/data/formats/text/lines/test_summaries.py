"""A line that sums up the samples is known by its numbers, whatever it is called."""

from __future__ import annotations

import random
import statistics

import pytest


def table(labels: list[str], *, mark: str = ".", separator: str = ",", last: bool = False):
    draw = random.Random(3)
    rows = [[round(draw.uniform(0.5, 9), 3) for _ in range(3)] for _ in range(30)]
    columns = list(zip(*rows, strict=True))
    figures = [
        [measure(column) for column in columns]
        for measure in (statistics.mean, statistics.stdev, sum)
    ]
    names = [draw.choice(["Ann", "Bo"]) if last else f"S{n:02}" for n in range(30)]
    named = list(zip(names, rows, strict=True))
    lines = []
    for label, row in [*named, *zip(labels, figures, strict=False)]:
        cells = [f"{value:.3f}".replace(".", mark) for value in row]
        lines.append(separator.join([*cells, label] if last else [label, *cells]))
    head = ["a", "b", "c", "who"] if last else ["id", "a", "b", "c"]
    return "\n".join([separator.join(head), *lines])


@pytest.mark.parametrize(
    ("labels", "form"),
    [
        (["xbar", "sigma", "all in all"], {}),
        (["", "", ""], {"mark": ",", "separator": ";"}),
        (["Mean", "SD"], {"last": True}),
        (["平均", "標準偏差"], {"separator": "\t"}),
    ],
)
def test_means_and_sums_below_are_no_samples(opened, labels, form):
    source = opened(table(labels, **form))

    assert source.rows == 30
    assert sorted(source.oddities.others) == list(range(32, 32 + len(labels)))


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_samples_near_the_mean_stay(opened, decimals):
    for seed in range(8):
        draw = random.Random(seed)
        rows = [",".join(f"{draw.gauss(50, 10):.{decimals}f}" for _ in range(3)) for _ in range(20)]
        assert opened("\n".join(["a,b,c", *rows])).rows == 20


def test_yes_and_no_are_no_means(opened):
    draw = random.Random(5)
    rows = [f"{draw.randint(0, 1)},{draw.randint(0, 1)}" for _ in range(60)]
    assert opened("\n".join(["a,b", *rows])).rows == 60


@pytest.mark.parametrize("labels", ["Mittelw.", "Standardabw.", "Среднее", "Итого:", "Mean: 4.1"])
def test_words_of_many_languages(opened, labels):
    lines = ["id,a,b", *(f"S{n:02},{n * 7 % 5 + 0.5},{n * 3 % 7 + 0.25}" for n in range(30))]
    assert opened("\n".join([*lines, "", f"{labels},8.1,9.9"])).rows == 30
