"""Whatever FitStudio is delivered with is listed with its licence, and nothing else is needed."""

import ast
import importlib.util
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
# How a package is imported, where that is not its own name.
_IMPORTED_AS = {
    "pyside6-essentials": "PySide6",
    "nvidia-ml-py": "pynvml",
    "python-calamine": "python_calamine",
    "pillow": "PIL",
    "scikit-learn": "sklearn",
}


def _licences():
    spec = importlib.util.spec_from_file_location("licences", ROOT / "packaging" / "licences.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _imported() -> set[str]:
    """The top-level names that the package imports."""
    names = set()
    scripts = (ROOT / "resources" / "export").glob("*.py")  # what exports are tried with
    for file in (*(ROOT / "fitstudio").rglob("*.py"), *scripts):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"fitstudio"}


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(each for extra in extras for each in extra)]
    names = {canonicalize_name(Requirement(text).name) for text in wanted}
    return {_IMPORTED_AS.get(name, name) for name in names}


def test_every_part_is_listed_with_its_licence():
    listed = (ROOT / "packaging" / "third-party-licences.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in listed.splitlines() if line.startswith("| ")][2:]
    told = {row[0].strip(): row[2].strip() for row in rows}
    assert all(told.values())
    missing = set(_licences().parts()) - set(told)
    assert not missing, "run python3 packaging/licences.py"


def test_what_is_declared_is_imported_and_what_is_imported_is_declared():
    # shiboken6 comes with PySide6 and is a part of it.
    assert _imported() - {"shiboken6"} == _declared()
