"""The stations of the rail, and how their pages come to be: each when it is first shown."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from fitstudio.gui.window.words import marked
from fitstudio.viewmodel.shell.session import ProjectSession


@dataclass(frozen=True)
class PageEntry:
    """One station.

    Args:
        name: Of its rail entry (`rail.data`) and its page (`page.data`).
        title: What the rail says; translated when shown.
        icon: Phosphor's name.
        class_name: Of the page, in `fitstudio.gui.pages.<name>.page`.
    """

    name: str
    title: str
    icon: str
    class_name: str

    def translated(self) -> str:
        """The title in the language in force."""
        return QCoreApplication.translate("Rail", self.title)


PAGES = (
    PageEntry("data", marked("Rail", "Data"), "database", "DataPage"),
    PageEntry("model", marked("Rail", "Model"), "stack", "ModelPage"),
    PageEntry("training", marked("Rail", "Training"), "sliders-horizontal", "TrainingPage"),
    PageEntry("monitor", marked("Rail", "Monitor"), "activity", "MonitorPage"),
    PageEntry("results", marked("Rail", "Results"), "target", "ResultsPage"),
    PageEntry("runs", marked("Rail", "Runs"), "rows", "RunsPage"),
    PageEntry("predict", marked("Rail", "Predict"), "lightning", "PredictPage"),
)  # fmt: skip


def make_page(entry: PageEntry, session: ProjectSession) -> QWidget:
    """The page of a station, for a project.

    Its module is imported only now: the window must not wait for plots at its start.
    """
    module = importlib.import_module(f"fitstudio.gui.pages.{entry.name}.page")
    return getattr(module, entry.class_name)(session)


def preload_plots() -> None:
    """Loads what the pages with plots need, in a background thread while nobody waits for it."""
    for module in ("numpy", "pyqtgraph"):
        importlib.import_module(module)
