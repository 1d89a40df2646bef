"""What translators begin from holds every template of the package."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

from fitstudio.words.nouns import NOUNS

ROOT = Path(__file__).resolve().parents[2]
_DOOR = {"say", "say_count", "marked"}
# Fewer would mean that something is not looked through any more.
_LEAST = 2000


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "packaging" / "translations.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def templates() -> Iterator[str]:
    """Every text that stands in a call of the door; of two forms the one for several."""
    for source in sorted((ROOT / "fitstudio").rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            at = 2 if name == "say_count" else 0
            if name in _DOOR and len(node.args) > at:
                text = node.args[at]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return _script().collected()


def test_every_template_is_collected(catalogue: Catalog):
    ids = {each.id[1] if isinstance(each.id, tuple) else each.id for each in catalogue}
    found = set(templates())

    assert len(found) >= _LEAST
    assert sorted(found - ids) == []


def test_the_nouns_of_the_formats_are_collected_in_both_forms(catalogue: Catalog):
    for one, several in NOUNS.values():
        assert catalogue.get(f"{{number}} {one}") is not None, several
