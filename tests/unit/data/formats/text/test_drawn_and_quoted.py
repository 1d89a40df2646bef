"""What is drawn around a table is no part of it, and blanks beside quotes part nothing."""

from __future__ import annotations

import pytest

from fitstudio.data.formats.text.lines.ruled import undrawn
from fitstudio.data.formats.text.quotes import find_quote, parted_by_tabs, tightened

SAMPLES = [(n, f"{n + 0.25:.2f}", "ab"[n % 2]) for n in range(12)]


def drawn(form: str) -> list[str]:
    return [form.format(*sample) for sample in SAMPLES]


@pytest.mark.parametrize(
    "lines",
    [
        ["no,mass,kind", "---,---,---", *drawn("{},{},{}")],
        ["no;mass;kind", "-------------", *drawn("{};{};{}")],
        ["no  mass  kind", "==  ====  ====", *drawn("{}  {}  {}")],
        ["*** results ***", "no,mass,kind", "*****************", *drawn("{},{},{}")],
        [" no | mass | kind", "----+------+-----", *drawn(" {} | {} | {}"), "(12 rows)"],
        [
            "+--+--+--+", "| no | mass | kind |", "+--+--+--+",
            *drawn("| {} | {} | {} |"), "+--+--+--+",
        ],
        ["| no | mass | kind |", "|---:|-----:|:-----|", *drawn("| {} | {} | {} |")],
        [
            "no of run  mass mg  kind", "---------  -------  -----",
            *(f"run {n:<5}  {mass:>7}  {kind}" for n, mass, kind in SAMPLES),
        ],
    ],
)  # fmt: skip
def test_lines_that_are_drawn_are_neither_names_nor_samples(opened, lines):
    source = opened("\n".join(lines) + "\n")

    assert source.names[0].startswith("no")
    assert [name.split()[0] for name in source.names[1:]] == ["mass", "kind"]
    assert source.rows == 12
    assert source.scalars(source.names[1]).numbers().tolist() == [n + 0.25 for n, *_ in SAMPLES]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n---,---\n3,4\n",  # a sample without values
        "a,b,kind\n+,-,+\n-,-,+\n",
        "a,kind\n1,***\n2,**\n",
        "| a | b\n1,2\n",
    ],
)
def test_what_only_looks_drawn_stays(text):
    assert undrawn(text.encode()) == text.encode()


@pytest.mark.parametrize(
    "row",
    ['{}, "Miller, {}", {}', '"{}" ,"Miller, {}" ,"{}" ', ' "{}"; "Miller, {}"; "{}"',
     '"{}" "Miller, {}" {}', '"{}"\t "Miller, {}" \t{}'],
)  # fmt: skip
def test_blanks_beside_quotes_part_nothing(opened, row):
    head = row.replace("Miller, ", "").format("no", "name", "v")
    lines = [head, *(row.format(n, "AB"[n % 2], n / 4) for n in range(1, 10))]
    source = opened("\n".join(lines))

    assert list(source.names) == ["no", "name", "v"]
    assert source.scalars("v").numbers().tolist() == [n / 4 for n in range(1, 10)]
    assert source.scalars("name").labels()[:2].tolist() == ["Miller, B", "Miller, A"]


def test_blanks_inside_quotes_stay():
    assert tightened(b'1, " a, ""b"" ", 2\n', ",", '"') == b'1," a, ""b"" ", 2\n'
    assert parted_by_tabs(b'5" pipe  "a b"  3', '"') == b'5"\tpipe\t"a b"\t3'


def test_single_quotes_are_quotes_where_they_stand_around_cells(opened):
    source = opened("id,v,kind\n" + "".join(f"{n},'{n},5','a b'\n" for n in range(1, 7)))

    assert source.scalars("v").numbers().tolist() == [n + 0.5 for n in range(1, 7)]
    assert find_quote(["who,v", "'O'Neil',1", "'D'Arcy',2"]) == '"'
    assert find_quote(["who,v", "O'Neil,1", "D'Arcy,2"]) == '"'
