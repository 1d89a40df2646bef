"""Text in every encoding that files come in; a character is never replaced."""

from __future__ import annotations

import pytest

from fitstudio.data.formats.text.encoding import find_encoding, to_utf8
from fitstudio.data.source import open_source
from fitstudio.errors import DataError

GERMAN = "Größe;Länge;Anmerkung\n1,5;2,5;für Öl\n3,5;4,5;süß und ähnlich\n"
CHINESE = "样品,浓度,备注\n甲,1.5,正常\n乙,2.5,需要重新测量\n丙,3.5,数据可靠\n"
RUSSIAN = "образец,масса,примечание\nпервый,1.5,норма\nвторой,2.5,повторить измерение\n"
JAPANESE = "サンプル,値,メモ\nあれ,1.5,これはテストです\nそれ,2.5,とても良いデータ\n"


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8-sig"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (GERMAN, "utf-32", "utf-32"),
        (GERMAN, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (RUSSIAN, "cp1251", "cp1251"),
        (JAPANESE, "shift_jis", "shift_jis"),
        ("T [°C];µ\n1;2\n", "cp1252", "cp1252"),
        ("plain,text\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found(text, encoding, expected):
    data = text.encode(encoding)
    guess = find_encoding(data)

    assert guess.encoding == expected
    assert to_utf8(data, guess.encoding, file="a.csv").decode() == text


def test_code_pages_are_shown_as_unsure():
    assert not find_encoding(GERMAN.encode("cp1252")).sure
    assert find_encoding(GERMAN.encode("utf-8")).sure


def test_one_foreign_byte_at_the_end_of_a_long_file_is_noticed(opened):
    source = opened(b"a,b\n" + b"1,2\n" * 50_000 + "3,Öl\n".encode("cp1252"))

    assert source.text("b")[-1] == "Öl"


def test_whole_tables_survive_their_encoding(opened):
    for text, encoding in ((GERMAN, "cp1252"), (CHINESE, "gb18030"), (GERMAN, "utf-16")):
        source = opened(text.encode(encoding))
        assert source.names[0] == text[: len(source.names[0])]
        assert source.rows == text.count("\n") - 1


def test_a_wrong_encoding_is_refused_with_the_line(opened):
    with pytest.raises(DataError, match="line 2"):
        opened("a;b\n1;Öl\n".encode("cp1252"), options={"encoding": "utf-8"})


def test_an_encoding_can_be_chosen(opened):
    source = opened("Größe;b\n1;2\n3;4\n".encode("cp850"), options={"encoding": "cp850"})

    assert source.names[0] == "Größe"


def test_a_file_of_two_programs_is_read_line_by_line(tmp_path):
    words = ["Müller", "Öl", "Straße"]
    lines = [f"{number},{words[number % 3]}" for number in range(40)]
    data = b"n,name\n" + b"".join(
        (line + "\r\n").encode("cp1252" if number in (7, 30) else "utf-8")
        for number, line in enumerate(lines)
    )
    guess = find_encoding(data)
    assert guess.encoding == "utf-8+cp1252"
    assert not guess.sure
    assert "line 9, 32" in guess.sentence
    assert to_utf8(data, guess.encoding, file="a.csv").decode().split() == ["n,name", *lines]
    (tmp_path / "a.csv").write_bytes(data)
    with open_source({"file": "a.csv"}, tmp_path) as source:
        assert {label for label, _ in source.column("name").classes} == set(words)
        again = {"file": "a.csv", "options": {"encoding": source.options["encoding"]}}
    with open_source(again, tmp_path) as source:
        assert source.rows == 40


def test_one_word_that_happens_to_fit_makes_no_mixture():
    # Two letters of Windows-1252 that stand for one of UTF-8.
    data = "a;b\nÃ¼;1\n".encode("cp1252") + "für;2\nÖl;3\nsüß;4\n".encode("cp1252") * 5
    assert find_encoding(data).encoding == "cp1252"
