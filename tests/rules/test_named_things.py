"""A way out that is named exists: commands, flags, settings, buttons, menus and pages in sentences.

Looked through is every sentence that goes through `fitstudio.words`, and the pages that are written
by hand. What stands in a sentence as a place for a value is left to the tests of that value.
"""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from fitstudio.cli import COMMANDS, program
from fitstudio.cli.settings import typed_settings
from fitstudio.declared.parameters.registry import find_param
from fitstudio.errors import SpecError, UsageError
from fitstudio.gui.pages.registry import PAGES
from fitstudio.viewmodel.shell.commands import MENUS

ROOT = Path(__file__).resolve().parents[2]
PAGES_BY_HAND = [ROOT / "README.md", *sorted((ROOT / "resources" / "help").glob("*.md"))]
_DOOR = {"say", "say_count", "marked", "say_marked"}
_COMMAND = re.compile(r"`(fitstudio [^`]+)`")
_KEY = re.compile(r"(?<![\w./-])((?:fit|compile|data|model|run)\.[a-z_]+)\b(?![(/-])")
# Files and parts of the Python library that are written like settings, and a program of others.
_NO_KEYS = {"model.load_weights", "model.fit", "model.compile"}
_FILE_ENDINGS = (".json", ".py", ".lock", ".onnx", ".npz", ".csv")
_FLAGS_OF_OTHERS = {"--logdir"}
# Answers of a model, and words of the field that are no names in the window.
_NO_TITLES = {"yes", "no", "±"}
_WORDS_OF_THE_FIELD = {"recipe"}


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """File and text of everything that goes through the door as a literal."""
    return tuple(
        (source.relative_to(ROOT).as_posix(), word.value)
        for source in sorted((ROOT / "fitstudio").rglob("*.py"))
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _DOOR
        for word in node.args
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    )


@cache
def titles() -> frozenset[str]:
    """All that may be a name in the window, without the marks of access keys."""
    return frozenset(plain(text) for _, text in sentences()) | {entry.title for entry in PAGES}


def plain(text: str) -> str:
    return text.replace("&", "").strip(" .:…").casefold()


def code_of(page: Path) -> Iterator[str]:
    """The command lines of a page: in backticks, fenced, or set in."""
    text = page.read_text("utf-8")
    yield from _COMMAND.findall(re.sub(r"```.*?```", "", text, flags=re.S))
    for line in text.splitlines():
        if re.match(r"(?: {4})?fitstudio ", line):
            yield line.strip()


def problem_with(line: str) -> str | None:
    """Why a command line is none; a mention of the command alone is one."""
    words = shlex.split(re.sub(r"\{\w+\}", "x", line), comments=True)[1:]
    if "{command}" in line or words in (["[PROJECT]"], ["--help"], ["x"]):
        return None
    if len(words) == 1:
        return None if words[0] in COMMANDS else "there is no such command"
    words = ["1" if word == "RUN" else word for word in words if word != "…"]
    try:
        arguments, extra = program.build_parser().parse_known_args(words)
    except UsageError as problem:
        return problem.message
    except SystemExit:
        return None  # --help
    if not extra and "set" in arguments:
        try:
            typed_settings(arguments)
        except SpecError as problem:
            return problem.message
    return f"no use for {extra}" if extra else None


def test_every_command_that_is_named_can_be_typed() -> None:
    named = [(file, line) for file, text in sentences() for line in _COMMAND.findall(text)]
    named += [(page.name, line) for page in PAGES_BY_HAND for line in code_of(page)]
    assert len(named) > 40
    wrong = {f"{file}: {line}": why for file, line in named if (why := problem_with(line))}

    assert wrong == {}


def test_every_flag_that_is_named_is_one() -> None:
    parser = program.build_parser()
    subparsers = next(
        each for each in parser._actions if isinstance(each, argparse._SubParsersAction)
    )
    known = {*parser._option_string_actions, "--example", "--train", "--exit-when-done"}
    for subparser in subparsers.choices.values():
        known |= set(subparser._option_string_actions)
    found = [
        f"{file}: {flag}"
        for file, text in sentences()
        for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)
        if flag not in known | _FLAGS_OF_OTHERS
    ]

    assert found == []


def test_every_setting_that_is_named_is_one() -> None:
    named = [(file, key) for file, text in sentences() for key in _KEY.findall(text)]
    for page in PAGES_BY_HAND:
        code = "\n".join(re.findall(r"`([^`\n]+)`", page.read_text("utf-8")))
        named += [(page.name, key) for key in _KEY.findall(code)]
    assert len(named) > 40
    wrong = {
        f"{file}: {key}"
        for file, key in named
        if key not in _NO_KEYS and not key.endswith(_FILE_ENDINGS) and find_param(key) is None
    }

    assert wrong == set()


def test_every_setting_that_a_way_out_changes_is_one() -> None:
    wrong = [
        f"{source.relative_to(ROOT)}:{node.lineno}: {key.value}"
        for source in sorted((ROOT / "fitstudio").rglob("*.py"))
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Fix"
        for word in node.args
        if isinstance(word, ast.Dict)
        for key in word.keys
        if isinstance(key, ast.Constant) and find_param(str(key.value)) is None
    ]

    assert wrong == []


def test_every_name_in_the_window_is_there() -> None:
    """“Hold out”, **Stop now** in a sentence: a setting, a choice, a button or a menu's entry."""
    wrong = [
        f"{file}: {name}"
        for file, text in sentences()
        for name in (
            *re.findall(r"“([^”{]+)”", text),
            *re.findall(r"(?:press|choose|Press|Choose|under) \*\*([^*{]+)\*\*", text),
        )
        if plain(name) not in titles() | _NO_TITLES
    ]

    assert wrong == []


def test_every_page_and_menu_that_is_named_is_there() -> None:
    pages = {entry.title for entry in PAGES}
    menus = {re.sub("&", "", title) for title, _, _ in MENUS}
    wrong = [
        f"{file}: {text}"
        for file, text in sentences()
        if set(re.findall(r"on the ([A-Z]\w+) page", text)) - pages
        or set(re.findall(r"in the ([A-Z]\w+) menu", text)) - menus
    ]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES_BY_HAND, ids=lambda page: page.name)
def test_what_a_page_of_the_help_calls_by_name_is_in_the_window(page: Path) -> None:
    """*Train*, *Stop, keep best*: in the help and the README what is in italics is a name."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    text = re.sub(r"`[^`]*`|\*\*[^*]+\*\*|^\s*\* ", "", text, flags=re.M)
    names = re.findall(r"(?<![\w*])\*([A-Za-z][^*\n]*[\w.…])\*(?!\w)", " ".join(text.split("\n")))
    wrong = [each for each in names if plain(each) not in titles() | _WORDS_OF_THE_FIELD]

    assert wrong == []


def test_the_readme_counts_right() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    recorded = len(list((ROOT / "tests" / "conformance" / "cases").glob("*.json")))
    assert f"{recorded} recorded cases" in readme


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("fitstudio queue PROJECT --remove ID", False),
        ("fitstudio queue PROJECT --delete ID", True),
        ("fitstudio unpack PROJECT", True),
        ("fitstudio resume PROJECT", True),
        ("fitstudio continue", False),
        ("fitstudio train p --set fit.batch_size=64", False),
        ("fitstudio train p --set fit.batchsize=64", True),
    ],
)
def test_a_command_that_is_none_is_found(line: str, wrong: bool) -> None:
    assert bool(problem_with(line)) is wrong
