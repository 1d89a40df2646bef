"""Parquet, Arrow and Feather: types are kept, nulls are gaps, what is no column is told."""

import datetime

import numpy as np
import polars as pl
import pytest

from fitstudio.data.source import open_source
from fitstudio.errors import DataError

ROWS = 60
WRITE = {".parquet": pl.DataFrame.write_parquet, ".feather": pl.DataFrame.write_ipc}


def frame() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "grade": [None if n % 9 == 0 else n % 4 for n in range(ROWS)],
            "size": [None if n == 3 else n * 1.5 for n in range(ROWS)],
            "kind": pl.Series([None if n == 5 else "abc"[n % 3] for n in range(ROWS)]).cast(
                pl.Categorical
            ),
            "day": [datetime.date(2024, 1, 1) + datetime.timedelta(days=n) for n in range(ROWS)],
            "spectrum": [rng.normal(size=16).tolist() for _ in range(ROWS)],
            "picture": [rng.normal(size=(3, 4)).tolist() for _ in range(ROWS)],
            "ok": [n % 2 == 0 for n in range(ROWS)],
            "where": [{"x": n, "y": "ab"[n % 2]} for n in range(ROWS)],
            "ragged": [[1.0] * (n % 3) for n in range(ROWS)],
            "__index_level_0__": range(ROWS),
        }
    )


def opened(folder, ending, made=None):
    WRITE[ending](frame() if made is None else made, folder / f"t{ending}")
    return open_source({"file": f"t{ending}"}, folder)


@pytest.mark.parametrize("ending", WRITE)
def test_columns_are_what_their_types_say(tmp_path, ending):
    source = opened(tmp_path, ending)
    found = {column.name: column for column in source.columns}

    assert {name: column.type for name, column in found.items()} == {
        "grade": "category", "size": "number", "kind": "category", "day": "number",
        "spectrum": "array", "picture": "array", "ok": "category",
        "where.x": "number", "where.y": "category",
    }  # fmt: skip
    assert (found["grade"].missing, found["size"].missing, found["kind"].missing) == (7, 1, 1)
    assert found["picture"].shape == (3, 4)
    assert found["day"].unit == "days since 1970"
    assert [name for name, _ in found["grade"].classes] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("ending", WRITE)
def test_values_are_those_that_were_written(tmp_path, ending):
    source, made = opened(tmp_path, ending), frame()

    np.testing.assert_array_equal(source.scalars("size").numbers(), made["size"].to_numpy())
    np.testing.assert_array_equal(source.array("spectrum")[:], np.stack(made["spectrum"].to_list()))
    np.testing.assert_array_equal(source.array("picture")[:], np.array(made["picture"].to_list()))
    assert source.scalars("kind").labels().tolist() == made["kind"].to_list()


def test_what_is_left_out_is_told_with_the_reason(tmp_path):
    told = [finding.sentence for finding in opened(tmp_path, ".parquet").summary().findings]

    assert any("**ragged** holds lists of different lengths" in each for each in told)
    assert any("**__index_level_0__** numbers the rows" in each for each in told)


def test_gaps_in_lists_are_gaps(tmp_path):
    made = pl.DataFrame({"x": [[1.0, None]] * 8, "y": range(8)})
    assert opened(tmp_path, ".parquet", made).column("x").missing == 8


@pytest.mark.parametrize("ending", WRITE)
@pytest.mark.parametrize("kept", [0.2, 0.7, 0.99])
def test_a_cut_file_is_refused(tmp_path, ending, kept):
    opened(tmp_path, ending)
    path = tmp_path / f"t{ending}"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DataError, match="damaged, or not whole"):
        open_source({"file": path.name}, tmp_path)


def test_no_rows_and_no_columns_are_refused(tmp_path):
    with pytest.raises(DataError, match="holds no rows"):
        opened(tmp_path, ".parquet", frame().clear())
    with pytest.raises(DataError, match="no column that can be used"):
        opened(tmp_path, ".parquet", pl.DataFrame({"a": [[1], [1, 2]]}))
