"""What the About box says of this installation."""

from __future__ import annotations

import json

from fitstudio.actions import environment
from fitstudio.words import say


def versions_text() -> tuple[str, str]:
    """A sentence for a person, and the whole description for a report; takes about two seconds."""
    described = environment.describe()
    packages = described["packages"]
    device = described["devices"]
    chosen = device.get("reason") or device.get("problem") or ""
    sentence = say(
        "**Version {fitstudio}** on Python {python}, torch {torch}, Qt {packages}. {chosen}",
        fitstudio=described["fitstudio"],
        python=described["python"],
        torch=packages["torch"],
        packages=packages["PySide6-Essentials"],
        chosen=chosen,
    )
    return sentence, json.dumps(described, indent=2, ensure_ascii=False)
