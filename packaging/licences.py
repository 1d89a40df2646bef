"""Lists what FitStudio is delivered with, each part with its licence, in third-party-licences.md.

python3 packaging/licences.py     writes the list anew from what is installed
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = Path(__file__).resolve().parent.parent
TARGET = _ROOT / "packaging" / "third-party-licences.md"
# What is shipped as a file in `resources/` rather than installed beside the program.
_SHIPPED = (
    ("Inter", "4.0", "SIL Open Font License 1.1 (`resources/fonts/LICENSE.txt`)"),
    ("Phosphor Icons", "1.3.0", "MIT (`resources/icons/LICENSE.txt`)"),
)
_HEAD = """# What FitStudio is delivered with

Written by `python3 packaging/licences.py`; FitStudio itself is under `LICENSE` (MIT). Qt for Python
is used unchanged, as libraries of its own, which the LGPL allows. A build of torch for GPUs brings
NVIDIA's libraries with it, under NVIDIA's own terms.

| part | version | licence |
| --- | --- | --- |
"""
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")


def parts() -> dict[str, metadata.Distribution]:
    """Every package that running FitStudio needs, directly or not, by its canonical name."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, metadata.Distribution] = {}
    waiting = list(project["dependencies"])
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found[name] = metadata.distribution(name)
            waiting.extend(found[name].requires or ())
    return dict(sorted(found.items()))


def text() -> str:
    """The whole list as Markdown."""
    rows = [
        (name, part.version.partition("+")[0], _licence(part)) for name, part in parts().items()
    ]
    lines = [f"| {name} | {version} | {licence} |" for name, version, licence in (*rows, *_SHIPPED)]
    return _HEAD + "\n".join(lines) + "\n"


def _licence(part: metadata.Distribution) -> str:
    about = part.metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    matches = map(_CLASSIFIER.match, about.get_all("Classifier") or ())
    told = [found[1] for found in matches if found]
    if told:
        return ", ".join(told)
    # Some put the whole text of the licence there: its first line names it.
    told = about.get_all("License") or ["see the package"]
    return told[0].strip().splitlines()[0]


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
