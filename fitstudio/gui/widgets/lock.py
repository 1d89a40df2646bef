"""Greys what cannot be used at the moment, and says why where a person points at it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fitstudio.gui.widgets.labels import as_tip

_TIP = "unlockedTip"


def lock(widget: QWidget, reason: str | None) -> None:
    """Disables a widget with the reason as its tooltip; None lets it be used again.

    Args:
        widget: What a person operates.
        reason: Why it cannot be used, in a sentence.
    """
    if widget.property(_TIP) is None:
        widget.setProperty(_TIP, widget.toolTip())
    own = str(widget.property(_TIP) or "")
    widget.setEnabled(reason is None)
    widget.setToolTip(own if reason is None else as_tip(reason))
    widget.setAccessibleDescription("" if reason is None else reason)
