"""Writes the window's style sheet from the tokens; the only place where a rule of looks stands.

A widget says what it is by a dynamic property (`kind`, `ink`, `type`, `state`), never by colours of
its own. After changing such a property call `repolish`.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.tokens import Radius, Size


def style_sheet(colour: Callable[[str], QColor], *, dark: bool) -> str:
    """The style sheet for a theme, given as a function from token to colour."""

    class _Names:
        """Token names to `#rrggbb`, so that the rules below can say {c.accent}."""

        def __getattr__(self, token: str) -> str:
            return colour(token).name()

    c = _Names()
    trackEdge = c.hairline if dark else c.track  # noqa: N806
    ring = c.accentText if dark else c.accent
    return f"""
* {{ outline: none; }}
QMainWindow, QDialog, QWidget#window\\.canvas {{ background: {c.canvas}; }}
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border};
    border-radius: {Radius.BAR * 2}px; padding: 6px 8px; }}

QLabel {{ background: transparent; }}
QLabel[ink="text2"] {{ color: {c.text2}; }}
QLabel[ink="text3"] {{ color: {c.text3}; }}
QLabel[ink="off"] {{ color: {c.off}; }}
QLabel[ink="accentText"] {{ color: {c.accentText}; }}
QLabel[ink="success"] {{ color: {c.success}; }}
QLabel[ink="warning"] {{ color: {c.warning}; }}
QLabel[ink="error"] {{ color: {c.error}; }}
QLabel[type="title"] {{ font-size: {fonts.points("title")}pt; font-weight: 600; }}
QLabel[type="strong"] {{ font-weight: 600; }}
QLabel[type="small"] {{ font-size: {fonts.points("small")}pt; }}
QLabel[type="mono"] {{ font-size: {fonts.points("mono")}pt; font-family: "{fonts.mono_family()}";
    color: {c.text3}; }}

QFrame[kind="card"] {{ background: {c.card}; border: none; border-radius: {Radius.CARD}px; }}
QFrame[kind="raised"] {{ background: {c.raised}; border: 1px solid {c.hairline};
    border-radius: {Radius.CONTROL}px; }}
QFrame[kind="chip"] {{ background: {c.card if dark else c.track}; border: none;
    border-radius: {Radius.CONTROL}px; }}
QFrame[kind="rule"] {{ background: {c.hairline}; border: none; max-height: 1px; min-height: 1px; }}

QFrame[kind="finding"] {{ border: none; border-radius: {Radius.CONTROL}px; }}
QFrame[kind="finding"][state="warning"] {{ background: {c.warningSoft}; }}
QFrame[kind="finding"][state="error"] {{ background: {c.errorSoft}; }}
QFrame[kind="finding"][state="success"] {{ background: {c.successSoft}; }}
QFrame[kind="finding"][state="info"] {{ background: {c.accentSoft}; }}

QPushButton {{ min-height: {Size.CONTROL - 2}px; padding: 0 14px; border-radius: {Radius.CONTROL}px;
    border: 1px solid {c.border}; background: {c.raised}; color: {c.text}; }}
QPushButton:hover {{ border-color: {c.borderHover}; }}
QPushButton:pressed {{ background: {c.hover if dark else c.track}; }}
QPushButton:disabled {{ background: {c.fieldOff}; color: {c.off}; border-color: {c.hairline}; }}
QPushButton:focus {{ border: 2px solid {ring}; padding: 0 13px; min-height: {Size.CONTROL - 4}px; }}
QPushButton[compact="yes"] {{ min-height: {Size.SMALL_BUTTON - 2}px; padding: 0 10px; }}
QPushButton[compact="yes"]:focus {{ min-height: {Size.SMALL_BUTTON - 4}px; padding: 0 9px; }}
QPushButton[kind="primary"] {{ background: {c.accent}; color: {c.onAccent};
    border-color: {c.accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {c.accentHover}; border-color: {c.accentHover}; }}
QPushButton[kind="primary"]:pressed {{ background: {c.accentDown}; border-color: {c.accentDown}; }}
QPushButton[kind="primary"]:disabled {{ background: {c.track}; color: {c.text3};
    border-color: {trackEdge}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {c.text if dark else c.accentDown}; }}
QPushButton[kind="ghost"] {{ background: transparent; border: 1px solid transparent;
    color: {c.text2}; padding: 0 10px; font-weight: 400; }}
QPushButton[kind="ghost"]:hover {{ background: {c.hover}; }}
QPushButton[kind="ghost"]:pressed, QPushButton[kind="ghost"]:checked {{ background: {c.track}; }}
QPushButton[kind="ghost"]:disabled {{ color: {c.off}; }}
QPushButton[kind="ghost"]:focus {{ border: 2px solid {ring}; padding: 0 9px; }}
QPushButton[kind="link"] {{ background: transparent; border: none; color: {c.accentText};
    padding: 0 2px; min-height: 24px; border-radius: 4px; text-align: left; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:disabled {{ color: {c.off}; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {ring}; padding: 0; min-height: 20px; }}
QPushButton[kind="square"] {{ background: transparent; border: 1px solid transparent; padding: 0;
    min-width: {Size.CONTROL - 2}px; max-width: {Size.CONTROL - 2}px; }}
QPushButton[kind="square"][compact="yes"] {{ min-width: {Size.SMALL_BUTTON - 2}px;
    max-width: {Size.SMALL_BUTTON - 2}px; }}
QPushButton[kind="square"]:hover {{ background: {c.hover}; }}
QPushButton[kind="square"]:pressed {{ background: {c.track}; }}
QPushButton[kind="square"]:focus {{ border: 2px solid {ring}; padding: 0;
    min-width: {Size.CONTROL - 4}px; max-width: {Size.CONTROL - 4}px; }}
QPushButton[kind="square"][compact="yes"]:focus {{ min-width: {Size.SMALL_BUTTON - 4}px;
    max-width: {Size.SMALL_BUTTON - 4}px; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {{ background: {c.field};
    color: {c.text}; border: 1px solid {c.border}; border-radius: {Radius.CONTROL}px;
    selection-background-color: {c.accent}; selection-color: {c.onAccent}; }}
QLineEdit, QComboBox, QAbstractSpinBox {{ min-height: {Size.CONTROL - 2}px; padding: 0 7px 0 7px; }}
QComboBox {{ padding-left: 9px; }}
QAbstractSpinBox {{ padding: 0 6px; }}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover, QPlainTextEdit:hover
    {{ border-color: {c.borderHover}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus
    {{ border: 2px solid {ring}; padding: 0 6px 0 6px; min-height: {Size.CONTROL - 4}px; }}
QComboBox:focus {{ padding-left: 8px; }}
QLineEdit {{ placeholder-text-color: {c.text3}; }}
QLineEdit[kind="number"] {{ placeholder-text-color: {c.text2}; }}
QLineEdit:disabled {{ placeholder-text-color: {c.off}; }}
QPlainTextEdit:focus, QTextEdit:focus {{ border: 2px solid {ring}; }}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled,
QLineEdit:read-only {{ background: {c.fieldOff}; color: {c.off}; border-color: {c.hairline}; }}
QLineEdit[state="warning"], QComboBox[state="warning"], QPlainTextEdit[state="warning"]
    {{ border-color: {c.warnIcon}; }}
QLineEdit[state="error"], QComboBox[state="error"], QPlainTextEdit[state="error"]
    {{ border-color: {c.error}; }}
QLineEdit[state="success"], QComboBox[state="success"] {{ border-color: {c.success}; }}
QLineEdit[kind="bare"] {{ background: transparent; border: none; padding: 0; min-height: 0; }}
QLineEdit[kind="number"] {{ padding-right: 26px; }}
QComboBox {{ padding-right: 2px; }}
QComboBox::drop-down {{ border: none; width: 26px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.border};
    border-radius: {Radius.CONTROL}px; padding: 4px; selection-background-color: {c.hover};
    selection-color: {c.text}; }}
QComboBox QAbstractItemView::item {{ min-height: 28px; padding: 0 8px; border-radius: 6px; }}
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover
    {{ background: {c.hover}; color: {c.text}; }}

QMenuBar {{ background: transparent; color: {c.text2}; spacing: 2px; padding: 0; }}
QMenuBar::item {{ background: transparent; padding: 6px 9px; border-radius: 6px;
    color: {c.text2}; }}
QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {c.hover}; color: {c.text}; }}
QMenu {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border};
    border-radius: {Radius.CONTROL}px; padding: 6px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 6px; min-width: 120px; }}
QMenu::item:selected {{ background: {c.hover}; }}
QMenu::item:disabled {{ color: {c.off}; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::separator {{ height: 1px; background: {c.hairline}; margin: 6px 8px; }}

QScrollArea, QScrollArea > QWidget > QWidget[kind="plain"], QWidget[kind="plain"]
    {{ background: transparent; border: none; }}
QAbstractScrollArea {{ border: none; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: {Size.SCROLL + 4}px; }}
QScrollBar:horizontal {{ height: {Size.SCROLL + 4}px; }}
QScrollBar::handle {{ background: {c.border}; border-radius: {Size.SCROLL // 2}px; margin: 2px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {c.borderHover}; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QTableView, QTreeView, QListView {{ background: {c.card}; color: {c.text}; border: none;
    gridline-color: transparent; selection-background-color: {c.accentSoft};
    selection-color: {c.text}; }}
QTableView::item, QTreeView::item, QListView::item {{ border: none; padding: 0 7px; }}
QTreeView::item {{ min-height: {Size.ROW_DATA}px; }}
QTreeView::branch {{ background: transparent; }}
QListView::item {{ min-height: {Size.ROW_DATA}px; border-radius: 6px; }}
QTreeView::item:selected, QListView::item:selected {{ background: {c.accentSoft};
    color: {c.text}; }}
QTreeView::item:hover:!selected, QListView::item:hover:!selected {{ background: {c.hover}; }}
QHeaderView {{ background: {c.card}; border: none; }}
QHeaderView::section {{ background: {c.card}; color: {c.text2}; border: none;
    border-bottom: 1px solid {c.hairline}; padding: 0 10px; min-height: {Size.TABLE_HEAD}px;
    font-weight: 400; }}
QTableCornerButton::section {{ background: {c.card}; border: none; }}

QProgressBar {{ background: {c.track}; border: none; border-radius: {Radius.BAR}px;
    min-height: 6px; max-height: 6px; text-align: center; color: transparent; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: {Radius.BAR}px; }}

QSlider {{ min-height: 20px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px;
    background: {c.border if dark else c.track}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {c.neutralBar}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
    background: {c.raised}; border: 1px solid {c.borderHover}; }}
QSlider::handle:horizontal:hover {{ border-color: {c.accentText}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {ring}; margin: -6px 0; border-radius: 8px; }}

QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {c.hover}; }}
QTextBrowser {{ background: {c.card}; border: none; padding: 8px; }}
QStatusBar {{ background: {c.canvas}; }}
"""


def repolish(widget: QWidget) -> None:
    """Applies the rules anew after a dynamic property changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that rules look at, and applies them where it really changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        repolish(widget)
