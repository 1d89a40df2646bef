"""Nothing in the program can execute what a file holds, or hide the path of a machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "fitstudio").rglob("*.py"))
BANNED_MODULES = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "yaml", "cloudpickle"}
BANNED_CALLS = {"eval", "exec"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_module_can_run_code_from_a_file(source: Path):
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not BANNED_MODULES.intersection(
                alias.name.split(".")[0] for alias in node.names
            ), f"line {node.lineno}"
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in BANNED_MODULES, f"line {node.lineno}"
        elif isinstance(node, ast.Call):
            _check_call(node)


def _check_call(node: ast.Call) -> None:
    where = f"line {node.lineno}"
    function = node.func
    if isinstance(function, ast.Name):
        assert function.id not in BANNED_CALLS, where
    elif isinstance(function, ast.Attribute):
        called = ast.unparse(function)
        assert called not in ("torch.load", "torch.save", "os.system"), where
    for keyword in node.keywords:
        true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        assert not (keyword.arg in ("shell", "allow_pickle") and true), where


def test_no_tracked_file_holds_a_path_of_this_machine():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    private = re.compile(rb"/(?:home|root)/[a-z]|" + re.escape(str(ROOT).encode()) + rb"\b")
    guilty = [
        name
        for name in tracked
        if name and (ROOT / name).is_file() and private.search((ROOT / name).read_bytes())
    ]

    assert guilty == []
