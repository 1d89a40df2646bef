"""The real tables of the quality benchmark, read out of installed packages; nothing is downloaded.

Each becomes two CSV files, three quarters of the rows and one, by a split that its seed fixes. Gaps
are left empty, words stay words: every contender gets the same files.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

TEST_PART = 0.25
Rows = list[list[str]]


@dataclass(frozen=True)
class Set:
    """One table.

    Args:
        name: What it is called in the results.
        file: Its place among the installed packages.
        target: The column to predict.
        classes: Whether that holds classes.
        read: Gives its header and rows from the file's text.
        without: Columns that name rows, or tell the target.
        quick: Whether it belongs to the small selection.
    """

    name: str
    file: str
    target: str
    classes: bool
    read: Callable[[str], tuple[list[str], Rows]]
    without: tuple[str, ...] = ()
    quick: bool = False


def write(each: Set, packages: Path, folder: Path, seed: int) -> tuple[Path, Path]:
    """The files of training and of test rows."""
    header, rows = each.read(_text(packages / each.file))
    kept = [place for place, name in enumerate(header) if name not in each.without]
    target = header.index(each.target)
    rows = [row for row in rows if row[target] not in ("", "NA", "?")]
    random.Random(f"{each.name} {seed}").shuffle(rows)
    held_out = round(len(rows) * TEST_PART)
    parts = {"test": rows[:held_out], "train": rows[held_out:]}
    folder.mkdir(parents=True, exist_ok=True)
    for part, some in parts.items():
        with open(folder / f"{part}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([header[place] for place in kept])
            writer.writerows(
                ["" if row[place] in ("NA", "?") else row[place] for place in kept] for row in some
            )
    return folder / "train.csv", folder / "test.csv"


def _text(path: Path) -> str:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.read(archive.namelist()[0]).decode()
    return path.read_text("utf-8")


def _table(separator: str = ",") -> Callable[[str], tuple[list[str], Rows]]:
    def read(text: str) -> tuple[list[str], Rows]:
        header, *rows = csv.reader(io.StringIO(text.replace("'", "")), delimiter=separator)
        return header, [row for row in rows if row]

    return read


def _numbers(
    target: str, *, labels: Iterable[str] = (), skip: int = 0, names: Iterable[str] = ()
) -> Callable[[str], tuple[list[str], Rows]]:
    """Rows without a header, the target last; its numbers stand for labels."""
    labels, names = tuple(labels), tuple(names)

    def read(text: str) -> tuple[list[str], Rows]:
        rows = [row for row in csv.reader(text.splitlines()[skip:]) if row]
        if labels:
            rows = [[*row[:-1], labels[int(float(row[-1]))]] for row in rows]
        width = len(rows[0]) - 1
        return [*(names or (f"x{place + 1}" for place in range(width))), target], rows

    return read


def _pairs(text: str) -> tuple[list[str], Rows]:
    """Lines such as ``-1 1:1.61 2:-0.91``."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    return ["x1", "x2", "side"], [
        [first.split(":")[1], second.split(":")[1], "right" if side == "1" else "left"]
        for side, first, second in rows
    ]


_DIGITS = tuple(f"digit {number}" for number in range(10))
_AUTOMPG = (
    "cylinders", "displacement", "horsepower", "car_weight", "acceleration", "year", "origin",
    "name",
)  # fmt: skip

SETS = (
    Set("abalone", "sklego/data/abalone.zip", "rings", False, _table(), quick=True),
    Set("actg175", "lifelines/datasets/ACTG175.csv", "cd420", False, _table(),
        without=("", "pidnum", "cd496", "cd820", "r", "days", "cens")),
    Set("anes96", "statsmodels/datasets/anes96/anes96.csv", "vote", True, _table("\t"), quick=True),
    Set("arrests", "sklego/data/arrests.zip", "released", True, _table()),
    Set("autompg", "mlxtend/data/data/autompg.csv.gz", "mpg", False,
        _numbers("mpg", names=_AUTOMPG), without=("name",), quick=True),
    Set("banana", "river/datasets/banana.zip", "side", True, _pairs),
    Set("boston", "mlxtend/data/data/boston_housing.csv", "medv", False, _numbers("medv"),
        quick=True),
    Set("breast", "sklearn/datasets/data/breast_cancer.csv", "kind", True,
        _numbers("kind", labels=("malignant", "benign"), skip=1), quick=True),
    Set("chick", "sklego/data/chickweight.zip", "weight", False, _table(), without=("chick",)),
    Set("digits", "sklearn/datasets/data/digits.csv.gz", "digit", True,
        _numbers("digit", labels=_DIGITS)),
    Set("fair", "statsmodels/datasets/fair/fair.csv", "affairs", False, _table()),
    Set("hearts", "sklego/data/hearts.zip", "target", True, _table(), quick=True),
    Set("iris", "sklearn/datasets/data/iris.csv", "species", True,
        _numbers("species", labels=("setosa", "versicolor", "virginica"), skip=1)),
    Set("mnist5k", "mlxtend/data/data/mnist_5k.csv.gz", "digit", True,
        _numbers("digit", labels=_DIGITS)),
    Set("penguins", "palmerpenguins/data/penguins.csv", "species", True, _table()),
    Set("phishing", "river/datasets/phishing.csv.gz", "is_phishing", True, _table()),
    Set("randhie", "statsmodels/datasets/randhie/randhie.csv", "mdvis", False, _table()),
    Set("rossi", "lifelines/datasets/rossi.csv", "arrest", True, _table(), quick=True),
    Set("segment", "river/datasets/segment.csv.zip", "category", True, _table(), quick=True),
    Set("shuttle", "river/datasets/shuttle.csv.gz", "anomaly", True, _table()),
    Set("solarflare", "river/datasets/solar-flare.csv.zip", "c-class-flares", False, _table(),
        without=("m-class-flares", "x-class-flares")),
    Set("star98", "statsmodels/datasets/star98/star98.csv", "PR50M", False, _table()),
    Set("wine", "sklearn/datasets/data/wine_data.csv", "class", True,
        _numbers("class", labels=("first", "second", "third"), skip=1), quick=True),
)  # fmt: skip
