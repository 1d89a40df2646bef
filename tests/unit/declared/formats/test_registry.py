"""The registry of formats: complete, honest, and the one place that knows an ending."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fitstudio
from fitstudio import resources
from fitstudio.data.formats.readers import READERS
from fitstudio.declared.formats.foreign import FOREIGN
from fitstudio.declared.formats.format import Foreign, Format
from fitstudio.declared.formats.kinds import TextChoice
from fitstudio.declared.formats.registry import (
    FORMATS,
    check_options,
    format_by_ending,
    parse_option,
    recognise,
)
from fitstudio.declared.kinds.values import Choice, Flag, Option, Real
from fitstudio.errors import DataError

OPTIONS = [(format, option) for format in FORMATS.values() for option in format.params]


def called(case):
    return f"{case[0].name}-{case[1].name}"


def test_every_format_has_a_reader_and_back():
    assert list(FORMATS) == list(READERS)
    for name, format in FORMATS.items():
        assert name == format.name
        assert (READERS[name]().tree is not None) == format.has_tree


def test_no_ending_belongs_to_two():
    endings = [ending for each in (*FORMATS.values(), *FOREIGN) for ending in each.endings]
    assert len(set(endings)) == len(endings)
    assert all(re.fullmatch(r"\.[a-z0-9]+", ending) for ending in endings)


@pytest.mark.parametrize("case", OPTIONS, ids=called)
def test_every_option_explains_itself_and_reads_what_it_shows(case):
    _, option = case
    assert option.key == f"data.options.{option.name}"
    assert option.title and option.help.endswith(".")
    assert option.check(option.default) is None
    values = [True, False] if isinstance(option.kind, Flag) else []
    if isinstance(option.kind, Choice):
        values = [each.value for each in option.kind.options]
    for value in values:
        assert option.kind.parse(option.kind.show(value)) == value


@pytest.mark.parametrize("case", OPTIONS, ids=called)
def test_what_an_option_cannot_be_is_refused_with_what_it_is(case):
    format, option = case
    for wrong in ({"a": 1}, [[1]], "3.5 m" if isinstance(option.kind, Real) else 3.5, object()):
        with pytest.raises(DataError) as caught:
            check_options(format, {option.name: wrong})
        assert caught.value.code == "data.option"
        assert caught.value.message.startswith(f"The option {option.name} of the file cannot be ")
        assert caught.value.remedy == f"It is {option.kind.say()}."


@pytest.mark.parametrize("case", OPTIONS, ids=called)
def test_an_option_that_there_is_not_is_named_with_the_one_meant(case):
    format, option = case
    with pytest.raises(DataError, match="Did you mean") as caught:
        check_options(format, {f"{option.name}x": 1})
    assert caught.value.code == "data.option-unknown"
    assert option.name in str(caught.value.remedy)


def test_the_page_on_data_files_names_every_option():
    page = resources.path("help", "data-files.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", page))))
    assert not {option.name for _, option in OPTIONS} - words
    table = page[page.index("## Tables") : page.index("## Arrays")]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.M)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {option.name for option in FORMATS["table"].params}


@pytest.mark.parametrize(
    "name, head, found",
    [
        ("a.csv", b"a,b\n1,2\n", "table"),
        ("a", b"a,b\n", "table"),
        ("a.npz", b"PK\x03\x04....", "npz"),
        ("a.zip", b"PK\x03\x04....x.npy", "npz"),
        ("a.dat", b"\x89HDF\r\n\x1a\n", "hdf5"),
        ("a.mat", b"MATLAB 7.3 MAT-file", "hdf5"),
        ("a.npy", b"junk", "npy"),
        ("a.NXS", b"junk", "hdf5"),
        ("a.zip", b"PK\x03\x04....", "table"),
        ("a.xlsx", b"PK\x03\x04....", "table"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "table"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "an old Office document"),
        ("a.csv.gz", b"\x1f\x8b\x08", "table"),
        ("a.csv", b"PAR1", "columnar"),
        ("a.feather", b"ARROW1", "columnar"),
        ("a.feather", b"FEA1", "a Feather file of version 1"),
        ("a.mat", b"MATLAB 5.0 MAT-file", "matlab"),
        ("a.mat", b"MATLAB 7.0 MAT-file, HDF5 schema 0.5", "hdf5"),
        ("a.mat", b"\x00\x00\x00\x00", "matlab"),
        ("a.npy", b"\x80\x04\x95", "a Python pickle, which could run code"),
    ],
)
def test_a_file_is_known_by_its_first_bytes_then_by_its_ending(name, head, found):
    what = recognise(name, head)
    assert (what.what if isinstance(what, Foreign) else what.name) == found


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda each: each.what)
def test_every_foreign_file_has_a_way_out(foreign):
    ending = foreign.endings[0] if foreign.endings else ".dat"
    for start in foreign.starts:
        assert recognise(f"a{ending}", start) is foreign
    assert foreign.remedy.endswith(".")


@pytest.mark.parametrize(
    "file, name, text, value",
    [
        ("a.csv", "separator", ";", ";"),
        ("a.csv", "separator", "tab", "\t"),
        ("a.csv", "separator", "\\t", "\t"),
        ("a.csv", "separator", '"\\t"', "\t"),
        ("a.csv", "separator", " ", " "),
        ("a.csv", "separator", "", ""),
        ("a.csv", "separator", "^", "^"),
        ("a.csv", "decimal", "comma", ","),
        ("a.csv", "decimal", '","', ","),
        ("a.csv", "thousands", " ", " "),
        ("a.csv", "encoding", "koi8-r", "koi8-r"),
        ("a.csv", "header_line", "3", 3),
        ("a.csv", "row_names", "yes", True),
        ("a.csv", "missing", "-999,-1", ["-999", "-1"]),
        ("a.npz", "missing", "-999,-1", [-999.0, -1.0]),
        ("a.npz", "missing", "[-9999]", [-9999.0]),
        ("a.dat", "group", "run1", "run1"),
        ("a.dat", "column_starts", "1, 16", [1, 16]),
        ("a.h5", "datasets", "a/x, a/y", ["a/x", "a/y"]),
    ],
)
def test_options_are_typed_as_their_kind_reads_them(file, name, text, value):
    assert parse_option(name, text, format=None, file=file) == value


@pytest.mark.parametrize("text", ["tabs", "..", "1"])
def test_a_mark_that_cannot_be_is_refused(text):
    with pytest.raises(DataError, match=r"It is '\.' or ','\."):
        parse_option("decimal", text, format=FORMATS["table"], file="")


def test_only_offered_texts_where_no_other_is_allowed():
    kind = TextChoice((Option("", "Nothing"), Option("skip", "Leave out")))
    assert kind.check("skip") is None and kind.check("") is None
    assert kind.check("x") == "must be nothing or 'skip', not 'x'"


def test_a_name_alone_lets_expect_a_format():
    assert format_by_ending("A.H5") is FORMATS["hdf5"]
    assert format_by_ending("notes") is FORMATS["table"]
    assert all(isinstance(each, Format) for each in FORMATS.values())


def test_nothing_outside_the_registry_knows_the_ending_of_a_data_file():
    package = Path(fitstudio.__file__).parent
    endings = "|".join(
        re.escape(ending) for each in FORMATS.values() for ending in each.endings if ending
    )
    pattern = re.compile(rf"""["*]({endings})["\s]""")
    allowed = {
        "data/formats/numpy_files/npz.py",  # the members of the archive
        "data/formats/containers/archive.py",  # likewise
        "actions/models/exporting.py",  # what is taken out of a run
        "cli/commands/export.py",  # likewise
        "gui/pages/predict/page.py",  # answers are saved as a text table or a workbook
        "worker/jobs/answer_file.py",  # likewise
    }
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
        and not path.is_relative_to(package / "declared/formats")
    }
    assert found <= allowed
