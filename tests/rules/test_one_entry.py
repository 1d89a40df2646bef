"""What is true of a loss, a metric, a model or a preparation stands in its entry, nowhere else.

A list of names beside the catalogue is forgotten by whoever adds an entry: it goes wrong without a
word. So no file outside the catalogue may list two names of one table of it; the knowledge is a
field of the entry. What attaches code to names (a table of the functions that plan, read or write
them) and what lists names of another kind that sound alike may stay; each stands below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from fitstudio.declared.catalogue import baselines, preparations
from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, METRICS, MODELS, OPTIMIZERS
from fitstudio.declared.formats.registry import FORMATS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = "fitstudio.declared.catalogue."
# Where entries are declared, and where the engine has the thing itself of each name.
HOMES = (
    "fitstudio/declared/catalogue/",
    "fitstudio/declared/formats/",
    "fitstudio/engine/losses/",
    "fitstudio/engine/metrics/",
    "fitstudio/engine/optimizers/",
    "fitstudio/engine/callbacks/",
)


def _spellings(table: Mapping[str, object]) -> frozenset[str]:
    aliases = (alias for entry in table.values() for alias in getattr(entry, "aliases", ()))
    return frozenset([*table, *aliases])


WAYS = {
    name: way
    for table in vars(preparations).values()
    if isinstance(table, Mapping)
    for name, way in table.items()
    if isinstance(way, preparations.Way)
}
TABLES: dict[str, frozenset[str]] = {
    "losses": _spellings(LOSSES),
    "metrics": _spellings(METRICS),
    "models": _spellings(MODELS),
    "optimizers": _spellings(OPTIMIZERS),
    "callbacks": _spellings(CALLBACKS),
    "baselines": _spellings(baselines.BASELINES),
    "formats": frozenset(FORMATS),
    "preparations": frozenset(WAYS),
}

# Lists that may stay, how many of them a file has, and why; none may be added.
LEFT: dict[str, tuple[int, str]] = {
    "fitstudio/cli/commands/evaluate_predict.py": (1, "keys of results, printed in this order"),
    "fitstudio/data/formats/readers.py": (1, "the function that reads each format"),
    "fitstudio/data/formats/text/names/header_rows.py": (1, "words in the heads of tables"),
    "fitstudio/data/preparing/coding/categories.py": (1, "codings that a recipe stores"),
    "fitstudio/data/preparing/coding/recipe_column.py": (1, "codings that a recipe stores"),
    "fitstudio/data/preparing/coding/steps.py": (2, "what each step computes"),
    "fitstudio/declared/plan/layers.py": (1, "layers: the gates of each"),
    "fitstudio/declared/plan/models.py": (1, "the function that plans each model"),
    "fitstudio/declared/plan/picture_models.py": (1, "the function that plans each model"),
    "fitstudio/declared/plan/series_models.py": (1, "the function that plans each model"),
    "fitstudio/declared/plan/table_models.py": (1, "the function that plans each model"),
    "fitstudio/declared/task/learning_choices.py": (1, "the function that chooses for a model"),
    "fitstudio/engine/architectures/build.py": (1, "layers: the function that builds each"),
    "fitstudio/engine/architectures/layers.py": (1, "layers: torch's class of each"),
    "fitstudio/viewmodel/model/page.py": (1, "layers: what each is called"),
    "fitstudio/worker/baselines/measuring.py": (1, "the function that fits each baseline"),
    "fitstudio/worker/callbacks/chosen.py": (1, "where the files of each callback go"),
    "fitstudio/worker/exporting/onnx_layers.py": (2, "layers: the operators of each"),
    "fitstudio/worker/exporting/onnx_preparation.py": (1, "the operators of each step"),
    "fitstudio/worker/exporting/preparation.py": (1, "what ONNX has no operators for"),
    "fitstudio/worker/measures/results.py": (1, "keys of results"),
}


def lists_of_names(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Each list of two names or more of one table: its line, the table, the names."""
    tree = ast.parse(text)
    constants = _constants(tree)
    literal = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Literal"
        for inner in ast.walk(node.slice)
    }
    for node in ast.walk(tree):
        if id(node) in literal:
            continue
        said = [_text(each, constants) for each in _members(node)]
        for table, names in TABLES.items():
            found = [each for each in said if each in names]
            if len(set(found)) > 1:
                yield getattr(node, "lineno", 0), table, [str(each) for each in found]


def _members(node: ast.AST) -> list[ast.expr]:
    """The expressions of which a list, a table or the cases of a match are made."""
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        # Names that are given values are no list.
        is_target = isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Store)
        return [] if is_target else list(node.elts)
    if isinstance(node, ast.Dict):
        return [key for key in node.keys if key is not None]
    if isinstance(node, ast.Match):
        patterns = (each for case in node.cases for each in ast.walk(case.pattern))
        return [each.value for each in patterns if isinstance(each, ast.MatchValue)]
    if isinstance(node, ast.BoolOp):
        return [
            side
            for each in node.values
            if isinstance(each, ast.Compare)
            for side in (each.left, *each.comparators)
        ]
    return []


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names of text that a file has from the catalogue: they stand for what they hold."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(CATALOGUE):
            for alias in node.names:
                value = getattr(import_module(str(node.module)), alias.name, None)
                if isinstance(value, str):
                    found[alias.asname or alias.name] = value
    return found


def _text(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


@cache
def _found() -> dict[str, list[tuple[int, str, list[str]]]]:
    files = sorted((ROOT / "fitstudio").rglob("*.py"))
    lists = {
        path.relative_to(ROOT).as_posix(): list(lists_of_names(path.read_text("utf-8")))
        for path in files
        if not path.relative_to(ROOT).as_posix().startswith(HOMES)
    }
    return {name: found for name, found in lists.items() if found}


def test_no_list_of_names_stands_beside_the_entries() -> None:
    more = {
        name: found for name, found in _found().items() if len(found) > LEFT.get(name, (0, ""))[0]
    }
    assert not more, f"declare this as a field of the entries: {more}"


def test_the_list_of_what_is_left_only_shrinks() -> None:
    found = _found()
    fewer = {name: n for name, (n, _) in LEFT.items() if len(found.get(name, ())) < n}
    assert not fewer, f"the list has to say what is left of these: {fewer}"


@pytest.mark.parametrize(
    "text",
    [
        'SCALED = {"mse", "huber"}',
        'if model in ("lstm", "gru"): pass',
        'RATES = {"sgd": 1.0, "adam": 2.0}',
        'ok = kind == "lstm" or kind == "gru"',
        'match name:\n    case "AUC" | "Recall":\n        pass',
        "from fitstudio.declared.catalogue.preparations import DATE, PERIODIC\n"
        "WIDTHS = {DATE: 8, PERIODIC: 2}",
    ],
)
def test_a_list_is_found(text: str) -> None:
    assert list(lists_of_names(text))


@pytest.mark.parametrize(
    "text",
    [
        'if kind == "lstm": pass',
        'PAIR = ("lstm", "something else")',
        'Kind = Literal["lstm", "gru"]',
        'MIXED = ("adam", "lstm")',
    ],
)
def test_a_single_name_or_a_type_is_no_list(text: str) -> None:
    assert not list(lists_of_names(text))
