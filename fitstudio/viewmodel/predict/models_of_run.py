"""The saved models of the run that predicts, listed anew whenever the run has saved others."""

from __future__ import annotations

from collections.abc import Callable

from fitstudio.actions.models.kept_models import KeptModel, kept_models
from fitstudio.actions.run.run_summary import RunSummary
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel.shell.session import ProjectSession


class ModelsOfRun:
    """What one run keeps.

    Args:
        session: The project's session.
        changed: Called when other models are listed.

    Attributes:
        models: Those that are listed; none until they are known.
    """

    def __init__(self, session: ProjectSession, changed: Callable[[], None]) -> None:
        self.models: list[KeptModel] = []
        self._session = session
        self._changed = changed
        self._run: str | None = None
        self._listed: tuple[object, ...] = ()

    def open(self, run: str | None) -> None:
        """List those of another run from now on."""
        self._run, self.models = run, []
        self.list_anew()

    def follow(self) -> None:
        """List them anew where the run has saved others since."""
        if _what_is_saved(self._session.run_summary(self._run)) != self._listed:
            self.list_anew()

    def list_anew(self) -> None:
        """Look at what is there now, in the background."""
        run = self._run
        self._listed = _what_is_saved(self._session.run_summary(run))
        if run is not None:
            self._session.in_background(
                lambda job: kept_models(self._session.project, run),
                lambda models: self._take(run, models),
                _gone,
                replaces=f"models of the run that predicts {id(self)}",
            )

    def _take(self, run: str, models: list[KeptModel]) -> None:
        if run == self._run and models != self.models:
            self.models = models
            self._changed()


def _what_is_saved(line: RunSummary | None) -> tuple[object, ...]:
    """What of a run changes when other models of it are saved."""
    return () if line is None else (line.outcome, line.best, line.has_model)


def _gone(problem: FitStudioError) -> None:
    """The run itself cannot be read, which its settings tell."""
