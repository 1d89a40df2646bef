"""A throw-away process that draws a figure of a run into a file, without a display.

──► {"project": …, "run": …, "what": "curves", "output": …}   on stdin; with results also "results"
◄── {"reply": {…}}  or  {"error": {…}}                         and "part"
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitstudio.errors import FitStudioError
from fitstudio.words import say

if TYPE_CHECKING:
    from fitstudio.gui.plots.figure_file import Figure

_WIDTH, _HEIGHT = 960, 640
_SQUARE = 640

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
        message = say(
            "The figure could not be drawn ({kind}: {problem}).",
            kind=type(problem).__name__,
            problem=problem,
        )
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

    from fitstudio.gui.pages.monitor.curves_card import CurvesCard
    from fitstudio.viewmodel.figure_jobs import opened_monitor

    card = CurvesCard(opened_monitor(job))
    card.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    card.resize(_WIDTH, _HEIGHT)
    card.ensurePolished()
    card.show()
    card.refresh()
    save(card.figure())


def _results(job: Mapping[str, Any], save: Save) -> None:
    from fitstudio.gui.plots import figure_file
    from fitstudio.gui.plots.confusion import ConfusionView
    from fitstudio.gui.plots.scatter import ScatterPlot
    from fitstudio.viewmodel.figure_jobs import measured
    from fitstudio.viewmodel.results.scores import Confusion

    found = measured(job)
    if isinstance(found, Confusion):
        view = ConfusionView()
        view.show_confusion(found)
        view.resize(view.sizeHint())
        save(figure_file.of_confusion(view, job["run"]))
        return
    residuals = job["what"] == "residuals"
    plot = ScatterPlot(
        say("Measured"),
        say("Predicted less measured") if residuals else say("Predicted"),
        diagonal=not residuals,
    )
    plot.resize(_SQUARE, _SQUARE)
    plot.show_points(found.true, found.residuals if residuals else found.predicted, ())
    save(figure_file.of_points(plot, job["run"]))


if __name__ == "__main__":
    sys.exit(main())
