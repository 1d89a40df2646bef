"""Chooses from which probability on a model of two classes says one of them, and keeps it."""

from __future__ import annotations

from fitstudio.actions import runs
from fitstudio.actions.models import using_models
from fitstudio.actions.run.results_file import ClassRanking, Results
from fitstudio.errors import RunError, UsageError
from fitstudio.project import Project
from fitstudio.project.decision import Decision, read_decision, write_decision
from fitstudio.words import say


def decision_of(project: Project, run: str | int) -> Decision | None:
    """What was kept for a run's model; None where the likelier class is said.

    Raises:
        RunError: If there is no such run.
        StorageError: If what was kept cannot be understood.
    """
    return read_decision(runs.find(project, run).decision)


def keep_decision(project: Project, run: str | int, threshold: float | None) -> Decision | None:
    """Keeps a threshold for the model that a run's results are of, or none any more.

    Args:
        project: The project.
        run: The run.
        threshold: The least probability, 0 to 1, from which on the second class is said; None to
            say the likelier one again.

    Raises:
        ProjectError: If the project could not be opened to be changed.
        RunError: If there is no such run, or nothing was measured.
        UsageError: If the model does not choose between two classes, or the number is none.
        StorageError: If it cannot be written.
    """
    project.require_changeable()
    paths = runs.find(project, run)
    if threshold is None:
        write_decision(paths.decision, None)
        return None
    results = two_classes(project, run)
    if not 0.0 <= threshold <= 1.0:
        raise UsageError(
            say("A threshold is a probability, from 0 to 1; {given} came.", given=threshold),
            code="decision.threshold",
            remedy=say("Choose one of the thresholds that are shown."),
            safe=say("What was kept is as it was."),
        )
    decision = Decision(
        results.class_names[1], threshold, results.weights, results.epoch, results.step
    )
    write_decision(paths.decision, decision)
    return decision


def two_classes(project: Project, run: str | int) -> Results:
    """The results of a run whose model chooses between two classes.

    Raises:
        RunError: If there is no such run, or nothing was measured.
        UsageError: If the model does something else.
    """
    results = using_models.load_results(project, run)
    if results is None:
        raise RunError(
            say("Nothing was measured for this run."),
            code="run.no-results",
            remedy=say("Measure its model on Results, or train it to the end."),
        )
    if len(results.class_names) != 2:
        raise UsageError(
            say(
                "A threshold is for models that choose between two classes; this one has {count}.",
                count=len(results.class_names),
            ),
            code="decision.not-two",
            remedy=say("The likeliest class is said, as ever."),
        )
    return results


def cheapest(told: ClassRanking, *, miss: float, alarm: float) -> float:
    """The threshold at which the rows that were measured would have cost least.

    Args:
        told: How the class is told from the rest.
        miss: What a row of the class costs that is not found.
        alarm: What a row costs that is wrongly taken for the class.

    Returns:
        The highest of the thresholds that cost least.
    """
    costs = [
        (told["positives"] - found) * miss + false * alarm
        for found, false in zip(told["true_positives"], told["false_positives"], strict=True)
    ]
    return told["thresholds"][costs.index(min(costs))]
