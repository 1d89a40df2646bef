"""A summary of a dataset survives its way between processes and versions."""

import json

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary, Guess


def test_a_summary_crosses_processes_unchanged():
    summary = DatasetSummary(
        file="data/penguins.csv",
        kind="table",
        rows=3,
        bytes=120,
        columns=(
            ColumnSummary(
                name="species", type="category", dtype="str", count=3, distinct=2,
                classes=(("Adelie", 2), ("Gentoo", 1)), sorted_runs=True,
            ),
            ColumnSummary(
                name="image", type="array", dtype="uint8", shape=(8, 8), count=3, minimum=0.0,
                maximum=16.0, mean=4.5, std=2.0, histogram=(1, 2, 3),
            ),
        ),
        options={"separator": ",", "missing": ["NA"]},
        guesses=(Guess("separator", ",", "Commas part every line.", "Comma-separated"),),
        findings=(
            Finding(
                "data.sorted", Severity.ADVICE, "data.row_order", "Sorted by **species**.",
                Fix("Pick rows at random", {"data.row_order": "random"}),
            ),
        ),
        fingerprint={"size": 120, "mtime_ns": 1, "sha256": "00"},
        complete_rows=2,
    )  # fmt: skip

    again = DatasetSummary.from_json(json.loads(json.dumps(summary.to_json(), allow_nan=False)))

    assert again == summary
    assert again.names == ("species", "image")
    assert again.column("species") == summary.columns[0]
    assert again.column("nothing") is None


def test_fields_of_a_later_version_are_ignored():
    data = DatasetSummary(file="a.csv", kind="table", rows=0).to_json()
    data["columns"] = [ColumnSummary(name="a", type="number").to_json() | {"colour": "blue"}]

    assert DatasetSummary.from_json(data).columns == (ColumnSummary(name="a", type="number"),)
