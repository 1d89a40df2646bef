"""Sentences in files: English for everyone, and what they were made of for those who know it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.errors import DataError
from fitstudio.journal import events
from fitstudio.storage import checked
from fitstudio.words import PSEUDO, Said, heard, kept, say, say_count, use
from fitstudio.words.tables import Spoken


def gaps(rows: int = 3) -> Said:
    return say_count(rows, "{number} row has gaps in {name}.", "{number} rows have gaps in {name}.",
                     name="width")  # fmt: skip


def test_a_file_holds_the_english_whatever_language_is_in_use():
    with use(PSEUDO):
        written = json.loads(json.dumps(kept({"sentence": gaps(), "code": "data.gaps"})))

    assert written["sentence"] == "3 rows have gaps in width."
    assert heard(written)["sentence"] == written["sentence"]
    with use(PSEUDO):
        assert heard(written)["sentence"] == str(gaps())


def test_a_finding_is_said_again_with_its_remedy():
    finding = Finding("data.gaps", Severity.ADVICE, "data.file", gaps(1), Fix(say("Fill in"), {}))
    written = json.loads(json.dumps(finding.to_json()))

    assert written["sentence"] == "1 row has gaps in width."
    assert Finding.from_json(written) == finding
    with use(PSEUDO):
        again = Finding.from_json(written)
        assert (again.sentence, again.fix and again.fix.sentence) == (gaps(1), say("Fill in"))


def test_an_error_tells_another_process_what_it_is_made_of():
    told = DataError(gaps(), remedy=say("Fill them in."), code="data.gaps").to_json()

    assert (told["message"], told["remedy"]) == ("3 rows have gaps in width.", "Fill them in.")
    assert set(told["said"]) == {"message", "remedy"}


def test_a_line_of_the_journal_is_said_again():
    fields = {"type": "message", "seq": 1, "time": 2.0, "level": "info", "code": "data.gaps"}
    line = events.to_line(fields | {"sentence": gaps()})

    (event,) = events.from_lines([line.rstrip(b"\n")]).events
    assert event.fields["sentence"] == "3 rows have gaps in width."
    with use(PSEUDO):
        (event,) = events.from_lines([line.rstrip(b"\n")]).events
        assert event.fields["sentence"] == str(gaps())


def test_an_old_line_of_the_journal_is_read_as_it_is():
    fields = {"type": "message", "seq": 1, "time": 2.0, "level": "info", "code": "data.gaps"}
    line = events.to_line(fields | {"sentence": "Three rows have gaps."})

    with use(PSEUDO):
        (event,) = events.from_lines([line.rstrip(b"\n")]).events
    assert event.fields["sentence"] == "Three rows have gaps."


@pytest.mark.parametrize(
    "said",
    [
        None,
        {"sentence": {"template": "{a.__class__}", "values": {"a": 1}}},
        {"sentence": {"template": "{a:>999999999}", "values": {"a": 1}}},
        {"other": {"template": "boo", "values": {}}},
        {"sentence": 7},
        {"sentence": {"template": "other words", "values": {}}},
    ],
)
def test_what_anyone_wrote_into_a_file_has_no_power(said: object):
    assert heard({"sentence": "the English", "said": said})["sentence"] == "the English"


def test_what_is_said_anew_takes_the_place_of_what_was_kept():
    told = DataError(gaps(), remedy=say("Fill them in.")).to_json()
    told["message"] = "Out of memory."
    written = kept(told | {"remedy": say("Close other programs.")})

    assert written["said"]["remedy"]["template"] == "Close other programs."
    with use(PSEUDO):
        again = heard(written)
        assert again["message"] == "Out of memory."
        assert again["remedy"] == say("Close other programs.")


def test_only_names_of_ours_are_kept_with_what_they_are_made_of():
    by_column = {"greyed": {"width": gaps()}}

    assert kept(by_column) == {"greyed": {"width": "3 rows have gaps in width."}}


def test_a_sentence_holds_on_to_nothing_but_words_and_numbers():
    said = say("{problem} in {place}: {share}", problem=OSError("gone"), place=None, share=1.5)

    assert said.values == {"problem": "gone", "place": "None", "share": 1.5}
    assert json.loads(json.dumps(say("{x}", x=float("inf")).to_json()))["values"] == {"x": "inf"}


def test_dataclasses_are_written_as_before_but_for_what_stands_beside():
    @dataclass
    class Guess(checked.Plain):
        label: str
        places: tuple[int, ...]

    written = Guess(say("Names in line {line}", line=2), (1, 2)).to_json()

    assert written.pop("said")["label"]["values"] == {"line": 2}
    assert written == {"label": "Names in line 2", "places": [1, 2]}


def test_a_table_is_kept_in_english_and_read_in_the_language_in_use():
    @dataclass(frozen=True)
    class Row:
        title: Spoken = Spoken()
        more: Spoken = Spoken("")

    row = Row("Adam")
    assert (row.title, row.more) == ("Adam", "")
    with use(PSEUDO):
        assert (row.title, row.more) == (say("Adam"), "")
    with pytest.raises(TypeError):
        Row()  # pyright: ignore[reportCallIssue]


def test_an_earlier_memory_of_other_sentences_is_kept_beside() -> None:
    from fitstudio.words.keeping import SAID

    written = kept({"sentence": gaps(), SAID: {"title": {"template": "Rows", "values": {}}}})
    assert set(written[SAID]) == {"sentence", "title"}


def test_lists_of_things_are_heard_one_by_one() -> None:
    assert heard([kept({"sentence": gaps()}), {"rows": [1, 2]}])[0]["sentence"] == gaps()
    assert kept([gaps()]) == [gaps()]


def test_each_note_of_a_list_is_said_again_and_plain_text_stays():
    with use(PSEUDO):
        written = json.loads(json.dumps(kept({"notes": [gaps(1), "Own words.", gaps()]})))

    assert written["notes"] == [
        "1 row has gaps in width.", "Own words.", "3 rows have gaps in width."
    ]  # fmt: skip
    with use(PSEUDO):
        assert heard(written)["notes"] == [str(gaps(1)), "Own words.", str(gaps())]
    # An older file has the English alone; one that was changed is read as it is.
    old = {"notes": ["1 row has gaps in width."]}
    changed = written | {"notes": ["Changed.", "Own words.", 5, "One more."]}
    with use(PSEUDO):
        assert heard(old) == old
        assert heard(changed)["notes"] == ["Changed.", "Own words.", 5, "One more."]
        assert heard(written | {"notes": "no list"})["notes"] == "no list"
        assert heard(written | {"said": {"notes": "no list"}})["notes"] == written["notes"]


@dataclass(frozen=True)
class Report(checked.Plain):
    notes: tuple[str, ...] = ()


def test_the_notes_of_a_declared_value_are_said_again():
    written = json.loads(json.dumps(Report((gaps(), "Own words.")).to_json()))

    assert written["notes"] == ["3 rows have gaps in width.", "Own words."]
    assert "said" not in Report(("Own words.",)).to_json()
    assert Report.from_json({"notes": ["Older."]}) == Report(("Older.",))
    with use(PSEUDO):
        assert Report.from_json(written).notes == (str(gaps()), "Own words.")
