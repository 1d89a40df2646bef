"""Folders of pictures: classes by folder, full depth, one size, unreadable files told."""

import pickle

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from fitstudio.data.fingerprint import fingerprint, quick_look
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

RNG = np.random.default_rng(0)


def points(height=12, width=16, channels=3, dtype=np.uint8):
    high = np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1000
    shape = (height, width, channels) if channels > 1 else (height, width)
    return (RNG.random(shape) * high).astype(dtype)


def save(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".tif", ".tiff"):
        tifffile.imwrite(path, values)
    elif values.dtype == np.uint16:
        path.write_bytes(imagecodecs.png_encode(values))
    else:
        Image.fromarray(values).save(path)
    return values


def opened(folder, **options):
    return open_source({"file": str(folder), "options": options}, folder.parent)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "cells"
    for kind in ("round", "long"):
        for n in range(12):
            save(made / kind / f"{n}.png", points())
    return made


def test_the_folder_of_a_picture_is_its_class_and_files_are_counted_as_people_do(folder):
    source = opened(folder)

    assert source.names == ("picture", "class", "file")
    assert source.column("class").classes == (("long", 12), ("round", 12))
    assert source.column("picture").shape == (12, 16, 3)
    assert source.cells("file", 0, 12) == [f"long/{n}.png" for n in range(12)]
    assert source.column("file").type == "id"


@pytest.mark.parametrize("ending", [".png", ".tif", ".bmp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_points_are_those_of_the_file(tmp_path, ending, channels):
    values = [save(tmp_path / "p" / f"{n}{ending}", points(channels=channels)) for n in range(3)]
    array = opened(tmp_path / "p").array("picture")

    for n, expected in enumerate(values):
        np.testing.assert_array_equal(array[n].squeeze(), expected)
    np.testing.assert_array_equal(array[[2, 0]][0].squeeze(), values[2])


@pytest.mark.parametrize("ending", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_stay_sixteen_bits(tmp_path, ending, channels):
    values = save(tmp_path / "p" / f"a{ending}", points(channels=channels, dtype=np.uint16))
    array = opened(tmp_path / "p").array("picture")

    assert array.dtype == np.uint16
    assert len(np.unique(values)) > 256 / 2
    np.testing.assert_array_equal(array[0].squeeze(), values)


def test_floats_and_pages_of_a_tiff_are_kept(tmp_path):
    pages = RNG.normal(size=(5, 12, 16)).astype(np.float32)
    tifffile.imwrite(_made(tmp_path / "p" / "a.tif"), pages, photometric="minisblack")
    source = opened(tmp_path / "p")

    assert source.column("picture").shape == (12, 16, 5)
    np.testing.assert_array_equal(source.array("picture")[0], np.moveaxis(pages, 0, -1))
    one = opened(tmp_path / "p", page=2)
    np.testing.assert_array_equal(one.array("picture")[0][:, :, 0], pages[1])


@pytest.mark.parametrize("mode, channels", [("1", 1), ("P", 3), ("LA", 2), ("RGBA", 4), ("L", 1)])
def test_every_kind_of_png_is_read(tmp_path, mode, channels):
    Image.fromarray(points()).convert(mode).save(_made(tmp_path / "p" / "a.png"))
    source = opened(tmp_path / "p", channels="stored")

    assert source.array("picture")[:].shape == (1, 12, 16, channels)
    assert opened(tmp_path / "p", channels="colour").array("picture")[:].shape[-1] == 3


def test_a_picture_taken_sideways_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    values = np.zeros((8, 20, 3), np.uint8)
    values[:, :10] = 255
    Image.fromarray(values).save(_made(tmp_path / "p" / "a.jpg"), exif=exif, quality=100)
    source = opened(tmp_path / "p")

    assert source.column("picture").shape == (20, 8, 3)
    shown = source.array("picture")[0]
    assert shown[:8].mean() > 200 and shown[12:].mean() < 50


def test_files_that_cannot_be_read_are_left_out_and_named(folder):
    whole = (folder / "long" / "1.png").read_bytes()
    (folder / "long" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "long" / "text.jpg").write_text("hello")
    Image.fromarray(points()).save(folder / "round" / "cut.jpg")
    jpeg = (folder / "round" / "cut.jpg").read_bytes()
    (folder / "round" / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    tiff = folder / "round" / "cut.tif"
    tifffile.imwrite(tiff, points())
    tiff.write_bytes(tiff.read_bytes()[:-50])
    source = opened(folder)
    told = " ".join(finding.sentence for finding in source.summary().findings)

    assert source.rows == 24
    assert "**4 pictures** cannot be read" in told
    assert all(name in told for name in ("cut.png", "text.jpg", "cut.jpg", "cut.tif"))


def test_a_file_that_is_damaged_inside_names_itself_when_it_is_read(folder):
    file = folder / "long" / "3.png"
    damaged = bytearray(file.read_bytes())
    damaged[60:90] = bytes(30)
    file.write_bytes(bytes(damaged))
    with pytest.raises(DataError, match=r"3\.png.*damaged"):
        opened(folder).array("picture")[:]


@pytest.mark.parametrize("fitting", ["stretch", "border", "crop"])
def test_pictures_of_several_sizes_are_brought_to_one(tmp_path, fitting):
    for n, (height, width) in enumerate([(40, 60), (60, 40), (64, 64)]):
        save(tmp_path / "p" / f"{n}.png", points(height, width))
    source = opened(tmp_path / "p", fitting=fitting)
    size = source.summary().guesses[0]

    assert source.array("picture")[:].shape == (3, 56, 56, 3)
    assert (size.value, size.sure) == ("56 x 56", False)
    assert opened(tmp_path / "p", size="20 x 10").column("picture").shape == (10, 20, 3)


def test_a_border_keeps_the_shape_and_a_cut_keeps_the_middle(tmp_path):
    values = np.zeros((20, 40), np.uint8)
    values[:, 10:30] = 200
    save(tmp_path / "p" / "a.png", values)
    cut = opened(tmp_path / "p", size="20 x 20", fitting="crop").array("picture")[0]
    border = opened(tmp_path / "p", size="40 x 40", fitting="border").array("picture")[0]

    assert (cut == 200).all()
    np.testing.assert_array_equal(border[10:30, :, 0], values)
    assert (border[:10, 10:30] == 200).all()


def test_grey_and_colour_are_told_and_can_be_chosen(tmp_path):
    save(tmp_path / "p" / "a.png", points(channels=1))
    save(tmp_path / "p" / "b.png", points(channels=3))
    assert opened(tmp_path / "p").column("picture").shape[-1] == 3
    assert opened(tmp_path / "p", channels="grey").array("picture")[:].shape[-1] == 1
    with pytest.raises(DataError, match="channels"):
        opened(tmp_path / "p", channels="stored").array("picture")[:]


def test_parts_are_told_from_classes(tmp_path):
    for part in ("train", "test"):
        for kind in ("a", "b"):
            for n in range(3):
                save(tmp_path / "p" / part / kind / f"{n}.png", points())
    source = opened(tmp_path / "p")

    assert source.names == ("picture", "class", "part", "file")
    assert source.column("part").classes == (("test", 6), ("train", 6))
    assert source.column("class").classes == (("a", 6), ("b", 6))


def test_folders_that_are_no_classes_can_be_told_so(folder):
    assert opened(folder, classes="none").names == ("picture", "file")


@pytest.mark.parametrize("size", ["wide", "0 x 5", "12", "12 x"])
def test_a_size_that_is_none_says_how_one_is_written(folder, size):
    with pytest.raises(DataError, match="128 x 128"):
        opened(folder, size=size)


def test_a_folder_without_pictures_says_what_is_wanted(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="without files that are one dataset"):
        opened(tmp_path / "empty")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_text("no picture")
    with pytest.raises(DataError, match="None of the pictures"):
        opened(tmp_path / "bad")


def test_links_out_of_the_folder_and_round_in_a_circle_are_not_followed(folder):
    (folder / "long" / "round again").symlink_to(folder, target_is_directory=True)
    assert opened(folder).rows == 24


def test_a_model_gets_what_the_form_says_and_later_pictures_are_brought_to_it(folder, tmp_path):
    spec = RunSpec(
        data={"file": str(folder), "options": {"size": "8 x 6"}},
        fit={"x": ["picture"], "y": ["class"]},
    )
    with opened(folder, size="8 x 6") as source:
        prepared = prepare(source, spec, base=tmp_path, seed=1)
    assert prepared.recipe.reading is not None
    assert prepared.recipe.reading.options["size"] == "8 x 6"
    later = tmp_path / "later"
    save(later / "x.png", points(30, 50))
    from fitstudio.data.preparing.as_trained.opening import open_as_trained

    with open_as_trained(prepared.recipe, {"file": str(later)}, tmp_path, notes=[]) as source:
        assert np.asarray(prepared.recipe.apply(source)[0]).shape == (1, 6, 8, 3)


def test_pictures_can_be_sent_to_another_process(folder):
    array = opened(folder).array("picture")
    again = pickle.loads(pickle.dumps(array))  # noqa: S301 - as the reader processes get it
    np.testing.assert_array_equal(again[3], array[3])


def test_a_folder_that_changed_is_noticed_and_a_copy_is_not(folder, tmp_path):
    before = fingerprint(folder)
    assert quick_look(folder) == (before["size"], before["mtime_ns"])
    copy = tmp_path / "copy"
    for file in folder.rglob("*.png"):
        (copy / file.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
        (copy / file.relative_to(folder)).write_bytes(file.read_bytes())
    assert fingerprint(copy)["sha256"] == before["sha256"]
    save(folder / "long" / "new.png", points())
    assert fingerprint(folder)["sha256"] != before["sha256"]


def _made(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
