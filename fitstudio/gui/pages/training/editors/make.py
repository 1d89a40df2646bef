"""Makes the editor that suits a setting, under the setting's key as object name."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, OPTIMIZERS
from fitstudio.declared.kinds.composed import Settings
from fitstudio.declared.kinds.entries import Chosen, EntryList
from fitstudio.declared.kinds.fit_values import ClassWeights, DataRef, ValidationData
from fitstudio.declared.kinds.param import Entry, Param
from fitstudio.gui.pages.training.editors.callbacks import CallbacksEditor
from fitstudio.gui.pages.training.editors.class_weights import ClassWeightsEditor
from fitstudio.gui.pages.training.editors.columns import ColumnEditor, ColumnsEditor
from fitstudio.gui.pages.training.editors.entry_form import simple_field
from fitstudio.gui.pages.training.editors.fields import ComboField
from fitstudio.gui.pages.training.editors.losses import LossField
from fitstudio.gui.pages.training.editors.metrics import MetricsEditor
from fitstudio.gui.pages.training.editors.settings_editor import SettingsEditor
from fitstudio.gui.pages.training.editors.validation_data import ValidationDataEditor
from fitstudio.viewmodel.shell.session import ProjectSession


def editor_for(param: Param, session: ProjectSession, parent: QWidget | None = None) -> Any:
    """The editor for a setting: a widget with `value`, `setValue`, `valueChanged` and `reset`.

    Args:
        param: The setting's declaration.
        session: The open project, for what can be chosen in its data.
        parent: The widget that it stands in.
    """
    editor = _make(param, session, parent)
    editor.setObjectName(param.key)
    editor.setAccessibleName(f"{param.title} ({param.name})")
    editor.setToolTip(param.help)
    return editor


def _make(param: Param, session: ProjectSession, parent: QWidget | None) -> Any:
    kind = param.kind
    if isinstance(kind, Chosen) and kind.entries is LOSSES:
        return LossField(param, session, parent)
    if isinstance(kind, Chosen):
        return ComboField(param, _entry_options(param, kind), parent)
    if isinstance(kind, EntryList):
        if kind.entries is CALLBACKS:
            return CallbacksEditor(parent)
        return MetricsEditor(param, session, parent)
    if isinstance(kind, ClassWeights):
        return ClassWeightsEditor(parent)
    if isinstance(kind, ValidationData):
        return ValidationDataEditor(session, parent)
    if isinstance(kind, DataRef):
        make = ColumnsEditor if kind.many else ColumnEditor
        return make(param, session, parent)
    if isinstance(kind, Settings):
        return _settings_editor(param, session, parent)
    return simple_field(param, parent)


def _entry_options(param: Param, kind: Chosen) -> list[tuple[Any, str, str]]:
    options: list[tuple[Any, str, str]] = []
    if param.accepts_none:
        options.append((None, param.unset.capitalize(), param.help))
    return options + [(each.name, each.title, each.help) for each in kind.entries.values()]


def _settings_editor(
    param: Param, session: ProjectSession, parent: QWidget | None
) -> SettingsEditor:
    table = OPTIMIZERS if param.name.startswith("optimizer") else LOSSES
    key = f"{param.section}.{param.name.removesuffix('_settings')}"

    def chosen() -> Entry | None:
        name = session.spec.get(key)
        return table.get(name) if isinstance(name, str) else None

    return SettingsEditor(chosen, leave_out=("learning_rate",), parent=parent)
