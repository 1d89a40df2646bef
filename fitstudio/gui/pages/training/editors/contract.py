"""What every editor of the training form offers, whatever widget is inside."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Editor(Protocol):
    """An editor: a widget with the setting's key as its object name.

    ``valueChanged`` is a Qt signal with the new value. `value` returns the Python value that
    ``fit()`` would get, None for automatic.
    """

    valueChanged: Any  # noqa: N815 - named as Qt names signals

    def value(self) -> Any:
        """The value that stands there."""

    def setValue(self, value: Any) -> None:
        """Shows another value; one that differs is told by ``valueChanged``."""

    def reset(self) -> None:
        """Puts the default back."""

    def set_state(self, automatic: str, look: str) -> None:
        """Shows what None comes to ("automatic (32)") and the colour of what was found.

        Args:
            automatic: The text for None; empty where None is no value.
            look: "error", "warning", "success" or "" for an ordinary border.
        """
