"""Which helpers the form shows in which order, and the short text beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.plain_words import plan_words
from fitstudio.declared.wording import counted, plain_number

# These three always have a row, on or off.
STANDING = ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint")


def shown_order(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, int | None]]:
    """The rows of the form: (kind, place in the list), with None for those switched off.

    Those in the list keep their order; each standing one that is off stands behind the standing
    ones that come before it.
    """
    rows: list[tuple[str, int | None]] = [
        (str(item.get("kind")), place) for place, item in enumerate(items)
    ]
    for number, kind in enumerate(STANDING):
        if any(row[0] == kind for row in rows):
            continue
        earlier = STANDING[:number]
        places = [place for place, row in enumerate(rows) if row[0] in earlier]
        rows.insert(places[-1] + 1 if places else 0, (kind, None))
    return rows


def callback_summary(item: Mapping[str, Any]) -> str:
    """What a helper is set to, in a few words."""
    entry = CALLBACKS.get(str(item.get("kind")))
    if entry is None:
        return ""
    settings = entry.defaults() | dict(item)
    try:
        return _summary(entry.name, settings)
    except (TypeError, ValueError, KeyError):
        # A setting that cannot work: the finding below the list says which.
        return ""


def _summary(name: str, settings: Mapping[str, Any]) -> str:
    match name:
        case "EarlyStopping":
            keeps = ", keeps the best" if settings["restore_best_weights"] else ""
            return f"{counted(settings['patience'], 'epoch')} of patience{keeps}"
        case "ReduceLROnPlateau":
            factor = plain_number(settings["factor"])
            return f"Times {factor} after {counted(settings['patience'], 'epoch')} without a gain"
        case "ModelCheckpoint":
            if settings["save_best_only"]:
                return "Each time it is better"
            often = settings["save_freq"]
            return (
                "After every epoch"
                if often == "epoch"
                else (f"Every {counted(often, 'batch', 'batches')}")
            )
        case "LearningRateScheduler":
            words = plan_words(settings)
            return f"{words[:1].upper()}{words[1:]}"
        case "CSVLogger":
            return f"Into {settings['filename']}"
        case "TensorBoard":
            return f"Into {settings['log_dir']}"
        case _:
            return CALLBACKS[name].help
