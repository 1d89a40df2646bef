"""No sentence about a run is false, at any moment of its life.

Recorded runs are walked through everything that can happen to one. At each moment the facts are
counted from the lines of the journal alone, and every sentence of Monitor, Results and rail must be
one that is known here, with a condition that the facts fulfil. A new sentence needs a new rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fitstudio.declared.run_spec import RunSpec
from fitstudio.gui.pages.results.page import ResultsPage
from fitstudio.journal import read_all
from fitstudio.project import Project
from fitstudio.project.lock import run_lock
from fitstudio.project.run_files import About, write_spec
from fitstudio.storage.manifest import read_manifest
from fitstudio.viewmodel.monitor import sentences as monitor_words
from fitstudio.viewmodel.monitor.shown_run import SessionFollower, new_monitor
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.shell.stations import stations
from tests.recorded_project import deliver_until, new_project, save_model
from tests.recorded_runs import RecordedRun, curves

EPOCHS = 12
RUN = "0001-run"


@dataclass
class Facts:
    """What the journal's lines and the run's files say, counted without the program's own fold."""

    events: list[dict[str, Any]]
    folder: Path

    def last(self, kind: str) -> dict[str, Any] | None:
        return next((each for each in reversed(self.events) if each["type"] == kind), None)

    def since_begin(self) -> list[dict[str, Any]]:
        """The events since the process that is or was the last one began."""
        starts = [
            place
            for place, each in enumerate(self.events)
            if each.get("code") == "worker.starting" or each["type"] == "run_started"
        ]
        first = starts[-1] if starts else 0
        if len(starts) > 1 and starts[-2] == first - 1:
            first = starts[-2]
        return self.events[first:]

    @property
    def ended(self) -> dict[str, Any] | None:
        now = self.since_begin()
        return now[-1] if now and now[-1]["type"] == "run_ended" else None

    @property
    def outcome(self) -> str | None:
        return self.ended["outcome"] if self.ended else None

    @property
    def epochs(self) -> dict[int, dict[str, Any]]:
        """The finished epochs that count, by number from 0."""
        found: dict[int, dict[str, Any]] = {}
        for each in self.events:
            if each["type"] == "run_started":
                found = {at: row for at, row in found.items() if at < each["first_epoch"]}
            elif each["type"] == "epoch_ended":
                found[each["epoch"]] = each["logs"]
        return found

    @property
    def validated(self) -> bool:
        return any("val_loss" in row for row in self.epochs.values())

    @property
    def held_out(self) -> int | None:
        ready = self.last("data_ready")
        return None if ready is None else ready["validation_rows"]

    @property
    def preparing(self) -> bool:
        kinds = {each["type"] for each in self.since_begin()}
        return self.ended is None and "epoch_started" not in kinds

    @property
    def paused(self) -> bool:
        told = [each.get("code") for each in self.since_begin()]
        marks = [code for code in told if code in ("paused", "continued")]
        return self.ended is None and marks[-1:] == ["paused"]

    @property
    def planned(self) -> int | None:
        """How many epochs the process at work has said that there will be."""
        started = next((e for e in self.since_begin() if e["type"] == "run_started"), None)
        return None if started is None else started["last_epoch"] + 1

    @property
    def best(self) -> int:
        name = "val_loss" if self.validated else "loss"
        return min(self.epochs, key=lambda at: self.epochs[at][name])

    @property
    def now(self) -> int | None:
        begun = [each["epoch"] for each in self.since_begin() if each["type"] == "epoch_started"]
        return begun[-1] if begun else max(self.epochs, default=None)

    @property
    def models(self) -> dict[str, int]:
        return {
            folder.name: int(read_manifest(folder)["epoch"])
            for folder in (self.folder / "checkpoints").glob("*")
        }

    @property
    def saved(self) -> bool:
        return any(each["type"] in ("checkpoint_saved", "epoch_ended") for each in self.events)


Rule = tuple[str, Callable[[Facts, re.Match[str]], bool]]


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


MONITOR: list[Rule] = [
    (r"The first epoch is not finished yet\.", lambda f, m: not f.epochs and not f.ended),
    (r"Too early to tell\.", lambda f, m: 0 < len(f.epochs) <= 6 and not f.ended),
    (
        r"(Still learning\.|Still learning, slowly\.|No longer getting better\.|Getting worse\.)",
        lambda f, m: len(f.epochs) > 2 and not f.ended,
    ),
    (
        r"The best model so far is from epoch (\d+)(?:; (\d+) epochs? since then w.* no better)?\.",
        lambda f, m: (
            number(m[1]) == f.best + 1
            and int(m[2] or 0) == sum(at > f.best for at in f.epochs)
            and not f.ended
        ),
    ),
    (r"Paused\.", lambda f, m: f.paused),
    (r"Nothing is lost; it goes on where it is\.", lambda f, m: f.paused),
    (r"Getting ready\.", lambda f, m: f.preparing),
    (r"The data and the model are being prepared\.", lambda f, m: f.preparing),
    (r"Its (\d+) epochs? so far (?:is|are) kept\.", lambda f, m: number(m[1]) == max(f.epochs) + 1),
    (r"The run completed\.", lambda f, m: f.outcome == "completed"),
    (
        r"The run was stopped; what it learned is kept\.",
        lambda f, m: f.outcome == "stopped" and f.saved,
    ),
    (
        r"The run was (stopped|interrupted) before anything it learned was saved\.",
        lambda f, m: f.outcome == m[1] and not f.saved,
    ),
    (
        r"The run was interrupted; it can be resumed from its last checkpoint\.",
        lambda f, m: f.outcome == "interrupted" and f.saved,
    ),
    (r"The run failed\.", lambda f, m: f.outcome == "failed"),
    (r"All epochs were trained\.", lambda f, m: f.ended["reason"] == "all_epochs"),
    (r"You stopped it\.", lambda f, m: f.ended["reason"] == "person"),
    (r"Its process ended without a word: .*", lambda f, m: f.ended["reason"] == "gone"),
    (r"An error ended it\.", lambda f, m: f.ended["reason"] == "error"),
    (
        r"The best model is from epoch (\d+) of (\d+) epochs?\.",
        lambda f, m: (number(m[1]), number(m[2])) == (f.best + 1, len(f.epochs)),
    ),
    (r"It was still learning: more epochs may help\.", lambda f, m: f.best == max(f.epochs)),
    (
        r"No rows check this run, so nobody can tell whether .*",
        lambda f, m: f.held_out == 0 and not f.validated,
    ),
    (r"Hold some out on the Training page\.", lambda f, m: f.held_out == 0),
    (
        r"(\d+) rows? checks? this run\.",
        lambda f, m: number(m[1]) == f.held_out and not f.validated,
    ),
    (
        r"How it does on them is not known yet\.",
        lambda f, m: bool(f.held_out) and not f.validated and not f.ended,
    ),
    (
        r"How it does on them was not measured before it ended\.",
        lambda f, m: bool(f.held_out) and not f.validated and f.ended is not None,
    ),
    (
        r"Too early to compare training with validation\.",
        lambda f, m: f.validated and not f.ended,
    ),
    (
        r"Too few epochs to compare training with validation\.",
        lambda f, m: f.validated and f.ended is not None,
    ),
    (
        r"Training and validation loss go together: no sign of over-fitting\.",
        lambda f, m: f.validated,
    ),
    (
        r"([\d.]+) % of the validation rows right at the best epoch\.",
        lambda f, m: float(m[1]) == round(f.epochs[f.best]["val_accuracy"] * 100, 1),
    ),
    (r"There are (\d+): one row is .*", lambda f, m: number(m[1]) == f.held_out),
    (r"Training loss .*", lambda f, m: not f.validated and bool(f.epochs)),
    (
        r"Model of epoch (\d+)(, saved .*)?\.",
        lambda f, m: number(m[1]) - 1 in f.models.values() and bool(m[2]) == (not f.ended),
    ),
    (r"Model after (\d+) batch(?:es)? of epoch (\d+)(, saved .*)?\.", lambda f, m: f.saved),
    (r"Closing this window does not stop the run\.", lambda f, m: not f.ended),
]
PROGRESS: list[Rule] = [
    (r"", lambda f, m: True),
    (
        r"Epoch (\d+)(?: of (\d+))?",
        lambda f, m: (
            number(m[1]) == f.now + 1
            and (m[2] is None or number(m[2]) == f.planned)
            and (m[2] is not None or f.planned is None)
        ),
    ),
    (r"Step (\d+) of (\d+)|Checking", lambda f, m: not f.ended and not f.preparing),
    (r".* an epoch", lambda f, m: f.now is not None),
    (r"Starting|Preparing", lambda f, m: f.preparing),
    (r"Paused", lambda f, m: f.paused),
    (r"(A few seconds|About .*) left", lambda f, m: not f.ended and f.planned is not None),
    (r"Took .*", lambda f, m: f.ended is not None),
]
BADGES: list[Rule] = [
    (r"Opening|Starting|Preparing the data", lambda f, m: f.preparing),
    (r"Running|Stopping", lambda f, m: not f.ended and not f.paused),
    (r"Paused", lambda f, m: f.paused),
    (r"Done|Stopped early", lambda f, m: f.outcome == "completed"),
    (r"Stopped", lambda f, m: f.outcome == "stopped"),
    (r"Interrupted", lambda f, m: f.outcome == "interrupted"),
    (r"Stopped by an error", lambda f, m: f.outcome == "failed"),
]
RAIL: list[Rule] = [
    (r"monitor: (Starting|Preparing the data)\.", lambda f, m: f.preparing),
    (
        r"monitor: Epoch (\d+) of (\d+)(, step .*)?( \(paused\))?",
        lambda f, m: (number(m[1]), number(m[2])) == (f.now + 1, f.planned) and not f.ended,
    ),
    (r"results: Comes after a run", lambda f, m: not f.ended),
    (r"results: The model of run 1 is not measured yet", lambda f, m: bool(f.models)),
    (r"results: Run 1 has no model", lambda f, m: not f.models and f.ended is not None),
    (r"predict: Comes after a run", lambda f, m: not f.models),
    (r"predict: 1 model to use", lambda f, m: bool(f.models)),
]
RESULTS: list[Rule] = [
    (r"Still training", lambda f, m: not f.ended),
    (r"Its model can be measured when the run has ended\.", lambda f, m: not f.ended),
    (r"Not measured yet", lambda f, m: bool(f.models)),
    (
        r"The model of epoch (\d+) is kept; the run ended before it was measured\. .*",
        lambda f, m: number(m[1]) - 1 in f.models.values() and f.ended is not None,
    ),
    (r"button: Measure epoch (\d+)", lambda f, m: number(m[1]) - 1 in f.models.values()),
    (r"Nothing was measured", lambda f, m: not f.models),
    (
        r"This run ended before it had a model that could be measured\.",
        lambda f, m: not f.models and f.ended is not None,
    ),
]
CARD: list[Rule] = [
    (r"This run was interrupted", lambda f, m: f.outcome == "interrupted"),
    (r"The run was stopped by an error", lambda f, m: f.outcome == "failed"),
    (r"It was in epoch (\d+) of (\d+)\.", lambda f, m: number(m[1]) == f.now + 1),
    (
        r"No epoch had ended yet; your data and settings are untouched\.",
        lambda f, m: not f.epochs,
    ),
    (
        r"Everything up to epoch (\d+) is safe: its model, the curves and the log\.",
        lambda f, m: number(m[1]) - 1 in f.epochs,
    ),
    (r"(Interrupted|gone|error)(, .*)?", lambda f, m: f.ended is not None),
]


def hold(sentence: str, rules: list[Rule], facts: Facts, moment: str) -> None:
    """The sentence is known, and what it says is so."""
    plain = sentence.replace("\u2009", "")
    for pattern, holds in rules:
        match = re.fullmatch(pattern, plain)
        if match is not None:
            assert holds(facts, match), f"{moment}: {plain!r} is not so"
            return
    raise AssertionError(f"{moment}: no rule knows {plain!r}")


def sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.!?]) (?=[A-Z\d])", text.replace("**", "")) if each]


# The moments of a run's life: each step writes what the process would write.

Step = tuple[str, Callable[[], Any]]


def life(run: RecordedRun, *, held_out: int) -> Iterator[Step]:
    """From the making of a run to the middle of its seventh epoch."""
    logs = list(curves(EPOCHS))
    if not held_out:
        logs = [{k: v for k, v in each.items() if not k.startswith("val_")} for each in logs]
    yield "made", lambda: None
    yield "loading torch", run.first_word
    yield "announced", run.announce
    yield "prepared", lambda: run.ready(held_out)
    yield "first epoch begun", lambda: run.begin(0)
    yield "first batch", lambda: run.batch(0, 3, {"loss": 1.0})
    yield "first check", lambda: run.batch(0, 0, {"loss": 1.0}, phase="validate")
    for epoch in range(6):
        yield f"epoch {epoch + 1} ended", lambda epoch=epoch: end_epoch(run, epoch, logs[epoch])
    yield "seventh epoch", lambda: run.begin(6).batch(6, 3, {"loss": 0.8})
    yield "paused", lambda: run.tell("paused", "The run is paused.")
    yield "goes on", lambda: run.tell("continued", "The run goes on.")


def end_epoch(run: RecordedRun, epoch: int, logs: dict[str, float]) -> None:
    run.epoch(epoch, logs)
    for kind in ("best", "last"):
        save_model(run.folder, epoch, kind)
        run.saved(epoch, kind)


def resumed(run: RecordedRun, first: int, *, last: int) -> Iterator[Step]:
    """The same run again, from `first` to a longer plan."""

    def announce() -> None:
        run.epochs = last + 1
        run.announce(first_epoch=first, resumed=True)

    yield "loading torch again", run.first_word
    yield "announced again", announce
    yield "prepared again", run.ready
    yield "goes on training", lambda: run.begin(first).batch(first, 3, {"loss": 0.8})


def ending(run: RecordedRun, outcome: str, reason: str) -> Callable[[], None]:
    return lambda: run.journal.append("run_ended", outcome=outcome, reason=reason)


ENDINGS = [("stopped", "person"), ("interrupted", "gone"), ("failed", "error")]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Project, RecordedRun]]:
    project = new_project(tmp_path)
    run = RecordedRun(project.paths.runs / RUN, epochs=EPOCHS, steps=20)
    write_spec(run.folder / "run.json", RunSpec().with_values({"fit.epochs": EPOCHS}))
    About(title="Run", created=1_780_000_000.0).write(run.folder / "about.json")
    yield project, run
    run.close()
    project.close()


def check(project: Project, run: RecordedRun, moment: str, qtbot) -> None:
    """Opens the project as a window would at this moment, and holds all it says."""
    facts = Facts(
        [dict(each.fields) for each in read_all(run.folder / "journal.jsonl")], run.folder
    )
    session = ProjectSession(project, Background())
    monitor = new_monitor()
    lock = run_lock(run.folder) if facts.ended is None else None
    try:
        session.refresh_runs()
        deliver_until(session, lambda: session.runs and not session._listing)
        session.show_run(RUN)
        follower = SessionFollower(monitor, session)
        if facts.events:
            deliver_until(session, lambda: monitor.tick() or monitor.state is not None)
            # All that is written has been read.
            deliver_until(
                session,
                lambda: not monitor.tick() and monitor.state.next_seq == len(facts.events),
            )
        for paragraph in monitor_words.say(monitor):
            for sentence in sentences(paragraph.text):
                hold(sentence, MONITOR, facts, f"{moment}, {paragraph.title}")
        hold(" ".join(monitor.epoch_words()).strip(), PROGRESS, facts, moment)
        for words in (monitor.step_words(), monitor.pace_words(), monitor.time_words()):
            hold(words, PROGRESS, facts, moment)
        hold(monitor.badge().text, BADGES, facts, moment)
        assert monitor.axis_end() >= len(facts.epochs), f"{moment}: epochs beyond the axis"
        card = monitor.card()
        if card is not None:
            said = [card.title, card.headline, *sentences(card.what), *sentences(card.safe)]
            for sentence in said:
                hold(sentence, [*CARD, *MONITOR], facts, f"{moment}, card")
        rail = stations(session)
        if facts.ended is None:
            hold(f"monitor: {rail['monitor'].sentence}", RAIL, facts, moment)
        else:
            for sentence in sentences(rail["monitor"].sentence):
                hold(sentence, MONITOR, facts, f"{moment}, rail")
        for name in ("results", "predict"):
            hold(f"{name}: {rail[name].sentence}", RAIL, facts, moment)
        page = ResultsPage(session)
        qtbot.addWidget(page)
        deliver_until(session, lambda: page.model.state != "loading")
        said = [page._empty.title.text(), page._empty.sentence.sentence()]
        if not page.measure.isHidden():
            said.append(f"button: {page.measure.label()}")
        for sentence in said:
            hold(sentence, RESULTS, facts, f"{moment}, Results")
        page.model.close()
        follower.close()
    finally:
        monitor.close()
        session.background.close()
        if lock is not None:
            lock.release()


@pytest.mark.parametrize("held_out", [67, 0])
def test_every_moment_of_a_run(place, held_out, qtbot):
    project, run = place
    for moment, step in life(run, held_out=held_out):
        step()
        check(project, run, moment, qtbot)


@pytest.mark.parametrize("outcome, reason", ENDINGS)
@pytest.mark.parametrize("moments", [2, 6, 8, 16])
def test_every_way_to_end_early_and_to_go_on(place, outcome, reason, moments, qtbot):
    """Before the first batch, in the first epoch, after it, later; then resumed, and again."""
    project, run = place
    for _, step in list(life(run, held_out=67))[:moments]:
        step()
    ending(run, outcome, reason)()
    check(project, run, f"{outcome} after {moments} moments", qtbot)
    done = max(0, moments - 7) if moments < 14 else 6
    for moment, step in resumed(run, done, last=29):
        step()
        check(project, run, f"{outcome}, then {moment}", qtbot)
        if moment == "prepared again":
            # Stopped before its first new epoch: the curve and the count are all there.
            ending(run, "stopped", "person")()
            check(project, run, f"{outcome}, resumed and stopped at once", qtbot)
            run.first_word().start(first_epoch=done, resumed=True)


def test_a_longer_run_begins_where_the_other_ended(place, qtbot):
    """The copy's journal ends with the end of the other run; its plan is not that one's."""
    project, run = place
    for epoch, logs in enumerate(curves(EPOCHS)):
        if not epoch:
            run.first_word().start()
        end_epoch(run, epoch, logs)
    ending(run, "completed", "all_epochs")()
    check(project, run, "completed", qtbot)
    for moment, step in resumed(run, EPOCHS, last=31):
        step()
        check(project, run, f"longer, {moment}", qtbot)
