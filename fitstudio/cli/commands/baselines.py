"""`baselines`: what simple models reach on the rows of a run."""

from __future__ import annotations

import argparse

from fitstudio.actions.models import baselines
from fitstudio.actions.models.baselines import ACCURACY, OWN
from fitstudio.cli.command import Command, add_project_and_run, opened, print_json, print_table
from fitstudio.cli.output import say
from fitstudio.declared.catalogue.baselines import BASELINES
from fitstudio.words import marked, saying


def _baselines(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project, read_only=False)
    found = baselines.compare_run(project, arguments.run)
    if arguments.json:
        print_json(found.to_json())
        return 0
    measure = (
        saying.say("Accuracy") if found.measure == ACCURACY else saying.say("Mean absolute error")
    )
    for target in found.targets:
        titles = {OWN: saying.say("The run's network")} | {
            name: BASELINES[name].title for name in found.models
        }
        rows = [[title, found.text(name, target)] for name, title in titles.items()]
        print_table(
            [
                saying.say("Model"),
                saying.say("{measure}, {target}", measure=measure, target=target),
            ],
            rows,
            right=frozenset({1}),
        )
        say(found.verdict(target))
    say(
        saying.say(
            "Learned from {training}, measured on {checked}.",
            training=saying.say_count(found.rows["training"], "{number} row", "{number} rows"),
            checked=saying.say_count(found.rows[found.part], "{number} row", "{number} rows"),
        )
    )
    for note in found.notes:
        say(f"  {note}")
    return 0


COMMANDS = (
    Command(
        name="baselines",
        sentence=marked("Compare a run's model with simple ones on the same rows."),
        declare=add_project_and_run,
        run=_baselines,
    ),
)
