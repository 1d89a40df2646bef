"""The stations of the rail in one table, and how their pages come to be: each when first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fitstudio.gui.pages.page import Page
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import marked, say_marked

# A page's module is imported when its page is made: the window must not wait for plots at its
# start.


def _data(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.data.page import DataPage

    return DataPage(session)


def _model(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.model.page import ModelPage

    return ModelPage(session)


def _training(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.training.page import TrainingPage

    return TrainingPage(session)


def _monitor(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.monitor.page import MonitorPage

    return MonitorPage(session)


def _results(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.results.page import ResultsPage

    return ResultsPage(session)


def _runs(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.runs.page import RunsPage

    return RunsPage(session)


def _predict(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.predict.page import PredictPage

    return PredictPage(session)


@dataclass(frozen=True)
class PageEntry:
    """One station.

    Args:
        name: Of its rail entry (`rail.data`) and its page (`page.data`).
        title: What the rail says; translated when shown.
        icon: Phosphor's name.
        make: Makes its page for a project.
    """

    name: str
    title: str
    icon: str
    make: Callable[[ProjectSession], Page]

    def translated(self) -> str:
        """The title in the language in use."""
        return say_marked(self.title)


PAGES = (
    PageEntry("data", marked("Data"), "database", _data),
    PageEntry("model", marked("Model"), "stack", _model),
    PageEntry("training", marked("Training"), "sliders-horizontal", _training),
    PageEntry("monitor", marked("Monitor"), "activity", _monitor),
    PageEntry("results", marked("Results"), "target", _results),
    PageEntry("runs", marked("Runs"), "rows", _runs),
    PageEntry("predict", marked("Predict"), "lightning", _predict),
)


def entry(name: str) -> PageEntry:
    """The station of that name."""
    return next(each for each in PAGES if each.name == name)


def preload_numbers() -> None:
    """Loads what plots are worked out with, in a background thread while nobody waits for it."""
    import numpy.ma  # noqa: F401 - which the first percentile would wait for


def preload_plots() -> None:
    """Loads what plots are drawn with: in the window's thread.

    It reads every name that Qt has. In another thread that can crash the process, for Qt's classes
    are made when they are first asked for, and the window asks for them at the same time.
    """
    import pyqtgraph  # noqa: F401
