"""Datasets and specifications that the tests of the specification work with."""

from __future__ import annotations

from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary

SPECIES = ColumnSummary(
    name="species",
    type="category",
    dtype="str",
    count=344,
    classes=(("Adelie", 152), ("Chinstrap", 68), ("Gentoo", 124)),
    sorted_runs=True,
    runs=(("Adelie", 152), ("Gentoo", 124), ("Chinstrap", 68)),
)
ISLAND = ColumnSummary(
    name="island",
    type="category",
    dtype="str",
    count=344,
    classes=(("Biscoe", 168), ("Dream", 124), ("Torgersen", 52)),
)
BILL = ColumnSummary(
    name="bill", type="number", dtype="float64", count=342, missing=2, minimum=32.1, maximum=59.6
)
SEX = ColumnSummary(
    name="sex",
    type="category",
    dtype="str",
    count=333,
    missing=11,
    classes=(("female", 165), ("male", 168)),
)
YEAR = ColumnSummary(name="year", type="constant", dtype="int64", count=344, minimum=7, maximum=7)
NOTE = ColumnSummary(name="note", type="text", dtype="str", count=344)
SIGNED = ColumnSummary(
    name="signed", type="number", dtype="float64", count=344, minimum=-1.0, maximum=1.0
)

PENGUINS = DatasetSummary(
    file="penguins.csv",
    kind="table",
    rows=344,
    columns=(SPECIES, ISLAND, BILL, SEX, YEAR, NOTE, SIGNED),
    complete_rows=333,
    missing_patterns=((("sex",), 9), (("bill", "sex"), 2)),
)
DIGITS = DatasetSummary(
    file="digits.npz",
    kind="npz",
    rows=1797,
    columns=(
        ColumnSummary(name="images", type="array", dtype="float32", shape=(8, 8), count=1797),
        ColumnSummary(
            name="digit",
            type="category",
            dtype="int64",
            count=1797,
            classes=tuple((str(digit), 179) for digit in range(10)),
        ),
        ColumnSummary(name="columns", type="array", dtype="float32", shape=(10,), count=1797),
        ColumnSummary(name="series", type="array", dtype="float32", shape=(8,), count=1797),
        ColumnSummary(name="second", type="array", dtype="float32", shape=(8,), count=1797),
    ),
)

CLASSES = RunSpec(
    data={"file": "penguins.csv"},
    compile={"metrics": ["accuracy"]},
    fit={
        "x": ["island", "bill", "sex"],
        "y": ["species"],
        "epochs": 50,
        "validation_split": 0.2,
    },
)
NUMBERS = CLASSES.with_values(
    {"fit.x": ["island", "sex"], "fit.y": ["bill"], "compile.metrics": ["mae"]}
)
IMAGES = RunSpec(
    data={"file": "digits.npz"},
    model={"kind": "cnn2d"},
    fit={"x": ["images"], "y": ["digit"], "epochs": 5, "validation_split": 0.2},
)
