"""A throw-away process that draws a figure of a run into a file, without a display.

──► {"project": …, "run": …, "what": "curves", "output": …}   on stdin; with results also "results"
◄── {"reply": {…}}  or  {"error": {…}}                         and "part"
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitstudio.errors import FitStudioError, RunError

if TYPE_CHECKING:
    from fitstudio.gui.plots.figure_file import Figure

_WIDTH, _HEIGHT = 960, 640
_SQUARE = 640
_LONGEST_WAIT_S = 600.0

# Saves a figure; its widgets have to live until then.
Save = Callable[["Figure"], None]


def main(arguments: list[str] | None = None) -> int:
    """Draws what the job on stdin asks for."""
    # Libraries that print must not spoil the reply.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        _draw(json.loads(sys.stdin.buffer.read()))
        reply: dict[str, Any] = {"reply": {}}
    except FitStudioError as problem:
        reply = {"error": problem.to_json()}
    except Exception as problem:
        message = f"The figure could not be drawn ({type(problem).__name__}: {problem})."
        known = FitStudioError(message, code="internal", details=traceback.format_exc())
        reply = {"error": known.to_json()}
    out.write(json.dumps(reply) + "\n")
    out.flush()
    # Qt's and pyqtgraph's objects go in any order at the interpreter's end, which can crash.
    os._exit(0)


def _draw(job: Mapping[str, Any]) -> None:
    # The platform has to be set before these are loaded.
    from PySide6.QtWidgets import QApplication

    from fitstudio.gui.plots import figure_file
    from fitstudio.gui.theme.theme import Mode, theme

    application = QApplication(["fitstudio"])  # everything else needs it as long as it lives
    theme().apply(Mode.LIGHT)
    draw = _curves if job["what"] == "curves" else _results
    draw(job, lambda figure: figure_file.save(figure, Path(job["output"])))
    application.processEvents()


def _curves(job: Mapping[str, Any], save: Save) -> None:
    from PySide6.QtCore import Qt

    from fitstudio.actions import runs
    from fitstudio.gui.pages.monitor.curves_card import CurvesCard
    from fitstudio.project import Project
    from fitstudio.viewmodel.monitor.page import MonitorModel, ShownRun

    project = Project.open(Path(job["project"]), read_only=True)
    paths = runs.find(project, job["run"])
    model = MonitorModel()
    model.open(ShownRun(run=paths.name, folder=paths.folder, number=paths.number))
    end = time.monotonic() + _LONGEST_WAIT_S
    while not model.tick() and model.state is None:
        if time.monotonic() > end:
            raise RunError(f"The run {paths.name!r} cannot be read.", code="run.unreadable")
        time.sleep(0.01)
    card = CurvesCard(model)
    card.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    card.resize(_WIDTH, _HEIGHT)
    card.ensurePolished()
    card.show()
    card.refresh()
    save(card.figure())


def _results(job: Mapping[str, Any], save: Save) -> None:
    from fitstudio.actions.results_file import Results
    from fitstudio.gui.plots import figure_file
    from fitstudio.gui.plots.confusion import ConfusionView
    from fitstudio.gui.plots.scatter import ScatterPlot
    from fitstudio.viewmodel.results.scores import confusion_of, parity_of

    results, part, name = Results.from_json(job["results"]), job["part"], job["run"]
    if job["what"] == "confusion":
        view = ConfusionView()
        view.show_confusion(confusion_of(results, part))
        view.resize(view.sizeHint())
        save(figure_file.of_confusion(view, name))
        return
    parity = parity_of(results, part, 0)
    if parity is None:
        raise RunError(f"Nothing was measured on {part} rows.", code="run.no-part")
    residuals = job["what"] == "residuals"
    plot = ScatterPlot(
        "Measured", "Predicted less measured" if residuals else "Predicted", diagonal=not residuals
    )
    plot.resize(_SQUARE, _SQUARE)
    plot.show_points(parity.true, parity.residuals if residuals else parity.predicted, ())
    save(figure_file.of_points(plot, name))


if __name__ == "__main__":
    sys.exit(main())
