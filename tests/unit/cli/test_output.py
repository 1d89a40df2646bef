"""What stands in names of folders and in files never gives orders to a terminal."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fitstudio.cli import command, output, program
from fitstudio.declared.run_spec import RunSpec
from fitstudio.project import Project
from tests.recorded_project import add_run

ORDER = "\x1b[2J"
ODD = [
    chr(code)
    for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160), 0x61C, 0x202E, 0x2066)
]
CLI = Path(program.__file__).parent


@pytest.mark.parametrize("odd", [*ODD, "\udcff"])
def test_orders_are_shown_and_not_given(odd: str, capsys: pytest.CaptureFixture):
    output.say(f"a{odd}b")
    assert capsys.readouterr().out == f"a\\u{ord(odd):04x}b\n"


def test_text_for_people_and_json_stay_as_they_are(capsys: pytest.CaptureFixture):
    output.say("µm – naïve 日本 \U0001f600")
    assert capsys.readouterr().out == "µm – naïve 日本 \U0001f600\n"
    value = {"name": f"a\x9b{ORDER}\u202e", "lines": "a\n\tb"}
    for indent in (None, 2):
        output.say_json(value, indent=indent)
        assert json.loads(capsys.readouterr().out) == value


@pytest.mark.parametrize(("text", "line"), [("a\nb", "a\\nb"), ("a\r\n\tb", "a\\r\\n\\tb")])
def test_what_is_said_is_one_line(text: str, line: str, capsys: pytest.CaptureFixture):
    output.say(text)
    output.complain(text)
    command.print_table(["Run", "State"], [[text, "done"]], right=frozenset())
    told = capsys.readouterr()
    assert told.err == f"{line}\n"
    assert told.out.splitlines() == [line, f"{'Run':{len(line)}}  State", f"{line}  done"]


def test_no_command_prints_past_this_door():
    """Names from outside are made safe in one place; whoever prints elsewhere would miss it."""
    found = [
        f"{source.relative_to(CLI)}:{node.lineno}: {ast.unparse(node.func)}"
        for source in sorted(CLI.rglob("*.py"))
        if source.name != "output.py"
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (
            ast.unparse(node.func) in ("print", "terminal.say", "os.write")
            or ast.unparse(node.func).endswith((".write", ".writelines"))
            or (
                ast.unparse(node.func) == "input"
                and any(
                    ast.unparse(word.value).partition("(")[0] != "shown"
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call)
                    for word in call.keywords
                )
            )
        )
    ]

    assert found == []


@pytest.mark.skipif(os.name == "nt", reason="the words of another shell")
@pytest.mark.parametrize(
    "name", ["a b", "it's", 'say "x"', "$(touch made)", "`touch made`", "a\\b", "!!", "*", "-x"]
)
def test_a_folder_in_a_command_to_copy_is_only_a_name(name: str, tmp_path: Path):
    said = subprocess.run(
        ["sh", "-c", f"printf %s {output.as_word(name)}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_folder_and_the_files_in_it_give_no_orders(tmp_path: Path, capsys: pytest.CaptureFixture):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\x1b[2J\nOURS\xff"))
    assert program.main(["new", str(folder), "--example", "penguins"]) == 0
    shutil.rmtree(folder)
    with Project.create(folder, name=ORDER, settings=RunSpec()) as project:
        add_run(project, 1, title=ORDER, note=ORDER + "\nOURS")
        add_run(project, 2, outcome="failed", reason=ORDER)
    (folder / "project.lock").write_text(
        json.dumps({"pid": 7, "host": ORDER, "since": 1.78e9, "program": ORDER})
    )
    for words in (["runs"], ["show", "1"], ["show", "2"], ["show", "1", "--json"], ["stop", "1"]):
        program.main([words[0], str(folder), *words[1:]])
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert not [each for each in (told.out + told.err).splitlines() if each.startswith("OURS")]
    assert "\\u001b[2J" in told.out
