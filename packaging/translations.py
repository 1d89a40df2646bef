"""Collects every sentence that goes through the door into resources/translations/fitstudio.pot.

python3 packaging/translations.py     writes the template from which translators begin
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from fitstudio.words.nouns import NOUNS

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "translations" / "fitstudio.pot"
# Which arguments of our own functions hold English; `say_count` has it for one and for several.
_KEYWORDS = {"say": None, "marked": None, "say_count": (2, 3)}


def _templates(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """A file's calls of the door, for Babel, whose own way of reading Python stops at f-strings."""
    del comment_tags, options
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in keywords:
            texts = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            if any(isinstance(each, str) for each in texts):
                words = tuple(each if isinstance(each, str) else None for each in texts)
                yield node.lineno, name, words, []


def collected() -> Catalog:
    """Every English template in the package, with the places where it stands."""
    catalogue = Catalog(project="FitStudio", charset="utf-8")
    for source in sorted((ROOT / "fitstudio").rglob("*.py")):
        place = source.relative_to(ROOT).as_posix()
        for line, message, comments, context in extract_from_file(
            _templates, source, keywords=_KEYWORDS
        ):
            catalogue.add(
                message, locations=[(place, line)], auto_comments=comments, context=context
            )
    for one, several in NOUNS.values():
        # What `counted` says of them; its templates stand nowhere whole.
        forms = (f"{{number}} {one}", f"{{number}} {several}")
        catalogue.add(forms, locations=[("fitstudio/words/nouns.py", 1)])
    return catalogue


def main() -> int:
    """Writes the template; returns the exit code."""
    catalogue = collected()
    with TARGET.open("wb") as file:
        write_po(file, catalogue, width=100, sort_by_file=True, omit_header=False)
    print(f"{len(catalogue)} sentences are in {TARGET.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
