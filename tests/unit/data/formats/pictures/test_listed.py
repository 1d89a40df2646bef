"""Pictures that a column of a table names: found beside it, read as its input, never fatal."""

import shutil

import numpy as np
import pytest
from PIL import Image

from fitstudio.actions.reading.suggestions import suggest
from fitstudio.data.fingerprint import same_content, untouched
from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.kinds.param import Severity
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

ROWS = 20


def picture(number, side=12):
    values = np.full((side, side, 3), number, np.uint8)
    values[:4, :4] = 200
    return Image.fromarray(values)


def table(folder, names, file="labels.csv", column="scan"):
    lines = [f"{column},age,kind"]
    lines += [f"{name},{20 + n},{'ab'[n % 2]}" for n, name in enumerate(names)]
    (folder / file).write_text("\n".join(lines) + "\n")
    return folder / file


def names_of(ending=".png"):
    return [f"p{n}{ending}" for n in range(ROWS)]


@pytest.fixture
def beside(tmp_path):
    """A folder with pictures in a folder of it, and a table that names them."""
    (tmp_path / "images").mkdir()
    for n in range(ROWS):
        picture(n).save(tmp_path / "images" / f"p{n}.png")
    table(tmp_path, names_of())
    return tmp_path


def opened(folder, file="labels.csv", **options):
    return open_source({"file": file, "options": options}, folder)


def assert_pictures_of_all_rows(source, column="scan"):
    assert source.column(column).shape == (12, 12, 3)
    assert [int(source.array(column)[n][-1, -1, 0]) for n in range(ROWS)] == list(range(ROWS))


def test_a_column_that_names_pictures_is_them_and_says_so(beside):
    source = opened(beside)
    guess = next(each for each in source.guesses if each.name == "pictures")

    assert_pictures_of_all_rows(source)
    assert guess.value == "scan" and "scan" in guess.label and "no inputs beside" in guess.sentence
    assert set(guess.choices) == {"scan", "none"}
    assert source.cells("scan", 0, 2) == ["p0.png", "p1.png"]
    assert source.file_names()[3] == "p3.png"
    found = suggest(source.summary())
    assert (found["fit.x"], found["fit.y"]) == (["scan"], ["kind"])
    assert found["model.kind"] == "cnn2d"


@pytest.mark.parametrize(
    "written",
    ["images/p{}.png", "./images/p{}.png", "images\\p{}.png", "p{}", "P{}.PNG", "images/p{}",
     "other/disk/p{}.png", "{}"],
)  # fmt: skip
def test_names_are_found_however_they_are_written(beside, written):
    if written == "{}":  # a bare number, where nothing else is called so
        for n in range(ROWS):
            (beside / "images" / f"p{n}.png").rename(beside / "images" / f"{n}.png")
    table(beside, [written.format(n) for n in range(ROWS)])
    assert_pictures_of_all_rows(opened(beside))


def test_pictures_beside_the_table_above_it_and_by_their_whole_path(beside):
    for n in range(ROWS):
        shutil.copy(beside / "images" / f"p{n}.png", beside / f"q{n}.png")
    table(beside, [f"q{n}.png" for n in range(ROWS)])
    assert_pictures_of_all_rows(opened(beside))
    (beside / "tables").mkdir()
    table(beside / "tables", [f"../images/p{n}.png" for n in range(ROWS)])
    assert_pictures_of_all_rows(opened(beside / "tables"))
    table(beside / "tables", [str(beside / "images" / f"p{n}.png") for n in range(ROWS)])
    assert_pictures_of_all_rows(opened(beside / "tables"))


def test_of_two_folders_that_with_most_of_the_names_is_meant(beside):
    (beside / "a-few").mkdir()
    for n in range(3):
        picture(99).save(beside / "a-few" / f"p{n}.png")
    assert_pictures_of_all_rows(opened(beside))


def test_text_that_names_no_pictures_stays_text(beside, tmp_path):
    for names in (
        [f"word{n}" for n in range(ROWS)],
        [str(n * 1000) for n in range(ROWS)],
        [f"https://example.org/p{n}.png" for n in range(ROWS)],
        [f"//server/share/p{n}.png" for n in range(ROWS)],
    ):
        table(beside, names)
        source = opened(beside)
        assert all(not column.shape for column in source.columns), names[0]
        assert source.file_names() is None


def test_pictures_that_are_not_there_are_told_and_the_column_stays_text(tmp_path):
    table(tmp_path, names_of())
    source = opened(tmp_path)
    found = [each for each in source.summary().findings if each.code == "data.pictures-not-there"]

    assert not source.column("scan").shape
    assert "'p0.png'" in found[0].sentence
    with pytest.raises(DataError, match="None of the pictures"):
        opened(tmp_path, pictures="scan")


def test_it_can_be_said_otherwise(beside):
    assert not opened(beside, pictures="none").column("scan").shape
    assert opened(beside, pictures="SCAN", picture_size="6 x 8").column("scan").shape == (8, 6, 3)
    grey = opened(beside, picture_channels="grey")
    assert grey.column("scan").shape == (12, 12, 1)
    with pytest.raises(DataError, match="no column 'scans'"):
        opened(beside, pictures="scans")


def lost(folder):
    (folder / "images" / "p4.png").unlink()
    (folder / "images" / "p7.png").write_bytes(b"\x89PNG\r\n\x1a\nhello")
    names = names_of()
    names[9] = ""
    table(folder, names)
    return folder


def test_rows_without_a_picture_are_told_by_their_lines_and_left_out(beside):
    source = opened(lost(beside))
    summary = source.summary()
    found = next(each for each in summary.findings if each.code == "data.pictures-unreadable")

    assert source.rows == ROWS and summary.column("scan").missing == 3
    assert "**2 rows**" in found.sentence and "lines 6 and 9" in found.sentence
    assert found.severity is Severity.ADVICE and summary.complete_rows == ROWS - 3
    prepared = prepare(source, spec(), base=beside, seed=0)
    assert sorted(prepared.training_rows) == [n for n in range(ROWS) if n not in (4, 7, 9)]
    stopped = opened(beside, **found.fix.set["data.options"])
    assert stopped.problems()[0].severity is Severity.ERROR
    with pytest.raises(DataError, match=r"labels\.csv.*2 rows have no picture"):
        prepare(stopped, spec(), base=beside, seed=0)


def spec(**values):
    settings = {"fit.x": ["scan"], "fit.y": ["kind"], "model.kind": "cnn2d"}
    return RunSpec().with_values({"data.file": "labels.csv", **settings, **values})


def recipe_of(folder, **options):
    source = opened(folder, **options)
    return prepare(source, spec(), base=folder, seed=0).recipe


def test_a_later_table_folder_or_picture_is_read_as_in_training(beside, tmp_path):
    recipe = recipe_of(beside, picture_size="8 x 8")
    classes = tmp_path / "later"
    for n in range(4):
        (classes / "ab"[n % 2]).mkdir(parents=True, exist_ok=True)
        picture(n, side=20).save(classes / "ab"[n % 2] / f"{n}.png")
    for file, rows in (("labels.csv", ROWS), ("later", 4), ("later/a/0.png", 1)):
        with open_as_trained(recipe, {"file": file}, beside, notes=[]) as source:
            x, samples = recipe.apply(source)
            assert (np.asarray(x).shape, len(samples)) == ((rows, 8, 8, 3), rows), file
            assert len(source.file_names()) == rows
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "later"}, beside, notes=notes, answers=True) as source:
        _, y, _, _ = recipe.apply_with_targets(source, notes=notes)
    assert len(y) == 4 and any("'kind'" in note for note in notes)


def test_a_model_of_a_folder_reads_a_table_that_names_pictures(beside, tmp_path):
    folder = tmp_path / "classes"
    for n in range(6):
        (folder / "ab"[n % 2]).mkdir(parents=True, exist_ok=True)
        picture(n).save(folder / "ab"[n % 2] / f"{n}.png")
    source = open_source({"file": "classes"}, tmp_path)
    asked = spec(**{"fit.x": ["picture"], "fit.y": ["class"], "data.file": "classes"})
    recipe = prepare(source, asked, base=tmp_path, seed=0).recipe
    with open_as_trained(recipe, {"file": "labels.csv"}, beside, notes=[]) as source:
        assert np.asarray(recipe.apply(source)[0]).shape == (ROWS, 12, 12, 3)


def test_a_model_of_a_table_of_text_takes_names_for_text(beside, tmp_path):
    (beside / "images").rename(tmp_path.parent / f"{tmp_path.name}-away")
    source = opened(beside)
    recipe = prepare(source, spec(**{"fit.x": ["age"], "model.kind": "mlp"}), base=beside,
                     seed=0).recipe  # fmt: skip
    (tmp_path.parent / f"{tmp_path.name}-away").rename(beside / "images")
    with open_as_trained(recipe, {"file": "labels.csv"}, beside, notes=[]) as later:
        assert not later.column("scan").shape


def test_a_changed_picture_changes_the_fingerprint_and_the_table_alone_does_not_tell(beside):
    before = opened(beside).fingerprint()
    assert before["pictures"]["files"] == ROWS
    assert same_content(before, opened(beside).fingerprint())
    assert not untouched(before, beside / "labels.csv")
    picture(77).save(beside / "images" / "p3.png")
    assert not same_content(before, opened(beside).fingerprint())
