"""JCAMP-DX: every form of numbers gives the same values; what contradicts itself is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fitstudio.data.formats.spectra.jcamp import read_jcamp
from fitstudio.data.formats.spectra.ordinates import OrdinateError, ordinates, pairs
from fitstudio.errors import DataError
from tests.unit.data.formats.spectra.files import jcamp, plain

VALUES = [98.0, 97, 96, 98, 93, 93]
FORMS = {
    "plain": ["100 98 97 96", "103 98, 93, 93"],
    "packed": ["100+98+97+96", "103+98+93+93"],
    "exponents": ["100 9.8E+01 97.0E+0 96", "103 98 930.0E-1 93"],
    "squeezed": ["100I8I7I6", "103I8I3I3"],
    "squeezed, repeated": ["100I8I7I6", "103I8I3T"],
    "differences": ["100I8jj", "102I6Kn%", "105I3"],
    "differences, repeated": ["100I8jT", "102I6Kn%", "105I3"],
    "a blank line": ["100I8jj", "", "102I6Kn%  $$ and a note"],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_values(form, tmp_path):
    file = jcamp(tmp_path / "a.jdx", FORMS[form], count=6)
    (found,) = read_jcamp(file, "a.jdx").found
    assert found.y.tolist() == [value / 2 for value in VALUES]
    assert found.x.tolist() == [100, 101, 102, 103, 104, 105]
    assert (found.title, found.x_unit, found.y_unit) == ("a", "1/CM", "ABSORBANCE")


def test_signs_zeros_gaps_and_long_repeats():
    values, _ = ordinates(["0@a5%j0R?A0U"])
    np.testing.assert_array_equal(values, [0, -15, -15, -25, -16, np.nan, 10, 10, 10])
    assert ordinates(["0A0JT2"])[0] == [10, *range(11, 33)]
    assert ordinates(["5.E5J"])[0] == [55, 56], "an E before a digit stands for +5"


def test_points_in_pairs():
    assert pairs(["1,2; 3,4", "5.5 1.5E3"]) == [(1, 2), (3, 4), (5.5, 1500)]
    with pytest.raises(OrdinateError, match="has no value"):
        pairs(["1,2;3"])


@pytest.mark.parametrize(
    ("lines", "count", "why"),
    [
        (["100I8jj", "102I5Kn%"], 6, "line 2 begins with 95, and 96 was last"),
        (["100 98 97 96", "106 98 93 93"], 6, "line 2 begins at 106 of the axis, where 103"),
        (["100 98 97 96"], 6, "holds 3 points, and says that it has 6"),
        (["100 98 x7"], 3, "line 1 holds 'x', which is no number"),
        (["100jj"], 3, "line 1 begins without a value"),
        (["I8I7I6"], 3, "line 1 does not begin with a place of the axis"),
        ([], 6, "holds 0 points"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_line(lines, count, why, tmp_path):
    file = jcamp(tmp_path / "a.jdx", lines, count=count)
    with pytest.raises(DataError, match=f"'a.jdx' is damaged: in 'a', .*{why}"):
        read_jcamp(file, "a.jdx")


def test_the_axis_may_fall_and_may_be_told_by_the_lines_alone(tmp_path):
    file = jcamp(tmp_path / "a.jdx", ["800 1 2", "796 3 4"], count=4, XFACTOR="0.5")
    text = "".join(line for line in file.read_text().splitlines(keepends=True) if "STX" not in line)
    file.write_text(text)
    (found,) = read_jcamp(file, "a.jdx").found
    assert found.x.tolist() == [400, 399, 398, 397]


def test_blocks_within_blocks(tmp_path):
    one, two = (plain(tmp_path / f"{name}.jdx", [1, 2, n]) for n, name in enumerate("ab", 3))
    peaks = "##TITLE= lines\n##PEAK TABLE= (XY..XY)\n1,2\n##END=\n"
    (tmp_path / "all.jdx").write_text(
        "##TITLE= all\n##DATA TYPE= LINK\n##BLOCKS= 3\n"
        + one.read_text() + two.read_text() + peaks + "##END=\n"
    )  # fmt: skip
    read = read_jcamp(tmp_path / "all.jdx", "all.jdx")
    assert [(each.title, each.y[-1]) for each in read.found] == [("a", 3), ("b", 4)]
    assert read.left_out == ["'lines' is a list of peaks"]


def test_the_first_page_of_several_variables(tmp_path):
    (tmp_path / "n.dx").write_text(
        "##TITLE= fid\n##DATA CLASS= NTUPLES\n##NTUPLES= NMR FID\n"
        "##SYMBOL= X, R, I, N\n##VAR_DIM= 3, 3, 3, 2\n##UNITS= SECONDS, VOLTS, VOLTS,\n"
        "##FIRST= 0, 1, 1, 1\n##LAST= 1, 3, 3, 2\n##FACTOR= 0.5, 2, 3, 1\n"
        "##PAGE= N=1\n##DATA TABLE= (X++(R..R)), XYDATA\n0 1 2 3\n"
        "##PAGE= N=2\n##DATA TABLE= (X++(I..I)), XYDATA\n0 4 5 6\n##END NTUPLES= x\n##END=\n"
    )
    read = read_jcamp(tmp_path / "n.dx", "n.dx")
    assert (read.found[0].x.tolist(), read.found[0].y.tolist()) == ([0, 0.5, 1], [2, 4, 6])
    assert read.found[0].y_unit == "VOLTS"
    assert "has 2 pages" in read.left_out[0]


@pytest.mark.parametrize("text", ["", "hello", "##TITLE= x\n##END=\n", "##TITLE= x\n" * 40])
def test_no_spectrum_is_told(text, tmp_path: Path):
    (tmp_path / "a.jdx").write_text(text)
    with pytest.raises(DataError, match=r"does not begin|holds no spectrum|never end"):
        read_jcamp(tmp_path / "a.jdx", "a.jdx")
