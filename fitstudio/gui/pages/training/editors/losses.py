"""The choice of the loss: those that fit the target first, the others greyed with the reason."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fitstudio.declared.kinds.param import Param
from fitstudio.gui.pages.training.editors.fields import ComboField
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.losses import LossChoice, loss_choices


class LossField(ComboField):
    """One loss; which of them fit follows the target.

    Args:
        param: The setting.
        session: The open project, whose target decides.
    """

    def __init__(
        self, param: Param, session: ProjectSession, parent: QWidget | None = None
    ) -> None:
        self._session = session
        self._unset = (None, param.unset.capitalize(), param.help)
        self._shown: list[LossChoice] = []
        super().__init__(param, [self._unset], parent)
        self._show_choices()

    def set_state(self, automatic: str, look: str) -> None:
        """Shows what automatic comes to, the colour of what was found, and what fits now."""
        self._show_choices()
        super().set_state(automatic, look)

    def _show_choices(self) -> None:
        choices = loss_choices(self._session.resolved.facts)
        if choices == self._shown:
            return
        self._shown = choices
        offered = [(each.name, each.title, each.help, each.misfit) for each in choices]
        value = self.value()
        lost = value is not None and value not in [each.name for each in choices]
        self.set_options([self._unset, *offered, *([(value, str(value), "")] if lost else [])])
