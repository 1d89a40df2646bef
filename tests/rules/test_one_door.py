"""Everything that is written goes through `fitstudio.storage`, where faults can be tried."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "fitstudio"
SOURCES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "storage" not in path.relative_to(PACKAGE).parts
]
# Methods of paths and modules that change the disk. `replace` and `rename` of a path are not told
# apart from those of text and tables by name alone, so only the modules' own are looked for.
WRITING_METHODS = {"write_text", "write_bytes", "touch", "rmdir", "unlink", "mkdir", "symlink_to"}
WRITING_CALLS = {
    "os.replace", "os.rename", "os.remove", "os.unlink", "os.mkdir", "os.makedirs", "os.rmdir",
    "os.truncate", "shutil.rmtree", "shutil.move", "shutil.copy", "shutil.copy2",
    "shutil.copyfile", "shutil.copytree",
}  # fmt: skip


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        name = called.rpartition(".")[2]
        through_storage = called.startswith(("storage.", "atomic.", "ops.", "disk.", "folder."))
        by_name = called in WRITING_CALLS or name in WRITING_METHODS
        by_mode = name == "open" and any(set(mode) & set("wax") for mode in _mode(node))
        if (by_name and not through_storage and ".ops." not in called) or by_mode:
            yield node.lineno, called


def _mode(node: ast.Call) -> list[str]:
    method = isinstance(node.func, ast.Attribute)
    given = node.args[0 if method else 1 :][:1]
    given += [each.value for each in node.keywords if each.arg == "mode"]
    return [
        each.value
        for each in given
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and len(each.value) <= 3
    ]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_writes_past_the_storage_layer(source: Path):
    found = [
        f"line {line}: {called}" for line, called in writes(ast.parse(source.read_text("utf-8")))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("path.write_text(x)", True),
        ("open(path, 'w')", True),
        ("path.open('ab')", True),
        ("path.open(mode='x')", True),
        ("shutil.rmtree(path)", True),
        ("path.open('rb')", False),
        ("open(path)", False),
        ("atomic.write_text(path, x)", False),
        ("ops.current().mkdir(path)", False),
    ],
)
def test_the_rule_catches_what_it_should(line: str, caught: bool):
    assert bool(list(writes(ast.parse(line)))) == caught
