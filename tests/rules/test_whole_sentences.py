"""A sentence is one template with named values: nobody can reorder what is joined of pieces.

Looked for are `+`, f-strings and `join` around what was said. What only sets things side by side
(lines, bullets, tags around a text) is none; whole sentences go through `words.sentences`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "fitstudio"
_DOOR = {"say", "say_count", "say_marked", "counted", "listed", "sentences"}
# The door itself, and what makes pages in English (the help).
_EXEMPT = ("words/", "declared/help_pages.py")
_FUNCTIONS = (ast.FunctionDef, ast.Lambda)
# Beside each other, not in each other: lines, bullets, tags, marks of strong text.
_BESIDE = re.compile(r"^(?:\s*[·\n:|]\s*|</?\w+[^>]*>|\*\*|\n|\s{2,})*$")

# How many are left in each file; the numbers may only become smaller. None of them is a sentence:
# an ellipsis behind a list, the parts of a finding as a terminal sets them, filters of file
# dialogs, a name and its kind, a list of facts, a column of a table.
LEFT: dict[str, int] = {
    "cli/commands/new_check.py": 1,
    "data/formats/pictures/unreadable.py": 2,
    "data/formats/text/values/cell_units.py": 1,
    "data/preparing/learning/notes.py": 1,
    "data/preparing/as_trained/table_numbers.py": 1,
    "gui/pages/predict/export_dialog.py": 1,
    "gui/pages/start/recent_item.py": 1,
    "gui/pages/training/row.py": 1,
    "gui/widgets/data_file.py": 1,
    "storage/checked.py": 1,
    "viewmodel/monitor/epoch_table.py": 1,
}


# Templates that begin or end in the middle of a sentence, by file; likewise.
FRAGMENTS: dict[str, int] = {
    "cli/commands/control.py": 1,
    "cli/data_files.py": 1,
    "cli/misspelled.py": 1,
    "cli/program.py": 1,
    "data/formats/hdf5/reading.py": 1,
    "data/formats/hdf5/packed_values.py": 1,
    "data/formats/text/values/cell_units.py": 1,
    "data/formats/text/findings/table_findings.py": 1,
    "data/joining.py": 1,
    "data/preparing/parts/part_leaks.py": 1,
    "declared/catalogue/callback_words.py": 1,
    "declared/checks/data.py": 1,
    "declared/kinds/conditions.py": 3,
    "declared/kinds/entries.py": 1,
    "declared/kinds/spelling.py": 1,
    "engine/device.py": 2,
    "engine/loops/batch_end.py": 1,
    "engine/state/weight_files.py": 1,
    "project/run_files.py": 2,
    "storage/checked.py": 2,
    "worker/watching/not_finite.py": 2,
}
# Blanks in front or lines around set a terminal's page.
_FRAGMENT = re.compile(r"^(?:[,;.)]| \S)|[ ,;(]$")


def fragments(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each template that can only stand behind or before something else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in ("say", "say_count"):
            for each in node.args:
                if isinstance(each, ast.Constant) and _FRAGMENT.search(str(each.value)):
                    yield each.lineno, str(each.value)
                    break


def joints(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and code of each place that joins what was said to something else."""
    for function in ast.walk(tree):
        if isinstance(function, (*_FUNCTIONS, ast.Module)):
            nodes = list(_own(function))
            names = _said_names(nodes)
            for node in nodes:
                if _is_joint(node, names):
                    yield node.lineno, ast.unparse(node)  # type: ignore[attr-defined]


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Its nodes without those of the functions in it, which have names of their own."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node
            waiting += ast.iter_child_nodes(node)
        elif isinstance(node, ast.ClassDef):
            yield from _own(node)


def _said_names(nodes: list[ast.AST]) -> set[str]:
    names: set[str] = set()
    for _ in range(2):  # a name may get what another one has
        for node in nodes:
            if isinstance(node, ast.Assign) and _is_said(node.value, names):
                names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
            elif isinstance(node, ast.NamedExpr) and _is_said(node.value, names):
                names.add(node.target.id)
    return names


def _is_said(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.Call():
            return _called(node) in _DOOR
        case ast.IfExp():
            return _is_said(node.body, names) or _is_said(node.orelse, names)
        case ast.BoolOp():
            return any(_is_said(each, names) for each in node.values)
        case ast.Name():
            return node.id in names
        case ast.BinOp(op=ast.Add()):
            return _is_said(node.left, names) or _is_said(node.right, names)
    return False


def _is_joint(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.AugAssign(op=ast.Add()):
            return _is_said(node.value, names)
        case ast.BinOp(op=ast.Add()):
            return _is_said(node, names)
        case ast.JoinedStr():
            values = [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
            texts = [str(each.value) for each in node.values if isinstance(each, ast.Constant)]
            alone = len(values) == 1 and not "".join(texts).strip()
            beside = bool(texts) and all(_BESIDE.match(each) for each in texts)
            return not alone and not beside and any(_is_said(each, names) for each in values)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(glue)), attr="join")):
            parts = node.args[0]
            pieces = parts.elts if isinstance(parts, (ast.List, ast.Tuple)) else []
            return not _BESIDE.match(glue) and any(_is_said(each, names) for each in pieces)
    return False


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _found(look: Callable[[ast.AST], Iterator[tuple[int, str]]]) -> dict[str, list]:
    return {
        name: found
        for source in sorted(PACKAGE.rglob("*.py"))
        if not (name := source.relative_to(PACKAGE).as_posix()).startswith(_EXEMPT)
        and (found := list(look(ast.parse(source.read_text("utf-8")))))
    }


@pytest.mark.parametrize("look, left", [(joints, LEFT), (fragments, FRAGMENTS)])
def test_no_sentence_is_joined_of_pieces(look, left):
    found = _found(look)
    new = [
        f"{name}:{line}: {code}"
        for name, places in found.items()
        if len(places) > left.get(name, 0)
        for line, code in places
    ]
    fewer = Counter(left) - Counter({name: len(places) for name, places in found.items()})

    assert not new, "one template with named values each, please:\n" + "\n".join(new)
    assert not fewer, f"the list has to say that so many are gone: {dict(fewer)}"


@pytest.mark.parametrize(
    "source",
    [
        'text = say("One.") + say(" Two.")',
        'def f(): text = say("Saved"); text += say(", then closed"); return text',
        "text = f\"{count} {say('rows')}\"",
        'def f(): rest = say("more") if some else ""; return f"{name}, {rest}."',
        'text = ", ".join([say("one"), say("two")])',
        'def f(): rest = say("more"); return f"{name}{rest}"',
        'class A:\n    def f(self): return "The " + say("end")',
    ],
)
def test_a_joint_is_found(source: str):
    assert len(list(joints(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'text = say("{first} and {last}", first=say("one"), last=say("two"))',
        'text = sentences(say("One."), say("Two."))',
        "text = f\"**{say('strong')}**\"",
        'text = " · ".join([say("one"), say("two")])',
        "text = f\"{say('one')}\\n{say('two')}\"",
        'text = ", ".join(say("{name}", name=name) for name in names)',
    ],
)
def test_what_stands_side_by_side_is_none(source: str):
    assert list(joints(ast.parse(source))) == []


def test_a_fragment_is_found():
    tree = ast.parse('say(", starred"); say("Read it: "); say("{name}, starred"); say("…")')

    assert [text for _, text in fragments(tree)] == [", starred", "Read it: "]
