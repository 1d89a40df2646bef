"""Finds the files that FitStudio ships: examples, help pages, icons, translations."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# In a checkout `resources/` stands beside the package; an installed wheel carries a copy inside it.
_PLACES = (_PACKAGE.parent / "resources", _PACKAGE / "_resources")


def path(*parts: str) -> Path:
    """The full path of a shipped file or folder.

    Args:
        *parts: Names below `resources/`, such as ``"examples", "penguins"``.

    Raises:
        FileNotFoundError: If this installation does not hold it.
    """
    for place in _PLACES:
        candidate = place.joinpath(*parts)
        if candidate.exists():
            return candidate
    raise FileNotFoundError(
        f"FitStudio's own file {'/'.join(parts)!r} is missing. The installation is incomplete: "
        "install FitStudio again."
    )
