"""The menu of a column: its role, and what it is taken for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from fitstudio.viewmodel.data import roles
from fitstudio.viewmodel.data.column_views import ColumnView
from fitstudio.viewmodel.data.preparation import PreparationView
from fitstudio.viewmodel.data.roles import Role
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


def role_menu(
    parent: QWidget,
    session: ProjectSession,
    columns: Sequence[ColumnView],
    name: str,
    role_words: Mapping[Role, str],
) -> QMenu:
    """The menu of one column; it goes when it is folded.

    Args:
        parent: Whose menu it is.
        session: The open project.
        columns: All columns of the file.
        name: Of the column.
        role_words: How the roles are called.
    """
    column = next(each for each in columns if each.name == name)
    menu = QMenu(parent)
    menu.setObjectName("menu.role")
    menu.aboutToHide.connect(menu.deleteLater)
    for role in Role:
        action = menu.addAction(role_words[role])
        action.setObjectName(f"role.{role.name.lower()}")
        action.setCheckable(True)
        action.setChecked(column.role is role)
        action.triggered.connect(lambda _on=False, role=role: roles.set_role(session, name, role))
    targets = [each for each in columns if each.role is Role.TARGET]
    numeric = column.numeric and all(each.numeric for each in targets)
    if targets and column.role is not Role.TARGET and numeric:
        also = menu.addAction(say("One more target"))
        also.triggered.connect(
            lambda _on=False: roles.set_role(session, name, Role.TARGET, also=True)
        )
    if column.can_convert:
        menu.addSeparator()
        for kind, words in (
            ("number", say("Read as a number")),
            ("category", say("Read as classes")),
        ):
            action = menu.addAction(words)
            action.setObjectName(f"type.{kind}")
            action.setCheckable(True)
            action.setChecked(column.type == kind)
            action.triggered.connect(
                lambda _on=False, kind=kind: roles.set_type(session, name, kind)
            )
    if column.preparation is not None:
        _add_ways(menu, session, column, column.preparation)
    return menu


def _add_ways(
    menu: QMenu, session: ProjectSession, column: ColumnView, shown: PreparationView
) -> None:
    """Menus in the menu: how the column is prepared, and what becomes of its gaps."""
    for setting, title, ways, taken in (
        ("prepare", say("Prepare"), shown.ways, shown.way),
        ("missing", say("Missing values"), shown.gaps, shown.gap),
    ):
        if not ways:
            continue
        part = menu.addMenu(title)
        part.setObjectName(f"menu.{setting}")
        for name, words in ways:
            action = part.addAction(words)
            action.setObjectName(f"{setting}.{name}")
            action.setCheckable(True)
            action.setChecked(name == taken)
            action.triggered.connect(
                lambda _on=False, setting=setting, name=name: roles.set_preparation(
                    session, column.name, setting, name
                )
            )
