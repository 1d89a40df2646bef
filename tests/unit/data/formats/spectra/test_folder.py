"""Files and folders of spectra as data: one axis for all, classes by folder, told what is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import Source, kind_of, open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError
from tests.unit.data.formats.spectra.files import plain, spc

RNG = np.random.default_rng(5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("good", "worn"):
        for number in (1, 2, 10):
            plain(tmp_path / "ir" / kind / f"{number}.jdx", RNG.normal(size=20).round(3).tolist())
    return tmp_path / "ir"


def opened(path: Path, **options: object) -> Source:
    return open_source({"file": str(path), "options": options}, path.parent)


def codes(source: Source) -> dict[str, str]:
    return {each.code: each.sentence for each in source.summary().findings}


def test_each_file_is_a_sample_and_its_folder_the_class(folder):
    with opened(folder) as source:
        assert (source.kind, source.rows) == ("spectra", 6)
        assert source.names == ("spectrum", "title", "class", "file")
        assert source.column("spectrum").shape == (20,)
        assert source.column("spectrum").unit == "absorbance"
        assert source.cells("file", 0, 6)[2] == "good/10.jdx"
        assert source.column("class").classes == (("good", 3), ("worn", 3))
        assert not source.problems()
    with opened(folder, classes="none") as source:
        assert "class" not in source.names


def test_places_may_be_columns(folder):
    with opened(folder, split=True) as source:
        assert source.names[:2] == ("100", "101")
        assert source.single_names()[:20] == [str(100 + n) for n in range(20)]


def test_other_axes_are_a_question_until_somebody_decides(folder):
    plain(folder / "good" / "b.jdx", [0.0, 10, 20], first=100, last=120)
    with opened(folder) as source:
        (problem,) = source.problems()
        assert problem.severity == "error" and "'b'" in problem.sentence
        with pytest.raises(DataError, match="was measured at other places"):
            source.refuse_problems()
    assert problem.fix is not None
    with opened(folder, **problem.fix.set["data.options"]) as source:
        assert not source.problems()
        row = source.cells("file", 0, 7).index("good/b.jdx")
        np.testing.assert_allclose(source.array("spectrum")[row], np.arange(20.0))
    with opened(folder, other_axes="skip") as source:
        assert source.rows == 6
        assert "and is left out: 'b'" in codes(source)["data.other-axes-told"]


def test_spectra_of_different_things_are_refused(folder):
    plain(folder / "good" / "b.jdx", [0.0] * 20, YUNITS="TRANSMITTANCE")
    with pytest.raises(DataError, match=r"'good/b.jdx' is in transmittance, and 'good/1.jdx' in"):
        opened(folder)


def test_what_is_no_spectrum_is_left_out_and_named(folder):
    (folder / "broken.jdx").write_text("##TITLE= x\n")
    (folder / "notes.txt").write_text("made by Ada")
    with opened(folder) as source:
        found = codes(source)
    assert "'broken.jdx'" in found["data.files-unreadable"]
    assert "'notes.txt'" in found["data.files-left-out"]


def test_a_series_in_one_file(tmp_path):
    values = RNG.normal(size=(4, 30))
    assert kind_of(spc(tmp_path / "a.spc", list(values))) == "spectra"
    with opened(tmp_path / "a.spc") as source:
        assert (source.rows, source.names) == (4, ("spectrum", "z"))
        np.testing.assert_allclose(source.array("spectrum")[:], values, rtol=1e-6)


def test_a_model_keeps_the_axis_and_the_unit(folder, tmp_path):
    spec = RunSpec().with_values(
        {"data.file": str(folder), "fit.x": ["spectrum"], "fit.y": ["class"]}
    )
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe

    def read(path: Path, **options: object) -> Source:
        data = {"file": path.name, "options": options}
        return open_as_trained(recipe, data, tmp_path, notes=[])

    with read(plain(tmp_path / "new.jdx", [1.0] * 20)) as source:
        assert len(recipe.apply(source)[0]) == 1
    # As many places, but others: the numbers would be taken for what they are not.
    other = plain(tmp_path / "other.jdx", [1.0] * 20, first=101, last=118)
    with pytest.raises(DataError, match="was measured at other places"):
        read(other)
    with read(
        plain(tmp_path / "wide.jdx", [1.0] * 40, first=90), other_axes="interpolate"
    ) as found:
        assert found.column("spectrum").shape == (20,)
    with pytest.raises(DataError, match="is in transmittance"):
        read(plain(tmp_path / "t.jdx", [1.0] * 20, YUNITS="TRANSMITTANCE"))
