"""What a model takes and answers is asked of the task: nobody takes the first for the only one."""

from __future__ import annotations

import ast
from pathlib import Path

import fitstudio

PACKAGE = Path(fitstudio.__file__).resolve().parent
# The engine's batches are tuples of tensors, of which each has the batch's number of rows.
FREE = {PACKAGE / "engine"}
SLOTS = {"inputs", "outputs", "targets"}


def first_taken(tree: ast.AST) -> list[int]:
    """The lines that take the first of several inputs, outputs or targets."""
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == 0
        and _name(node.value) in SLOTS
    )


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def test_the_rule_finds_what_it_forbids() -> None:
    assert first_taken(ast.parse("task.inputs[0].shape\nx = targets[0]\nrows[0]")) == [1, 2]


def test_nobody_takes_the_first_slot_for_the_only_one() -> None:
    found = [
        f"{file.relative_to(PACKAGE)}:{line}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if not FREE & set(file.parents)
        for line in first_taken(ast.parse(file.read_text("utf-8")))
    ]
    assert found == []
