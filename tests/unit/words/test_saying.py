"""Sentences through the one door: filled, translated, kept, said again."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

from fitstudio import resources
from fitstudio.words import PSEUDO, Said, available, current, say, say_count, use
from fitstudio.words.language import VARIABLE, Catalogue, at_start
from fitstudio.words.saying import marked, said_again, say_marked, sentences

GERMAN = Catalogue(
    "de",
    {"{part} of {rows} check it.": "{rows}, davon {part} zur Prüfung."},
    {"{number} rows": ("{number} Zeile", "{number} Zeilen")},
    lambda number: 0 if number == 1 else 1,
)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fitstudio.words.language._in_use", GERMAN)


def rows(number: int) -> Said:
    return say_count(number, "{number} row", "{number} rows")


def test_english_is_what_the_template_says() -> None:
    assert rows(1) == "1 row"
    assert rows(12345) == "12,345 rows"
    assert (
        say("{part} of {rows} check it.", part="20 %", rows=rows(5)) == "20 % of 5 rows check it."
    )


def test_another_language_takes_its_own_order_and_plurals(german: None) -> None:
    said = say("{part} of {rows} check it.", part="20 %", rows=rows(5))
    assert said == "5 Zeilen, davon 20 % zur Prüfung."
    assert rows(1) == "1 Zeile"


def test_what_is_kept_in_english_is_said_in_another_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = say("{part} of {rows} check it.", part="20 %", rows=rows(5))
    kept = json.loads(json.dumps(said.to_json()))
    assert said_again(kept, str(said)) == said
    monkeypatch.setattr("fitstudio.words.language._in_use", GERMAN)
    assert said_again(kept, str(said)) == "5 Zeilen, davon 20 % zur Prüfung."


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        {"template": 3, "values": {}},
        {"template": "{a}", "values": {}},
        {"template": "{a", "values": {"a": 1}},
        {"template": "{a.__class__}", "values": {"a": 1}},
        {"template": "{a:>999999999}", "values": {"a": 1}},
        {"template": "{a}", "values": {"a": None}},
        {"template": "{a}", "values": {"a": {"template": "{a}", "values": 7}, "b": []}},
    ],
)
def test_what_anyone_wrote_falls_back_to_the_english_beside_it(kept: object) -> None:
    assert said_again(kept, "the English") == "the English"


def test_a_copy_remembers_what_it_says() -> None:
    said = say("{a} and {b}", a=1, b="two")
    for again in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301 - our own
        assert again == "1 and two"
        assert again.to_json() == said.to_json()


def test_the_pseudo_language_marks_what_went_through_the_door() -> None:
    before = current()
    with use(PSEUDO):
        said = say("{rows} train `fitstudio` {{so}}.", rows=rows(2))
        assert said == "⟦⟦2 ŕòŵś··⟧ ťŕàìń `fitstudio` {śò}.···⟧"
        assert said.english == "2 rows train `fitstudio` {so}."
    assert current() is before


def test_a_language_without_catalogue_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(ValueError, match=r"'tlh'.*there are: en"):
        use("tlh")


def test_a_catalogue_file_is_read_with_its_plurals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "pl.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || '
        'n%100>=20) ? 1 : 2);\\n"\n\n'
        'msgid "{number} row"\nmsgid_plural "{number} rows"\n'
        'msgstr[0] "{number} wiersz"\nmsgstr[1] "{number} wiersze"\nmsgstr[2] "{number} wierszy"\n'
        '\nmsgid "Ready."\nmsgstr "Gotowe."\n\n#, fuzzy\nmsgid "Stop"\nmsgstr "Nie"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(resources, "path", lambda *parts: tmp_path.joinpath(*parts))
    assert available() == ("en", "pl")
    with use("pl"):
        assert [rows(number) for number in (1, 3, 5)] == ["1 wiersz", "3 wiersze", "5 wierszy"]
        assert say("Ready.") == "Gotowe."
        assert say("Stop") == "Stop", "what nobody has looked over yet stays English"


def test_what_stands_in_a_table_is_said_when_it_is_shown(german: None) -> None:
    text = marked("{part} of {rows} check it.")

    assert text == "{part} of {rows} check it."
    assert say_marked(text) == "{rows}, davon {part} zur Prüfung."
    assert say_marked("") == ""


def test_english_can_be_gone_back_to(german: None) -> None:
    with use("en"):
        assert rows(2) == "2 rows"
    assert rows(2) == "2 Zeilen"


def test_english_has_a_form_for_one_and_a_form_for_all_others() -> None:
    assert [current().form(number) for number in (0, 1, 2)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("asked", "language"), [("", "en"), ("tlh", "en"), ("broken", "en"), (PSEUDO, PSEUDO)]
)
def test_what_the_environment_asks_for_never_hinders_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, language: str
) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "broken.po").write_bytes(b"\xff\xfe no catalogue")
    monkeypatch.setattr(resources, "path", lambda *parts: tmp_path.joinpath(*parts))
    assert at_start({VARIABLE: asked}).language == language


def test_sentences_stand_behind_each_other_and_can_be_said_again() -> None:
    both = sentences(say("It has {rows}.", rows=rows(3)), "", say("All train."))

    assert isinstance(both, Said)
    assert both == both.english == "It has 3 rows. All train."
    assert said_again(both.to_json(), "") == both
    assert sentences("", "Alone.") == "Alone."
    assert sentences("", "") == ""
