"""A file of the package holds one idea: none is longer than a reader keeps in mind.

The few that are stand in a list that may only shrink: whoever parts one takes it off, and a new one
does not get in.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "fitstudio"
LONGEST = 400

# Lines of the files that are longer still; each number may only become smaller.
LEFT: dict[str, int] = {
    "data/formats/text/other_lines.py": 410,
    "data/formats/text/table_findings.py": 475,
    "data/preparing/prepare.py": 419,
    "data/preparing/splitting.py": 408,
    "data/preparing/table_reading.py": 447,
    "declared/checks/data.py": 405,
    "declared/plain_words.py": 442,
    "gui/pages/data/page.py": 456,
    "viewmodel/data/page.py": 418,
    "viewmodel/results/page.py": 493,
}


def lengths(package: Path) -> dict[str, int]:
    """Lines of each file that is longer than it should be."""
    found = {
        source.relative_to(package).as_posix(): len(source.read_text("utf-8").splitlines())
        for source in package.rglob("*.py")
    }
    return {name: lines for name, lines in sorted(found.items()) if lines > LONGEST}


def test_no_file_is_longer_than_one_idea():
    too_long = {name: n for name, n in lengths(PACKAGE).items() if n > LEFT.get(name, LONGEST)}

    assert not too_long, f"part these into files of one idea each: {too_long}"


def test_the_list_of_long_files_only_shrinks():
    found = lengths(PACKAGE)
    shorter = {name: found.get(name, 0) for name, n in LEFT.items() if found.get(name, 0) < n}

    assert not shorter, f"the list has to say what is left of these: {shorter}"


def test_a_long_file_is_found(tmp_path: Path):
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "long.py").write_text("x = 1\n" * (LONGEST + 1), encoding="utf-8")
    (tmp_path / "room" / "short.py").write_text("x = 1\n" * LONGEST, encoding="utf-8")

    assert lengths(tmp_path) == {"room/long.py": LONGEST + 1}
