"""What stands in names of folders and in files never gives orders to a terminal."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from fitstudio.cli import output, program
from fitstudio.declared.run_spec import RunSpec
from fitstudio.project import Project
from tests.recorded_project import add_run

ORDER = "\x1b[2J"
ODD = [chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2066)]


@pytest.mark.parametrize("odd", [*ODD, "\udcff"])
def test_orders_are_shown_and_not_given(odd: str, capsys: pytest.CaptureFixture):
    output.say(f"a{odd}b")
    assert capsys.readouterr().out == f"a\\u{ord(odd):04x}b\n"


def test_text_for_people_and_json_stay_as_they_are(capsys: pytest.CaptureFixture):
    output.say("µm – naïve 日本 \U0001f600\tx\ny")
    assert capsys.readouterr().out == "µm – naïve 日本 \U0001f600\tx\ny\n"
    output.say(json.dumps({"name": f"a\x9b{ORDER}\u202e"}, ensure_ascii=False))
    assert json.loads(capsys.readouterr().out) == {"name": f"a\x9b{ORDER}\u202e"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_folder_and_the_files_in_it_give_no_orders(tmp_path: Path, capsys: pytest.CaptureFixture):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\x1b[2J\xff"))
    assert program.main(["new", str(folder), "--example", "penguins"]) == 0
    shutil.rmtree(folder)
    with Project.create(folder, name=ORDER, settings=RunSpec()) as project:
        add_run(project, 1, title=ORDER, note=ORDER)
        add_run(project, 2, outcome="failed", reason=ORDER)
    (folder / "project.lock").write_text(
        json.dumps({"pid": 7, "host": ORDER, "since": 1.78e9, "program": ORDER})
    )
    for words in (["runs"], ["show", "1"], ["show", "2"], ["show", "1", "--json"], ["stop", "1"]):
        program.main([words[0], str(folder), *words[1:]])
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert "\\u001b[2J" in told.out
