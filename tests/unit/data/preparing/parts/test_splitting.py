"""Parts of the rows: disjoint, complete, of the sizes told, whole groups, in the order of time."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitstudio.data.preparing.parts.drawing import drawn_keys
from fitstudio.data.preparing.parts.split_rows import same_split
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.split import (
    TEST,
    TRAINING,
    VALIDATION,
    grouped,
    mixed,
    part_of,
    part_sizes,
    stratified_sizes,
)
from fitstudio.errors import DataError

_SHARES = st.sampled_from([0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=12), _SHARES, _SHARES)
def test_each_stratum_gives_its_share_within_one_row(strata, validation, test):
    found = stratified_sizes(strata, validation, test)

    for size, each in zip(strata, found, strict=True):
        assert each.training + each.validation + each.test == size
        for rows, share in ((each.validation, validation), (each.test, test)):
            assert abs(rows - size * Fraction(str(share))) < 1
        assert each.training >= 1


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(st.text(max_size=4), st.integers(1, 40), min_size=3, max_size=30),
    _SHARES.filter(bool), _SHARES.filter(bool), st.integers(0, 5),
)  # fmt: skip
def test_groups_fill_every_part_and_hang_on_nothing_but_names_and_seed(groups, v, t, seed):
    found = grouped(groups, v, t, seed)

    assert found.keys() == groups.keys()
    assert set(found.values()) == {TRAINING, VALIDATION, TEST}
    assert grouped(dict(reversed(groups.items())), v, t, seed) == found


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**63 - 1), st.lists(st.integers(0, 2**40), min_size=1, max_size=20))
def test_many_rows_are_drawn_as_single_ones_are(seed, rows):
    assert drawn_keys(seed, np.array(rows)).tolist() == [mixed(seed, row) for row in rows]


def test_what_is_drawn_never_changes():
    assert [mixed(7, number) for number in range(2)] == [15337404600680133411, 13615431973392968899]


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("Train", TRAINING), ("training", TRAINING), (" VAL ", VALIDATION), ("dev", VALIDATION),
        ("test set", TEST), ("holdout", TEST), ("TestSet", TEST), ("traindata", TRAINING),
        ("a", None), ("1", None), ("tested", None), ("", None),
    ],
)  # fmt: skip
def test_words_that_name_a_part(word, part):
    assert part_of(word) == part


ROWS = 60
TABLE = "size,kind,patient,day,part,n\n" + "".join(
    f"{row * 0.5},{'aab'[row % 3]},P{row // 4:02d},{(row * 7) % 30},"
    f"{('train', 'train', 'val', 'Test')[row % 4]},{(row * 13) % 60}\n"
    for row in range(ROWS)
)
BY = {
    "last": None, "random": None, "stratified": None, "group": "patient", "time": "day",
    "column": "part",
}  # fmt: skip


@pytest.fixture
def made(tmp_path):
    def make(text=TABLE, y="kind", seed=1, open_test=False, **values):
        (tmp_path / "t.csv").write_text(text)
        keys = {name.replace("__", "."): value for name, value in values.items()}
        fixed = {"data.file": "t.csv", "fit.x": ["size"], "fit.y": [y]}
        spec = RunSpec().with_values(fixed | keys)
        with open_source(spec.data, tmp_path) as source:
            facts = resolve(spec, source.summary()).facts
            done = prepare(source, spec, base=tmp_path, seed=seed, open_test=open_test)
        return done, facts

    return make


def rows_of(done):
    return [each.rows.tolist() for each in (done.training, done.validation, done.test)]


@pytest.mark.parametrize("kind", BY)
@pytest.mark.parametrize("order", ["file", "random"])
def test_every_way_parts_all_rows_and_gives_fit_what_checks(made, kind, order):
    wanted = {
        "data__split": kind, "data__split_column": BY[kind], "data__row_order": order,
        "fit__validation_split": 0.2, "data__test_share": 0.1,
    }  # fmt: skip
    done, facts = made(**wanted, seed=1)
    again, _ = made(**wanted, seed=2)

    training, validation, test = rows_of(done)
    assert sorted(training + validation + test) == list(range(ROWS))
    assert min(map(len, (training, validation, test))) > 0
    assert len(done.x) == len(training) and len(done.validation_data[0]) == len(validation)
    assert done.test_data is None
    assert "validation_split is not used" in " ".join(each.sentence for each in done.findings)
    # The seed of the run decides nothing here: all runs check on the same rows.
    assert [sorted(each) for each in rows_of(done)] == [sorted(each) for each in rows_of(again)]
    assert again.split.record() == done.split.record()
    if facts.exact:
        told = (facts.training_rows, facts.validation_rows, facts.test_rows)
        assert told == (len(training), len(validation), len(test))


def test_the_recipe_knows_nothing_of_the_other_parts(made):
    wanted = {"data__split": "random", "data__test_share": 0.2, "fit__validation_split": 0.2}
    done, _ = made(**wanted)
    lines = TABLE.splitlines()
    for row in (*done.test.rows, *done.validation.rows):
        lines[row + 1] = "1e9" + lines[row + 1][lines[row + 1].index(",") :]
    other, _ = made("\n".join(lines) + "\n", **wanted)

    assert other.recipe == done.recipe
    assert np.array_equal(other.x, done.x)


def test_the_test_part_is_encoded_as_training_rows_are_when_it_is_opened(made):
    done, _ = made(data__split="random", data__test_share=0.2, data__scale="none", open_test=True)

    assert done.test_data[0][:, 0].tolist() == (done.test.rows * 0.5).tolist()
    assert done.validation_data is None and len(done.validation) == 0


@pytest.mark.parametrize("target", ["kind", "n"])
def test_a_stratified_split_has_the_same_shares_everywhere(made, target):
    done, facts = made(y=target, data__split="stratified", fit__validation_split=0.2)

    training, validation, _ = rows_of(done)
    assert (len(training), len(validation)) == (48, 12)
    assert (facts.training_rows, facts.validation_rows, facts.exact) == (48, 12, True)
    if target == "kind":
        assert Counter("aab"[row % 3] for row in validation) == {"a": 8, "b": 4}
    else:
        assert sorted(row * 13 % 60 // 6 for row in validation)[::2] != []
        assert {row * 13 % 60 // 6 for row in validation} == set(range(10))


def test_groups_stay_whole(made):
    done, _ = made(
        data__split="group", data__split_column="patient", fit__validation_split=0.2,
        data__test_share=0.2,
    )  # fmt: skip
    patients = [{row // 4 for row in each} for each in rows_of(done)]

    assert not (patients[0] & patients[1] or patients[0] & patients[2] or patients[1] & patients[2])
    assert [len(each) for each in patients] == [9, 3, 3]


def test_the_latest_rows_check_and_those_of_one_time_stay_together(made):
    done, _ = made(
        data__split="time", data__split_column="day", fit__validation_split=0.2,
        data__test_share=0.1,
    )  # fmt: skip
    days = [[row * 7 % 30 for row in each] for each in rows_of(done)]

    assert max(days[0]) < min(days[1]) and max(days[1]) < min(days[2])


def test_a_column_says_the_part(made):
    done, _ = made(data__split="column", data__split_column="part")

    assert [{row % 4 for row in each} for each in rows_of(done)] == [{0, 1}, {2}, {3}]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"data__split": "group"}, "split.no-column"),
        ({"data__split": "column", "data__split_column": "kind"}, "split.unknown-part"),
        ({"data__split": "group", "data__split_column": "kind"}, "split.few-groups"),
        ({"data__split": "time", "data__split_column": "kind"}, "split.no-time"),
        ({"data__split": "random", "data__test_share": 0.99}, "split.empty-part"),
        ({"data__split": "group", "data__split_column": "nothing"}, "data.missing-column"),
    ],
)
def test_a_split_that_cannot_be_is_refused(made, values, code):
    with pytest.raises(DataError) as problem:
        made(**{"fit__validation_split": 0.3, "data__test_share": 0.3} | values)

    assert problem.value.code == code and problem.value.remedy


def test_a_class_without_a_row_to_train_on_is_refused(made):
    text = "size,kind,day\n" + "".join(f"{n},{'ab'[n > 15]},{n}\n" for n in range(20))
    with pytest.raises(DataError) as problem:
        made(text, data__split="time", data__split_column="day", fit__validation_split=0.2)

    assert problem.value.code == "split.class-not-trained"
    assert "'b'" in problem.value.message


def test_rows_without_a_group_are_in_no_part_and_told(made):
    done, _ = made(
        TABLE.replace("P03", ""), data__split="group", data__split_column="patient",
        fit__validation_split=0.2,
    )  # fmt: skip

    assert len(done.training) + len(done.validation) == ROWS - 4
    assert any("4 rows have no value of patient" in each.sentence for each in done.findings)


def test_a_second_way_to_check_leaves_the_test_part_to_the_split(made):
    done, facts = made(
        fit__validation_data={"column": "part", "values": ["val"]}, data__split="random",
        data__test_share=0.2,
    )  # fmt: skip

    training, validation, test = rows_of(done)
    assert {row % 4 for row in validation} == {2}
    assert (len(training), len(validation), len(test)) == (36, 15, 9)
    assert (facts.training_rows, facts.validation_rows, facts.test_rows) == (36, 15, 9)


def test_without_a_declared_split_fit_holds_rows_out_itself(made):
    done, _ = made(fit__validation_split=0.2)

    assert done.split is None and done.validation_data is None and len(done.x) == ROWS


def test_a_run_knows_its_own_rows_again(made):
    first, _ = made(data__split="random", fit__validation_split=0.2)
    other, _ = made(data__split="random", fit__validation_split=0.2, data__split_seed=1)

    assert same_split(first.split.record(), first.split)
    assert not same_split(first.split.record(), other.split)
    assert not same_split(first.split.record(), None)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), _SHARES, _SHARES)
def test_sizes_add_up(rows, validation, test):
    sizes = part_sizes(rows, validation, test)

    assert sizes.training + sizes.validation + sizes.test >= rows
    assert sizes.training == 0 or sizes.training + sizes.validation + sizes.test == rows
