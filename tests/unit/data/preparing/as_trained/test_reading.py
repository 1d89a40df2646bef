"""How the training file was read holds for every later file, or the file is refused with a reason.

Each option of reading has a case here: a training file in which it matters, and a later file whose
own guess would be another one. The numbers that the model gets from the later file must be those
that the training file's reading gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.recipe.reading import Reading
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import open_source
from fitstudio.declared.formats.format import Travels, Where
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.formats.text import TABLE
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

Written = str | bytes | Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A training file with the options that a person set, a later file, and what it holds.

    Args:
        new: The later file; its target is y = 1, 2, 3 …, one for each row that can be used.
        values: What its inputs are, row by row, in their own units.
        attributes: For HDF5, what both files say of each dataset.
    """

    train: Written
    new: Written
    values: list[list[float]]
    options: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    x: tuple[str, ...] = ("a",)
    y: str = "y"
    name: str = "t.csv"
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def write(
    path: Path, content: Written, attributes: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    if isinstance(content, Mapping):
        if path.suffix == ".npz":
            np.savez(path, **dict[str, Any](content))
        elif path.suffix == ".npy":
            np.save(path, content["array"])
        else:
            with h5py.File(path, "w") as file:
                for name, array in content.items():
                    file[name] = array
                    file[name].attrs.update((attributes or {}).get(name, {}))
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def rows(template: str, count: int = 24, start: int = 1) -> str:
    return "".join(template.format(n=n) for n in range(start, start + count))


NUMBER = {"type": "number"}
UNITS = rows("{n},{n}\n")
RANDOM = np.random.default_rng(0)
TABLES = {
    "encoding": Case(
        "größe,y\n".encode("cp1250") + rows("{n},{n}\n").encode(),
        "größe,y\n7,1\n8,2\n9,3\n".encode("cp1250"),
        [[7], [8], [9]],
        {"encoding": "cp1250"},
        x=("größe",),
    ),
    "separator": Case(
        "a,y;p;q\n" + rows("{n},u;5;6\n{n},v;5;6\n"),
        "a,y;p;q\n7,u;5;6\n8,v;5;6\n",
        [[7], [8]],
        {"separator": ","},
        y="y;p;q",
    ),
    "quote": Case(
        "a,'b,c',y\n" + rows("{n},'{n},5',{n}\n"),
        "a,'b,c',y\n7,'1,5',1\n8,'2,5',2\n",
        [[7], [8]],
        {"quote": "'"},
    ),
    "decimal": Case(
        "a;y\n" + rows("{n},125;{n}\n"), "a;y\n7,125;1\n8,250;2\n", [[7.125], [8.25]],
        {"decimal": ","},
    ),
    "thousands": Case(
        "a;y\n" + rows("{n}.125,5;{n}\n"), "a;y\n7.125;1\n8.250;2\n", [[7125], [8250]]
    ),
    "header_line": Case(
        "left,right\na,y\n" + UNITS, "left,right\na,y\n7,1\n8,2\n", [[7], [8]],
        {"header_line": 1}, x=("left",), y="right",
    ),
    "units_line": Case(
        "a,y\nfurlongs,blinks\n" + UNITS, "a,y\nfurlongs,blinks\n7,1\n8,2\n", [[7], [8]],
        {"header_line": 1, "units_line": 2},
    ),
    "comment": Case(
        "a,y\n" + rows("{n},{n}\n! 100,{n}\n"), "a,y\n7,1\n! 100,5\n8,2\n", [[7], [8]],
        {"comment": "!"},
    ),
    "missing": Case(
        "a,y\n-999,5\n" + UNITS, "a,y\n7,1\n-999,5\n8,2\n", [[7], [8]], {"missing": ["-999"]}
    ),
    "missing_numbers": Case(
        "a,y\n0,5\n" + UNITS, "a,y\n7,1\n0,5\n8,2\n", [[7], [8]], {"missing_numbers": ["0"]}
    ),
    "ragged": Case(
        "a,y\n1,2,3\n" + UNITS, "a,y\n7,1\n1,2,3\n8,2\n9,3\n", [[7], [8], [9]], {"ragged": "skip"}
    ),
    "dates": Case(
        "a,y\n" + rows("1/{n}/2024,{n}\n", 12), "a,y\n02/01/2024,1\n03/01/2024,2\n",
        [[19754], [19783]], {"dates": "mdy"}, {"a": NUMBER},
    ),
    "dates, as found out": Case(
        "a,y\n" + rows("1/{n}/2024,{n}\n"), "a,y\n02/01/2024,1\n03/01/2024,2\n",
        [[19754], [19783]], {}, {"a": NUMBER},
    ),
    "two columns of dates": Case(
        "a,b,y\n" + rows("1/{n}/2024,{n}/1/2024,{n}\n"), "b,a,y\n02/01/2024,02/01/2024,1\n",
        [[19754, 19724]], {}, {"a": NUMBER, "b": NUMBER}, x=("a", "b"),
    ),
    "column_starts": Case(
        "a  y\n" + rows("{n}.5{n}\n", 9), "a  y\n7.51\n8.52\n", [[7.5], [8.5]],
        {"column_starts": [1, 4]},
    ),
    "first_line": Case(
        "a,y\n100,5\n" + UNITS, "a,y\n100,5\n7,1\n8,2\n", [[7], [8]],
        {"header_line": 1, "first_line": 3},
    ),
    "row_names": Case(
        "a,y\n" + rows("5,{n},{n}\n"), "a,y\n5,7,1\n5,8,2\n", [[7], [8]], {"row_names": True},
    ),
    "marked": Case(
        "a,y\n5*,5\n" + UNITS, "a,y\n7,1\n9*,5\n8,2\n", [[7], [8]], {"marked": "missing"}
    ),
    "short": Case(
        "a,y,b\n1,2\n" + rows("{n},{n},{n}\n"), "a,y,b\n7,1,5\n9,5\n8,2,5\n", [[7], [8]],
        {"short": "skip"},
    ),
    "repeated_names": Case(
        "9,3\n" + UNITS, "9,3\n7,1\n8,2\n9,3\n", [[7], [8], [9]],
        {"header_line": 1, "repeated_names": "keep"}, x=("9",), y="3",
    ),
    "other_lines": Case(
        "who,a,y\n" + rows("r,{n},{n}\n"),
        "who,a,y\n" + rows("r,{n},{n}\n", 9) + "Mean,5,10\n",
        [[n] for n in [*range(1, 10), 5]], {"other_lines": "keep"},
    ),
    "no names": Case(
        rows("{n},{n}\n"), "7,1\n8,2\n", [[7], [8]], {"header_line": 0}, x=("column_1",),
        y="column_2",
    ),
}  # fmt: skip
MATLAB = {"MATLAB_class": np.bytes_("double")}
PARTS = {
    "x_train": np.arange(24.0), "y_train": np.arange(24.0),
    "x_test": np.arange(10.0), "y_test": np.arange(10.0),
}  # fmt: skip
HOT = np.eye(4)[np.arange(24) % 4]
ARRAYS = {
    "part": Case(
        PARTS,
        {"x_train": np.zeros(5), "y_train": np.zeros(5), "x_test": np.array([7.0, 8]),
         "y_test": np.array([1.0, 2])},
        [[7], [8]], {"part": "test"}, x=("x",), name="t.npz",
    ),
    "group": Case(
        {"one/a": np.arange(24.0), "one/y": np.arange(24.0)},
        {
            "one/a": np.array([7.0, 8]), "one/y": np.array([1.0, 2]),
            "two/a": np.zeros(50), "two/y": np.zeros(50),
        },
        [[7], [8]], {"group": "/one"}, name="t.h5",
    ),
    "datasets": Case(
        {"one/a": np.arange(24.0), "two/y": np.arange(24.0), "two/a": np.zeros(24)},
        {
            "one/a": np.array([7.0, 8]), "two/y": np.array([1.0, 2]), "two/a": np.zeros(2),
        },
        [[7], [8]], {"datasets": ["/one/a", "/two/y"]}, x=("one/a",), y="two/y",
        name="t.h5",
    ),
    "one_hot": Case(
        {"a": np.concatenate([HOT, np.ones((1, 4))]), "y": np.arange(25.0)},
        {"a": HOT[:2], "y": np.array([1.0, 2])},
        HOT[:2].tolist(), name="t.npz",
    ),
    "split": Case(
        {"array": np.stack([np.arange(600.0), np.arange(600.0)]).T},
        {"array": np.array([[7.0, 1.0], [8.0, 2.0]])},
        [[7], [8]], {"split": True}, x=("column_1",), y="column_2",
        name="t.npy",
    ),
    "missing in arrays": Case(
        {"a": np.arange(24.0), "y": np.arange(24.0)},
        {"a": np.array([7, -9.5, 8]), "y": np.array([1.0, 5, 2])},
        [[7], [8]], {"missing": [-9.5, 1e20]}, name="t.npz",
    ),
    "packing": Case(
        {"a": np.arange(24), "y": np.arange(24.0)},
        {"a": np.array([7, 8]), "y": np.array([1.0, 2])},
        [[7], [8]], {"packing": False}, name="t.h5", attributes={"a": {"scale_factor": 0.5}},
    ),
    "categories": Case(
        {
            "a/codes": np.arange(24), "a/categories": np.arange(24.0) + 100, "y": np.arange(24.0),
        },
        {
            "a/codes": np.array([7, 8]), "a/categories": np.arange(9.0) + 100,
            "y": np.array([1.0, 2]),
        },
        [[7], [8]], {"categories": False, "datasets": ["/a/codes", "/y"]}, x=("a/codes",),
        name="t.h5",
    ),
    "axes": Case(
        {"a": np.arange(48.0).reshape(24, 2), "y": np.arange(24.0)},
        {"a": np.array([[7.0, 8], [9, 10]]), "y": np.array([1.0, 2])},
        [[7, 8], [9, 10]], {"axes": "stored"}, name="t.h5", attributes={"a": MATLAB},
    ),
    "samples_last": Case(
        {"a": np.arange(48.0).reshape(24, 2), "y": np.arange(24.0).reshape(1, 24)},
        {"a": np.array([[7.0, 8], [9, 10]]), "y": np.array([[1.0, 2]])},
        [[7, 8], [9, 10]], name="t.h5", attributes={"a": MATLAB, "y": MATLAB},
    ),
}  # fmt: skip


@pytest.fixture
def learned(tmp_path: Path) -> Callable[..., tuple[Recipe, RunSpec]]:
    def learn(case: Case, **more: Any) -> tuple[Recipe, RunSpec]:
        write(tmp_path / case.name, case.train, case.attributes)
        spec = RunSpec().with_values(
            {
                "data.file": case.name, "data.options": case.options or None,
                "data.columns": case.columns or None, "data.scale": "none",
                "data.scale_target": "none", "fit.x": list(case.x), "fit.y": [case.y], **more,
            }
        )  # fmt: skip
        with open_source(spec.data, tmp_path) as source:
            recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
        return Recipe.from_json(json.loads(json.dumps(recipe.to_json(), allow_nan=False))), spec

    return learn


@pytest.mark.parametrize("option", [*TABLES, *ARRAYS])
def test_every_option_holds_for_later_files(option, learned, tmp_path):
    case = (TABLES | ARRAYS)[option]
    recipe, spec = learned(case)
    new = f"new{Path(case.name).suffix}"
    write(tmp_path / new, case.new, case.attributes)
    wanted = np.array(case.values)
    targets = np.arange(len(wanted)) + 1.0

    with open_as_trained(recipe, {"file": new}, tmp_path, notes=[]) as source:
        x, _ = recipe.apply(source)
        assert np.array_equal(np.asarray(x).reshape(wanted.shape), wanted), "predict"
    with open_as_trained(recipe, {"file": new}, tmp_path, notes=[], answers=True) as source:
        x, y, _, _ = recipe.apply_with_targets(source)
        assert np.array_equal(np.asarray(x).reshape(wanted.shape), wanted), "evaluate"
        if option != "separator":  # its targets are classes
            assert np.array_equal(np.asarray(y).reshape(-1), targets)
    spec = spec.with_values({"fit.validation_data": {"file": new}})
    with open_source(spec.data, tmp_path) as source:
        x, y = prepare(source, spec, base=tmp_path, seed=0).validation_data
        assert np.array_equal(np.asarray(x).reshape(wanted.shape), wanted), "validation file"


def test_no_option_of_reading_is_without_a_case(tmp_path):
    of_one_file = TABLE.options_that(Travels.NEVER)
    # What can only be set for packed tables has its cases beside their readers.
    of_text = {each.name for each in TABLE.params if each.where in (Where.ALWAYS, Where.TEXT)}
    # What a table's cells name has its cases beside the pictures.
    assert set(TABLES) >= of_text - set(of_one_file) - {"pictures"}
    known: set[str] = set()
    for kind, name in (("npz", "t.npz"), ("npy", "t.npy"), ("hdf5", "t.h5")):
        write(tmp_path / name, {"array": np.arange(4.0)})
        with pytest.raises(DataError) as caught:
            open_source({"file": name, "kind": kind, "options": {"none such": 1}}, tmp_path)
        known |= set(re.findall(r"\w+", str(caught.value.remedy).removeprefix("It has")))
        known -= set(FORMATS[kind].options_that(Travels.NEVER))
    assert {option.removesuffix(" in arrays") for option in ARRAYS} == known


def test_a_choice_of_rows_is_made_for_one_file_alone(learned, tmp_path):
    table = "a,b,y\n" + rows("{n}.5,{n},{n}.25\n") + "1.5,1,1.25\n"
    recipe, _ = learned(Case(table, "", [], {"copies": "skip"}))
    assert recipe.reading.options["copies"] == "skip"
    write(tmp_path / "new.csv", table)
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=[]) as source:
        assert len(recipe.apply(source)[0]) == 25, "each row gets its answer"


@pytest.mark.parametrize("option", sorted({*TABLES, *ARRAYS} - {"one_hot"}))
def test_the_file_alone_would_be_read_otherwise_or_in_the_same_way(option, learned, tmp_path):
    """A case whose later file tells everything itself proves nothing; most must not."""
    case = (TABLES | ARRAYS)[option]
    recipe, _ = learned(case)
    new = f"new{Path(case.name).suffix}"
    write(tmp_path / new, case.new, case.attributes)
    told = {"encoding", "decimal", "no names", "quote", "split", "comment"}
    try:
        with open_source({"file": new, "columns": case.columns}, tmp_path) as source:
            x, _ = recipe.apply(source)
        same = np.array_equal(np.asarray(x).reshape(-1), np.array(case.values).reshape(-1))
    except DataError:
        same = False
    assert not same or option in told


def refusal(learned, tmp_path, case: Case, **data: Any) -> DataError:
    recipe, _ = learned(case)
    write(tmp_path / "new.csv", case.new)
    with pytest.raises(DataError) as caught:
        open_as_trained(recipe, {"file": "new.csv", **data}, tmp_path, notes=[]).close()
    return caught.value


POINTS = "a;y\n" + rows("{n}.25;{n}\n")
AMERICAN = "a,y\n" + rows("1/{n}/2024,{n}\n")
WHOLE = "a;y\n" + rows("{n};{n}\n")
DATE = {"a": NUMBER}


@pytest.mark.parametrize(
    ("case", "said", "way_out", "options", "value"),
    [
        (
            Case(POINTS, "a;y\n1,5;1\n2.5;1\n3,5;1\n", []), "decimal point", "decimal=,",
            {"decimal": ","}, 1.5,
        ),
        (
            Case("a;y\n" + rows("{n}.125,5;{n}\n"), "a;y\n" + rows("1.250;1\n") + "1.5;2\n", []),
            "decimal comma and point between thousands", "decimal=.", {"decimal": "."}, 1.25,
        ),
        (
            Case(POINTS, "a;y\n" + rows("{n}.125;{n}\n") + "1,5;2\n", []), "decimal point",
            "decimal=,", {"decimal": ","}, 1125,
        ),
        (
            Case(POINTS, 'a;y\n"1,234";1\n', []), "decimal point", "thousands=,",
            {"thousands": ","}, 1234,
        ),
        (Case(WHOLE, "a;y\n1,234;1\n", []), "two ways", "(1234)", {"decimal": ","}, 1.234),
        (
            Case(AMERICAN, "a,y\n25/12/2024,1\n01/02/2024,1\n", [], columns=DATE),
            "the month first", "dates=dmy", {"dates": "dmy"}, 20082,
        ),
        (
            Case("a,y\n" + rows("2024-01-{n},{n}\n"), "a,y\n02/01/2024,1\n", [], columns=DATE),
            "two ways", "dates=mdy", {"dates": "mdy"}, 19754,
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_with_both_readings_and_the_way_out(
    case, said, way_out, options, value, learned, tmp_path
):
    problem = refusal(learned, tmp_path, case)
    assert said in problem.message and "new.csv" in problem.message
    assert way_out in str(problem.remedy)

    recipe, _ = learned(case)
    notes: list[str] = []
    data = {"file": "new.csv", "options": options}
    with open_as_trained(recipe, data, tmp_path, notes=notes) as source:
        x, _ = recipe.apply(source)
    assert x[0, 0] == pytest.approx(value, rel=1e-6)
    if set(options) & set(recipe.reading.options):
        assert any("As you said" in note for note in notes)


@pytest.mark.parametrize(
    ("train", "new", "columns", "said"),
    [
        ("a,y\n" + rows("{n}%,{n}\n"), "a,y\n0.12,1\n", {}, "without a unit"),
        ("a,y\n" + rows("0.{n},{n}\n"), "a,y\n12%,1\n", {}, "with %"),
        ("a,y\n" + rows("{n},{n}\n"), "a,y\n2024-01-05,1\n", {}, "holds dates"),
        ("a,y\n" + rows("2024-01-{n},{n}\n"), "a,y\n45651,1\n", DATE, "held dates"),
        ("a,y\n" + rows("{n}.5,{n}\n"), "a,y\n1.5,2,3,4\n2.5,1\n3.5,1\n4.5,1\n", {}, "fields"),
    ],
)
def test_what_cannot_be_the_same_quantity_is_refused(train, new, columns, said, learned, tmp_path):
    problem = refusal(learned, tmp_path, Case(train, new, [], columns=columns))
    assert said in problem.message


COMMAS = "a;y\n" + rows("{n},25;{n}\n")
THOUSANDS = "a;y\n" + rows("{n}.125,5;{n}\n")


@pytest.mark.parametrize(
    ("train", "new", "values", "note"),
    [
        (
            "a,y\n" + rows("{n}.5,{n}\n"), "a;y\n1,5;1\n0,25;2\n1,234;3\n", [1.5, 0.25, 1.234],
            "decimal comma here; in training with a point.",
        ),
        (
            "a,y\n" + rows("{n}.5,{n}\n"), "station;3\n\na;y\n1,5;1,5\n2,5;2,5\n3,5;2,5\n",
            [1.5, 2.5, 3.5], "decimal comma here; in training with a point.",
        ),
        (POINTS, "a;y\n0,125;1\n0,250;2\n", [0.125, 0.25], "decimal comma here"),
        (POINTS, "a;y\n1,5;1\nerr?;2\n", [1.5], "decimal comma here"),
        (
            POINTS, "a;y\n1.234,5;1\n2.345;2\n", [1234.5, 2345],
            "decimal comma and point between thousands here; in training with a point.",
        ),
        (COMMAS, "a,y\n1.5,1\n2.125,2\n", [1.5, 2.125], "point here; in training with a comma."),
        (
            THOUSANDS, "a;y\n1.5;1\n1.250;2\n", [1.5, 1.25],
            "point here; in training with a comma and point between thousands.",
        ),
        (THOUSANDS, "a;y\n1,234.5;1\n12.5;2\n", [1234.5, 12.5], "point and comma between"),
        (POINTS, "a;y\n1,5%;1\n", None, ""),
    ],
)  # fmt: skip
def test_a_file_whose_own_marks_are_beyond_doubt_is_read_by_them(
    train, new, values, note, learned, tmp_path
):
    if values is None:
        assert "with %" in refusal(learned, tmp_path, Case(train, new, [])).message
        return
    recipe, _ = learned(Case(train, new, []))
    write(tmp_path / "new.csv", new)
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=notes) as source:
        assert recipe.apply(source)[0].ravel().tolist() == pytest.approx(values)
    assert [each for each in notes if note in each and "Numbers are written" in each], notes


def test_where_the_file_may_be_read_as_in_training_it_is(learned, tmp_path):
    """All of its numbers could be thousands or decimals."""
    recipe, _ = learned(Case(THOUSANDS, "", []))
    write(tmp_path / "new.csv", "a;y\n1.250;1\n2.125;2\n")
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=notes) as source:
        assert recipe.apply(source)[0].ravel().tolist() == [1250, 2125]
    assert not notes


def test_dates_that_all_have_the_other_order_are_read_in_it(learned, tmp_path):
    recipe, _ = learned(Case(AMERICAN, "", [], columns=DATE))
    write(tmp_path / "new.csv", "a,y\n25/12/2024,1\n13/01/2024,2\n")
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=notes) as source:
        assert recipe.apply(source)[0].ravel().tolist() == [20082, 19735]
    assert notes == [
        "The dates in a are written with the day first here; in training with the month first."
    ]


def test_a_last_field_without_a_name_shifts_no_column(learned, tmp_path):
    recipe, _ = learned(Case("a,y\n" + rows("{n}.5,{n}\n"), "", []))
    write(tmp_path / "new.csv", "a,y\n7.5,1.5,ok\n7.5,2.5,ok\n8.5,3.5,bad\n")
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=[]) as source:
        assert recipe.apply(source)[0].ravel().tolist() == [7.5, 7.5, 8.5]


def test_one_stray_cell_is_a_gap_that_is_told(learned, tmp_path):
    recipe, _ = learned(Case(POINTS, "", []))
    write(tmp_path / "new.csv", "a;y\n" + rows("{n}.5;{n}\n") + "1,5;1\nerr?;2\n")
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=notes) as source:
        x, _ = recipe.apply(source, notes=notes)
    assert len(x) == 24
    assert "In a, 2 cells are no number and count as missing, such as “1,5” (a, line 26)." in notes


def test_a_confirmed_guess_reads_later_files(learned, tmp_path):
    quoted = "a,y\n" + rows('"{n},351",{n}\n')
    write(tmp_path / "t.csv", quoted)
    with open_source({"file": "t.csv"}, tmp_path) as source:
        fixes = [finding.fix for finding in source.summary().findings if finding.fix]
        before = source.scalars("a", "number").numbers()
    options = {"thousands": ","} | next(f.set["data.options"] for f in fixes if f.set)
    recipe, _ = learned(Case(quoted, "", [], options=options))
    write(tmp_path / "new.csv", 'a,y\n"5,351",1\n')
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=[]) as source:
        x, _ = recipe.apply(source)
    assert x[0, 0] == before[4]


def test_a_file_of_another_kind_or_layout_is_read_by_its_own(learned, tmp_path):
    recipe, _ = learned(Case(POINTS, "", [], options={"separator": ";", "header_line": 1}))
    for content in ("a,y\n7.5,1\n8.5,2\n", "made today\n\ny\ta\n1\t7.5\n2\t8.5\n"):
        write(tmp_path / "new.csv", content)
        with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=[]) as source:
            assert recipe.apply(source)[0].ravel().tolist() == [7.5, 8.5]
    write(tmp_path / "new.npz", {"a": np.array([7.5, 8.5]), "y": np.array([1.0, 2.0])})
    with open_as_trained(recipe, {"file": "new.npz"}, tmp_path, notes=[]) as source:
        assert recipe.apply(source)[0].ravel().tolist() == [7.5, 8.5]


def test_a_table_with_the_ending_of_another_format_is_read_as_in_training(learned, tmp_path):
    recipe, _ = learned(Case(POINTS, "", []))
    write(tmp_path / "new.npy", "a;y\n7.5;1\n")
    with open_as_trained(recipe, {"file": "new.npy"}, tmp_path, notes=[]) as source:
        assert recipe.apply(source)[0].tolist() == [[7.5]]


def test_a_recipe_of_an_earlier_version_guesses_and_says_so(learned, tmp_path):
    recipe, _ = learned(Case(POINTS, "", []))
    old = recipe.to_json()
    del old["reading"]
    recipe = Recipe.from_json(old)
    write(tmp_path / "new.csv", "a;y\n7,5;1\n")
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=notes) as source:
        assert recipe.apply(source)[0].tolist() == [[7.5]]
    assert any("found out anew" in note for note in notes)


@pytest.mark.parametrize(
    "damage",
    [
        7,
        {"kind": "xls"},
        {"kind": "table", "options": []},
        {"kind": "table", "options": {"decimal": {}}},
        {"kind": "table", "columns": {"a": {"dates": "soon"}}},
        {"kind": "table", "columns": {"a": 3}},
    ],
)
def test_a_damaged_reading_is_refused_in_words(damage):
    with pytest.raises(DataError, match="damaged"):
        Reading.from_json(damage)


def test_an_unknown_option_of_a_later_file_is_refused(learned, tmp_path):
    problem = refusal(learned, tmp_path, Case(POINTS, POINTS, []), options={"decimals": ","})
    assert "'decimals'" in problem.message
