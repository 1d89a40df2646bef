"""Collects every sentence that goes through the door into resources/translations/fitstudio.pot.

python3 packaging/translations.py     writes the template from which translators begin
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "translations" / "fitstudio.pot"
# Which arguments of our own functions hold English; `say_count` has it for one and for several.
_KEYWORDS = {"say": None, "marked": None, "say_count": (2, 3)}


def collected() -> Catalog:
    """Every English template in the package, with the places where it stands."""
    catalogue = Catalog(project="FitStudio", charset="utf-8")
    found = extract_from_dir(
        ROOT / "fitstudio", method_map=[("**.py", "python")], keywords=_KEYWORDS
    )
    for file, line, message, comments, context in found:
        place = (Path("fitstudio", file).as_posix(), line)
        catalogue.add(message, locations=[place], auto_comments=comments, context=context)
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
