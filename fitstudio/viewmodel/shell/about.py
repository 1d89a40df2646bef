"""What the About box says of this installation."""

from __future__ import annotations

import json

from fitstudio.actions import environment


def versions_text() -> tuple[str, str]:
    """A sentence for a person, and the whole description for a report; takes about two seconds."""
    described = environment.describe()
    packages = described["packages"]
    device = described["devices"]
    chosen = device.get("reason") or device.get("problem") or ""
    sentence = (
        f"**Version {described['fitstudio']}** on Python {described['python']}, "
        f"torch {packages['torch']}, Qt {packages['PySide6-Essentials']}. {chosen}"
    )
    return sentence, json.dumps(described, indent=2, ensure_ascii=False)
