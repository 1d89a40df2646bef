"""SPC: both orders of bytes, floats and scaled numbers, every kind of axis, the old layout."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.data.formats.spectra.spc import read_spc
from fitstudio.errors import DataError
from tests.unit.data.formats.spectra.files import old_spc, spc

RNG = np.random.default_rng(2)
ONE, TWO = RNG.normal(size=(2, 40))
EVEN = np.linspace(10, 20, 40)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("stored", [{}, {"exponent": 4}, {"exponent": 4, "shorts": True}])
def test_values_are_those_that_were_written(order, stored, tmp_path):
    read = read_spc(spc(tmp_path / "a.spc", [ONE, TWO], order=order, **stored), "a.spc")
    for found, values, z in zip(read.found, (ONE, TWO), (0.0, 1.0), strict=True):
        atol = 4e-4 if stored.get("shorts") else 1e-7
        np.testing.assert_allclose(found.y, values, rtol=1e-6, atol=atol)
        np.testing.assert_allclose(found.x, EVEN)
        assert found.z == z
    assert (read.found[0].x_unit, read.found[0].y_unit) == ("cm-1", "absorbance")
    assert read.found[0].title == "polystyrene"


@pytest.mark.parametrize("directory", [False, True])
def test_each_spectrum_may_have_an_axis_of_its_own(directory, tmp_path):
    axes = [np.sort(RNG.uniform(0, 9, 40)), np.sort(RNG.uniform(0, 9, 25))]
    path = spc(tmp_path / "a.spc", [ONE, TWO[:25]], axes=axes, directory=directory)
    read = read_spc(path, "a.spc")
    for found, axis in zip(read.found, axes, strict=True):
        np.testing.assert_allclose(found.x, axis, rtol=1e-6)
    np.testing.assert_allclose(read.found[1].y, TWO[:25], rtol=1e-6)


def test_one_uneven_axis_for_all(tmp_path):
    axis = EVEN**2
    read = read_spc(spc(tmp_path / "a.spc", [ONE, TWO], axes=[axis], uneven=True), "a.spc")
    np.testing.assert_allclose(read.found[1].x, axis, rtol=1e-6)
    np.testing.assert_allclose(read.found[1].y, TWO, rtol=1e-6)


def test_the_old_layout(tmp_path):
    (found,) = read_spc(old_spc(tmp_path / "a.spc", ONE, 4), "a.spc").found
    np.testing.assert_allclose(found.y, ONE, atol=1e-7)
    np.testing.assert_allclose(found.x, EVEN)
    assert found.z is None


@pytest.mark.parametrize("kept", [1, 200, 520, -3])
def test_a_cut_file_is_refused(kept, tmp_path):
    path = spc(tmp_path / "a.spc", [ONE, TWO])
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"'a\.spc' is damaged"):
        read_spc(path, "a.spc")


def test_another_program_s_spectrum_is_named(tmp_path):
    (tmp_path / "a.spc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(DataError, match="own format of its program") as caught:
        read_spc(tmp_path / "a.spc", "a.spc")
    assert "JCAMP-DX" in str(caught.value.remedy)
