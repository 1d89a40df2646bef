"""The remedy of every finding does what it says, and one that confirms changes no value."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from fitstudio.data.columns.source import Source
from tests.unit.data.awkward_tables import TABLES, text

# These only settle how things are; whatever they say was so before.
SETTLES = ("data.unsure-", "data.unparsed")
EXTRA: dict[str, tuple[bytes, dict[str, Any]]] = {
    "bytes of doubtful encoding": ("name,v\nGröße,1\nMüll,2\nÄrger,3\n".encode("cp1252"), {}),
    "utf-16 without a mark": ("a,b\n1,2\n3,4\n5,6\n".encode("utf-16-le"), {}),
    "two doubts at once": (
        'größe,b\n"1,234",2\n"2,345",3\n"3,456",4\n'.encode("cp1252"), {},
    ),
    "thousands with points": (b"a;b\n1.234;1\n2.345;2\n3.456;3\n", {}),
    "thousands with spaces": (b"a;b\n1 234;1\n2 345;2\n3 456;3\n", {}),
    "thousands with apostrophes": (b"a;b\n1'234;1\n2'345;2\n3'456;3\n", {}),
    "doubtful decimals, units, row names": (
        b'"a";"b"\nmV;s\n' + b"".join(b'"%d";%d,234;%d\n' % (n, n, n) for n in range(1, 30)), {},
    ),
}  # fmt: skip
FILES = {name: (text(lines).encode(), {}) for name, lines in TABLES.items()} | EXTRA


def values(source: Source) -> dict[str, list[Any]]:
    """Everything that training could see of a file."""
    found = {}
    for name in source.names:
        column = source.scalars(name)
        shown = column.labels() if column.values is None else column.numbers()
        found[name] = [None if missing else value for value, missing in zip(
            shown.tolist(), column.missing().tolist(), strict=True
        )]  # fmt: skip
    return found


def reopened(opened, content: bytes, data: dict[str, Any], fix) -> Source:
    changed = dict(data)
    for key, value in fix.set.items():
        section, name = key.split(".")
        assert section == "data"
        changed[name] = value
    return opened(content, **changed)


@pytest.mark.parametrize("name", FILES)
def test_a_remedy_mends_what_was_found(opened, name):
    content, data = FILES[name]
    source = opened(content, **data)
    before = values(source)
    kinds = [(column.name, column.type) for column in source.columns]
    for finding in source.summary().findings:
        if finding.fix is None:
            continue
        after = reopened(opened, content, data, finding.fix)
        said = {each.sentence for each in after.summary().findings}
        assert finding.sentence not in said, finding.code
        same = values(after) == before
        if finding.code.startswith(SETTLES):
            assert same, finding
        else:
            renewed = [(column.name, column.type) for column in after.columns]
            assert not same or renewed != kinds or finding.severity == "error", finding
        if after.rows == source.rows and after.names == source.names:
            untold = [each for each in source.names if f"**{each}**" not in finding.sentence]
            changed = values(after)
            assert all(changed[each] == before[each] for each in untold), finding


@pytest.mark.parametrize("name", FILES)
def test_doubts_can_be_confirmed_in_any_order(opened, name):
    content, data = FILES[name]
    source = opened(content, **data)
    before = values(source)
    doubts = [f.code for f in source.summary().findings if f.code.startswith("data.unsure-")]
    for order in itertools.permutations(doubts):
        options: dict[str, Any] = {}
        for code in order:
            now = opened(content, options=options).summary().findings
            finding = next((each for each in now if each.code == code), None)
            if finding is not None:
                options = dict(finding.fix.set["data.options"])
        done = opened(content, options=options)
        assert values(done) == before
        assert not [f for f in done.summary().findings if f.code.startswith("data.unsure-")]


@pytest.mark.parametrize("name", FILES)
def test_the_options_of_a_source_read_the_same_again(opened, name):
    content, data = FILES[name]
    source = opened(content, **data)
    again = opened(content, options=source.options)
    assert values(again) == values(source)
    assert again.options == source.options
    assert [c.unit for c in again.columns] == [c.unit for c in source.columns]


def test_what_was_left_out_comes_back(opened):
    for name, option, count in (
        ("means below", "other_lines", 3), ("names again", "repeated_names", 3),
        ("a table below", "other_lines", 5), ("a note below", "other_lines", 1),
    ):  # fmt: skip
        content = text(TABLES[name])
        rows = opened(content).rows
        assert opened(content, options={option: "keep"}).rows == rows + count, name


def test_copies_are_left_out_when_asked(opened):
    content = text(TABLES["copies"])
    source = opened(content, options={"copies": "skip"})

    assert source.rows == 40
    assert np.array_equal(source.lines, np.arange(2, 42))
