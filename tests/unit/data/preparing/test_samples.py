"""Each sample knows its file and its row, however rows were left out, mixed and held out."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.preparing.samples import NO_SAMPLE, SampleIndex
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.worker.measures import results

# The value of each row is its number as a person counts it; every fourth has a gap.
ROWS = "v,y,part\n" + "".join(
    f"{number if number % 4 else ''},{number},{'ab'[number % 3 == 0]}\n" for number in range(1, 41)
)


@pytest.fixture
def prepared(tmp_path):
    def make(**settings) -> Prepared:
        (tmp_path / "t.csv").write_text(ROWS)
        (tmp_path / "later.csv").write_text("y,v\n1,\n2,2\n3,3\n")
        keys = {name.replace("__", "."): value for name, value in settings.items()}
        spec = RunSpec().with_values(
            {"data.file": "t.csv", "fit.x": ["v"], "fit.y": ["y"], "data.scale": "none",
             "data.scale_target": "none", **keys}
        )  # fmt: skip
        with open_source(spec.data, tmp_path) as source:
            return prepare(source, spec, base=tmp_path, seed=5)

    return make


@pytest.mark.parametrize(
    "settings",
    [
        {"fit__validation_split": 0.25},
        {"fit__validation_split": 0.25, "data__row_order": "random"},
        {"fit__validation_data": {"column": "part", "values": ["b"]}},
        {"fit__validation_data": {"file": "later.csv"}},
        {"fit__validation_split": 0.25, "data__feed": "batches", "fit__batch_size": 4},
    ],
    ids=["split", "mixed", "marked", "file", "batches"],
)
def test_what_a_part_holds_stands_in_the_row_that_is_named(prepared, settings):
    done = prepared(**settings)
    for part in results.parts_of(done):
        assert part.samples is not None
        assert len(part.samples) == len(part.x) > 0
        numbers = [place.number for place in part.samples]
        assert np.asarray(part.x)[:, 0].tolist() == numbers
        assert np.asarray(part.y)[:, 0].tolist() == numbers


def test_samples_of_another_file_name_it(prepared):
    done = prepared(fit__validation_data={"file": "later.csv"})

    assert {place.source for place in done.training} == {"t.csv"}
    assert [(place.source, place.row) for place in done.validation] == [
        ("later.csv", 1),
        ("later.csv", 2),
    ]


def test_rows_without_a_sample_are_told_from_the_others():
    samples = SampleIndex.of_rows("t.csv", np.array([True, False, True, True])).taken(
        np.array([2, 0])
    )
    assert samples.rows.tolist() == [3, 0]
    assert samples.sample_of_each_row(4).tolist() == [1, NO_SAMPLE, NO_SAMPLE, 0]


def test_a_part_of_a_part_keeps_the_way_back(prepared):
    (part, *_) = results.parts_of(prepared(data__row_order="random"))
    smaller = part.sample(7)

    assert smaller.samples is not None
    assert [place.number for place in smaller.samples] == smaller.y[:, 0].tolist()
