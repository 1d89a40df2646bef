"""No test judges by the clock: a busy machine is no fault. Costs are measured in benchmarks/."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
_CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "time"}


def _reads_clock(node: ast.AST) -> bool:
    """Whether a clock is read in the expression."""
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in _CLOCKS
        and isinstance(each.func.value, ast.Name)
        and each.func.value.id == "time"
        for each in ast.walk(node)
    )


def _is_span(node: ast.AST) -> bool:
    """Whether a difference to a clock's reading is worked out in the expression."""
    return any(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub) and _reads_clock(each)
        for each in ast.walk(node)
    )


def judged_by_the_clock(code: str) -> list[int]:
    """The lines with an assertion on how long something took.

    Waiting for a condition until a deadline is no such assertion.
    """
    lines = []
    for function in ast.walk(ast.parse(code)):
        if not isinstance(function, ast.FunctionDef):
            continue
        spans = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and _is_span(node.value):
                spans |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            appended = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if appended and any(_is_span(argument) for argument in node.args):
                holder = node.func.value
                spans |= {holder.id} if isinstance(holder, ast.Name) else set()
        for node in ast.walk(function):
            if not isinstance(node, ast.Assert):
                continue
            names = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
            if _is_span(node.test) or names & spans:
                lines.append(node.lineno)
    return lines


def test_no_test_judges_by_the_clock():
    found = {
        f"{file.relative_to(TESTS)}:{line}"
        for file in TESTS.rglob("*.py")
        for line in judged_by_the_clock(file.read_text(encoding="utf-8"))
    }
    assert not found


@pytest.mark.parametrize(
    "body",
    [
        "assert time.monotonic() - began < 5",
        "spent = time.process_time() - began\n    assert spent < 1",
        "times.append(time.perf_counter() - began)\n    assert min(times) < 1",
    ],
)
def test_the_rule_notices(body: str):
    assert judged_by_the_clock(f"def test_it():\n    began = time.monotonic()\n    {body}\n")
