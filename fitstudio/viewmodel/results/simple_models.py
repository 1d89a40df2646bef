"""What the Results page knows of simple models on the rows of the shown run."""

from __future__ import annotations

import threading

from psygnal import Signal

from fitstudio.actions.models import baselines
from fitstudio.actions.models.baselines import ACCURACY, Baselines
from fitstudio.declared.catalogue.baselines import BASELINES
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say
from fitstudio.words.numbers import listed


class SimpleModels:
    """The simple models of one run: nothing yet, being measured, or what they are worth.

    Attributes:
        changed: Emitted when there is something else to show.
        state: "none", "measuring" or "ready".
        found: What was measured, in the state "ready".
        progress: What is being done, in the state "measuring".
        problem: Why it could not be done.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self.session = session
        self.run: str | None = None
        self.state = "none"
        self.found: Baselines | None = None
        self.progress = ""
        self.problem: FitStudioError | None = None
        self._cancel = threading.Event()

    def show(self, run: str | None) -> None:
        """Look at another run."""
        if run == self.run:
            return
        self._cancel.set()
        self.run, self.state, self.found, self.problem = run, "none", None, None
        if run is not None:
            project = self.session.project
            self.session.in_background(
                lambda job: baselines.load_baselines(project, run),
                lambda found: self._take(run, found),
                lambda problem: None,  # a run that is gone has nothing to show
            )
        self.changed.emit()

    def compare(self) -> None:
        """Have them measured; progress and outcome come with `changed`."""
        run = self.run
        if run is None or self.state == "measuring" or not self.session.may_change():
            return
        self._cancel = cancel = threading.Event()
        self.state, self.problem, self.progress = "measuring", None, say("Starting")
        self.changed.emit()

        def tell(_done: float, words: str) -> None:
            self.session.background.post(lambda: self._on_progress(run, words))

        self.session.in_background(
            lambda job: baselines.compare_run(
                self.session.project, run, progress=tell, cancel=cancel
            ),
            lambda found: self._take(run, found),
            lambda problem: self._fail(run, problem),
        )

    def cancel(self) -> None:
        """Give up measuring; nothing is written."""
        self._cancel.set()

    def sentences(self) -> list[str]:
        """What there is to say, for a person."""
        if self.problem is not None:
            return [part for part in (self.problem.message, self.problem.remedy) if part]
        if self.state == "measuring":
            return [self.progress]
        if self.found is None:
            return [
                say(
                    "What is the network worth? Simple models, such as a linear one and boosted "
                    "trees, can be measured on the same rows."
                )
            ]
        return [self._figures(target) for target in self.found.targets]

    def notes(self) -> tuple[str, ...]:
        """How they were measured, in sentences."""
        return () if self.found is None else self.found.notes

    def _figures(self, target: str) -> str:
        assert self.found is not None
        figures = listed(
            [
                f"{BASELINES[name].title[:1].lower()}{BASELINES[name].title[1:]} "
                f"{self.found.text(name, target)}"
                for name in self.found.models
            ]
        )
        measure = say("Accuracy") if self.found.measure == ACCURACY else say("Mean absolute error")
        return say(
            "**{verdict}** {measure} of {target}: {figures}; the network {own}.",
            verdict=self.found.verdict(target),
            measure=measure,
            target=target,
            figures=figures,
            own=self.found.text(baselines.OWN, target),
        )

    def _take(self, run: str, found: Baselines | None) -> None:
        if run == self.run:
            self.found = found
            self.state = "none" if found is None else "ready"
            self.changed.emit()

    def _fail(self, run: str, problem: FitStudioError) -> None:
        if run == self.run:
            self.state = "none" if self.found is None else "ready"
            self.problem = None if problem.code.endswith("cancelled") else problem
            self.changed.emit()

    def _on_progress(self, run: str, words: str) -> None:
        if run == self.run and self.state == "measuring":
            self.progress = words
            self.changed.emit()

    def close(self) -> None:
        """Let go, before the page is gone."""
        self._cancel.set()
        self.changed.disconnect()
