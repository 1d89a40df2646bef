"""Which picture of the mistakes is shown, and from which probability on a class is said."""

from __future__ import annotations

from collections.abc import Callable

from fitstudio.actions.models import decisions
from fitstudio.actions.run.results_file import Results
from fitstudio.errors import FitStudioError
from fitstudio.project.decision import Decision
from fitstudio.viewmodel.results.ranking import Curve, Ranking
from fitstudio.viewmodel.results.scores import Confusion
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import marked, say, say_count, say_marked
from fitstudio.words.numbers import format_value, in_percent

_PICTURES = {
    "matrix": marked("Matrix"),
    "roc": marked("ROC"),
    "precision": marked("Precision"),
    "calibration": marked("Calibration"),
}
_USUAL = 0.5


class Deciding:
    """What a person looks at to choose a threshold, and what is kept of it.

    Attributes:
        picture: "matrix", "roc", "precision" or "calibration".
        name: The class that is told from the rest.
        threshold: The probability from which on it is said, while it is tried out; None where the
            likelier class is said.
        kept: What is kept with the run's model.
        miss: What a row of the class costs that is not found.
        alarm: What a false alarm costs.
        problem: Why a threshold could not be kept.

    Args:
        session: The project.
        changed: Called when something else is to be shown.
    """

    def __init__(self, session: ProjectSession, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._run: str | None = None
        self._results: Results | None = None
        self._part = ""
        self.picture = "matrix"
        self.name: str | None = None
        self.threshold: float | None = None
        self.kept: Decision | None = None
        self.miss, self.alarm = 1.0, 1.0
        self.problem: FitStudioError | None = None

    def show(self, run: str | None, results: Results | None, part: str) -> None:
        """What the page shows now; what was tried out is forgotten with the run."""
        if run != self._run or results is not self._results:
            self._read_kept(run, results)
        self._run, self._results, self._part = run, results, part
        names = [name for name, _ in self.classes()]
        if self.name not in names:
            self.name = names[-1] if names else None
        if self.picture != "matrix" and not names:
            self.picture = "matrix"

    @staticmethod
    def pictures() -> list[tuple[str, str]]:
        """The pictures that there are, with their titles."""
        return [(name, say_marked(title)) for name, title in _PICTURES.items()]

    def classes(self) -> list[tuple[str, str]]:
        """The classes that were told from the rest."""
        if self._results is None:
            return []
        return [(each["name"], each["name"]) for each in self._results.ranking.get(self._part, ())]

    def ranking(self) -> Ranking | None:
        """How the shown class is told from the rest on the shown part."""
        if self._results is None:
            return None
        told = self._results.ranking.get(self._part, ())
        return next((Ranking(each) for each in told if each["name"] == self.name), None)

    def curve(self) -> Curve | None:
        """What the shown picture draws; None for the matrix."""
        ranking = self.ranking()
        if ranking is None:
            return None
        shown = self.threshold if self.threshold is not None else _USUAL
        place = shown if self.can_decide else None
        if self.picture == "roc":
            return ranking.roc(place)
        if self.picture == "precision":
            return ranking.precision_recall(place)
        return ranking.calibration() if self.picture == "calibration" else None

    def picture_words(self) -> str:
        """What the shown picture comes to, in a figure."""
        ranking = self.ranking()
        if ranking is None:
            return ""
        if self.picture == "roc":
            area, interval = ranking.area_words()
            if interval:
                return say("AUC {area}, {interval}", area=area, interval=interval)
            return say("AUC {area}", area=area)
        if self.picture == "precision":
            precision = format_value(ranking.told["average_precision"], 3)
            return say("Average precision {precision}", precision=precision)
        if self.picture == "calibration":
            return say("Brier score {brier}", brier=format_value(ranking.told["brier"], 3))
        return ""

    def confusion(self) -> Confusion | None:
        """The counts at the threshold; None where the likelier class is said."""
        ranking = self.ranking()
        if ranking is None or self.threshold is None or self._results is None:
            return None
        return ranking.confusion(self._results.class_names, self.threshold)

    @property
    def can_decide(self) -> bool:
        """Whether a threshold means something: there are two classes."""
        return (
            self._results is not None
            and len(self._results.class_names) == 2
            and self.ranking() is not None
        )

    @property
    def places(self) -> int:
        """At how many thresholds something changes."""
        ranking = self.ranking()
        return 0 if ranking is None else len(ranking.thresholds)

    @property
    def place(self) -> int:
        """The place of the shown threshold among them, from the lowest up."""
        ranking = self.ranking()
        if ranking is None:
            return 0
        passed = ranking.place_of(_USUAL if self.threshold is None else self.threshold)
        return self.places - 1 - (0 if passed is None else passed)

    def choose_picture(self, picture: str) -> None:
        """Show another picture."""
        self.picture = picture
        self._changed()

    def choose_class(self, name: str) -> None:
        """Tell another class from the rest."""
        self.name = name
        self._changed()

    def try_place(self, place: int) -> None:
        """Try the threshold at a place, from the lowest up."""
        ranking = self.ranking()
        if ranking is not None:
            self.threshold = ranking.thresholds[self.places - 1 - place]
            self._changed()

    def try_usual(self) -> None:
        """Say the likelier class, until something is kept."""
        self.threshold = None
        self._changed()

    def set_costs(self, miss: float, alarm: float) -> None:
        """What the two kinds of mistakes cost."""
        self.miss, self.alarm = miss, alarm
        self._changed()

    def try_cheapest(self) -> None:
        """Try the threshold that would have cost least on the shown rows."""
        ranking = self.ranking()
        if ranking is not None:
            self.threshold = decisions.cheapest(ranking.told, miss=self.miss, alarm=self.alarm)
            self._changed()

    def may_keep(self) -> str | None:
        """Why the tried threshold cannot be kept; None where it can."""
        if self._part != "validation":
            return say(
                "A threshold is chosen on validation rows: on those that the model learned from, "
                "or that are to judge it, the choice would flatter it."
            )
        return self._session.cannot_change

    @property
    def is_kept(self) -> bool:
        """Whether what is shown is what is kept."""
        return self.threshold == (None if self.kept is None else self.kept.threshold)

    def keep(self) -> None:
        """Keep what is shown with the run's model: predictions and exports use it."""
        run, threshold = self._run, self.threshold
        if run is None or self.may_keep() is not None:
            return
        self._session.in_background(
            lambda job: decisions.keep_decision(self._session.project, run, threshold),
            lambda kept: self._on_kept(run, kept),
            lambda problem: self._on_not_kept(run, problem),
        )

    def title_at(self, title: str) -> str:
        """A figure's title, with the threshold that it is counted at."""
        if self.threshold is None:
            return title
        return say("{title} from {at}", title=title, at=format_value(self.threshold, 3))

    def threshold_words(self) -> str:
        """The threshold that is shown, and what it does."""
        ranking = self.ranking()
        if ranking is None:
            return ""
        found, missed, false, _ = ranking.counts(
            _USUAL if self.threshold is None else self.threshold
        )
        words = {
            "name": ranking.told["name"],
            "found": in_percent(found / ranking.told["positives"]),
            "alarms": say_count(false, "{number} false alarm", "{number} false alarms"),
            "cost": format_value(missed * self.miss + false * self.alarm),
        }
        if self.threshold is None:
            return say("{name} where likelier: {found} found, {alarms}, cost {cost}", **words)
        return say(
            "{name} from {threshold}: {found} found, {alarms}, cost {cost}",
            threshold=format_value(self.threshold, 3),
            **words,
        )

    def _read_kept(self, run: str | None, results: Results | None) -> None:
        self.kept = self.threshold = self.problem = None
        if run is None or results is None or len(results.class_names) != 2:
            return
        try:
            kept = decisions.decision_of(self._session.project, run)
        except FitStudioError as problem:
            self.problem = problem
            return
        if kept is not None and kept.is_for(results.weights, results.epoch, results.step):
            self.kept, self.threshold = kept, kept.threshold

    def _on_kept(self, run: str, kept: Decision | None) -> None:
        if run == self._run:
            self.kept, self.problem = kept, None
            self._changed()

    def _on_not_kept(self, run: str, problem: FitStudioError) -> None:
        if run == self._run:
            self.problem = problem
            self._changed()
