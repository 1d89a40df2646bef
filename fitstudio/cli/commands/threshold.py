"""`threshold`: from which probability on a model of two classes says the second one."""

from __future__ import annotations

import argparse

from fitstudio.actions.models import decisions
from fitstudio.actions.run.results_file import ClassRanking, Results
from fitstudio.cli.command import Command, add_project_and_run, opened, print_json, print_table
from fitstudio.cli.output import say
from fitstudio.errors import RunError
from fitstudio.project import Project
from fitstudio.project.decision import Decision
from fitstudio.words import marked, saying
from fitstudio.words.numbers import format_value, in_percent

_SHOWN = 12


def _declare(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument(
        "--at",
        metavar="PROBABILITY",
        type=float,
        help=saying.say("keep this threshold, 0 to 1: predict and exports use it"),
    )
    wanted.add_argument(
        "--cheapest",
        action="store_true",
        help=saying.say("keep the threshold that would have cost least on the validation rows"),
    )
    wanted.add_argument(
        "--clear", action="store_true", help=saying.say("say the likelier class again")
    )
    for name, sentence in (
        ("--miss", saying.say("with --cheapest: what a row that is not found costs (default: 1)")),
        ("--alarm", saying.say("with --cheapest: what a false alarm costs (default: 1)")),
    ):
        parser.add_argument(name, metavar="COST", type=_cost, default=1.0, help=sentence)


def _cost(text: str) -> float:
    try:
        cost = float(text)
    except ValueError:
        cost = -1.0
    if not 0.0 <= cost < float("inf"):
        raise argparse.ArgumentTypeError(
            saying.say("it takes a number from 0 up; what came is {text}", text=repr(text))
        )
    return cost


def _threshold(arguments: argparse.Namespace) -> int:
    changes = arguments.at is not None or arguments.cheapest or arguments.clear
    project = opened(arguments.project, read_only=not changes)
    with project:
        kept = _kept(project, arguments)
        results = None if arguments.clear else decisions.two_classes(project, arguments.run)
    told = None if results is None else _told(results)
    if arguments.json:
        print_json({"kept": None if kept is None else kept.to_json(), "ranking": told})
        return 0
    if kept is None:
        say(saying.say("The likelier class is said."))
    else:
        say(
            saying.say(
                "A row is {name} from a probability of {threshold} on.",
                name=kept.class_name,
                threshold=format_value(kept.threshold),
            )
        )
        if results and not kept.is_for(results.weights, results.epoch, results.step):
            say(
                saying.say(
                    "That was chosen for another saved model of this run: its present model says "
                    "the likelier class."
                )
            )
            kept = None
    if told is not None:
        _print_thresholds(told, kept)
    elif results is not None:
        say(_untold())
    return 0


def _kept(project: Project, arguments: argparse.Namespace) -> Decision | None:
    if arguments.clear:
        return decisions.keep_decision(project, arguments.run, None)
    if arguments.at is not None:
        return decisions.keep_decision(project, arguments.run, arguments.at)
    if arguments.cheapest:
        told = _told(decisions.two_classes(project, arguments.run))
        if told is None:
            raise RunError(
                _untold(),
                code="run.no-ranking",
                remedy=saying.say("Train the run anew, or give a threshold with --at."),
                safe=saying.say("What was kept is as it was."),
            )
        threshold = decisions.cheapest(told, miss=arguments.miss, alarm=arguments.alarm)
        return decisions.keep_decision(project, arguments.run, threshold)
    return decisions.decision_of(project, arguments.run)


def _told(results: Results) -> ClassRanking | None:
    """How the second class is told from the first on the validation rows, where that is known."""
    ranking = results.ranking.get("validation")
    return ranking[0] if ranking else None


def _untold() -> str:
    return saying.say(
        "What a threshold does is not known: that takes validation rows of both classes, measured "
        "by this version."
    )


def _print_thresholds(told: ClassRanking, kept: Decision | None) -> None:
    thresholds = told["thresholds"]
    step = max(1, (len(thresholds) - 1) // (_SHOWN - 1))
    shown = {*range(0, len(thresholds), step), len(thresholds) - 1}
    chosen = None
    if kept is not None:
        chosen = sum(each >= kept.threshold for each in thresholds) - 1
        shown.add(chosen)
    rows = []
    for place in sorted(place for place in shown if place >= 0):
        found, false = told["true_positives"][place], told["false_positives"][place]
        rows.append(
            [
                ("→ " if place == chosen else "") + format_value(thresholds[place]),
                saying.say("{found} of {all}", found=found, all=told["positives"]),
                in_percent(found / told["positives"]),
                str(false),
                in_percent(found / (found + false)),
            ]
        )
    heads = [
        saying.say("From"),
        saying.say("{name} found", name=told["name"]),
        saying.say("Share"),
        saying.say("False alarms"),
        saying.say("Right of those said"),
    ]
    say(saying.say("On the validation rows:"))
    print_table(heads, rows, right=frozenset(range(len(heads))))


COMMANDS = (
    Command(
        name="threshold",
        sentence=marked("Show or keep from which probability on one of two classes is said."),
        declare=_declare,
        run=_threshold,
    ),
)
