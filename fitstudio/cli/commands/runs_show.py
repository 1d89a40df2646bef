"""`runs` and `show`: what has been trained in a project."""

from __future__ import annotations

import argparse

from fitstudio.actions import runs
from fitstudio.actions.models.kept_models import KeptModel, kept_models
from fitstudio.actions.runs import RunSummary
from fitstudio.cli.command import (
    Command,
    add_project,
    add_project_and_run,
    opened,
    print_json,
    print_table,
    value_text,
)
from fitstudio.cli.output import as_word, say
from fitstudio.declared.parameters.sources import sources_of
from fitstudio.journal.events import sentence_of
from fitstudio.journal.run_state import Phase
from fitstudio.journal.target_scale import TargetScale
from fitstudio.viewmodel.own_units import scale_of
from fitstudio.words import marked, saying


def _runs(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    found = runs.list_runs(project)
    if arguments.json:
        print_json([runs.summary_json(project, each.run) for each in found])
        return 0
    if not found:
        folder = as_word(project.folder)
        say(saying.say("No runs yet. Train one: fitstudio train {folder}", folder=folder))
        return 0
    rows = [
        [
            each.run,
            _outcome(each),
            str(each.epochs),
            each.best.monitor if each.best else "–",
            value_text(each.best.value, each.best.monitor, scale_of(each)) if each.best else "–",
            sentence_of(each.reason) if each.reason else "",
        ]
        for each in found
    ]
    heads = [
        saying.say("Run"),
        saying.say("Outcome"),
        saying.say("Epochs"),
        saying.say("Best of"),
        saying.say("Value"),
        saying.say("Why it ended"),
    ]
    print_table(heads, rows, right=frozenset({2, 4}))
    for each in found:
        if each.damage:
            say(f"{each.run}: {each.damage}")
    return 0


def _outcome(line: RunSummary) -> str:
    if line.damage and line.outcome is None and line.phase == Phase.STARTING:
        return saying.say("not known")
    outcome = line.outcome or "running"
    return saying.say("{outcome}, damaged", outcome=outcome) if line.damage else outcome


def _show(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    record = runs.load_run(project, arguments.run)
    if arguments.json:
        print_json(
            runs.summary_json(project, record.run)
            | {
                "preparation": list(record.state.preparation),
                "spec": record.spec.to_json(),
                "history_by_epoch": record.history,
                "results": record.results,
                "models": [each.to_json() for each in kept_models(project, record.run)],
            }
        )
        return 0
    state = record.state
    say(f"{record.run}: {state.outcome_sentence()}")
    names = [name for name in record.history if record.history[name]]
    scale = state.target_scale
    heads = [saying.say("Epoch"), *names]
    rows = [
        [str(row.epoch + 1), *(value_text(row.logs.get(name), name, scale) for name in names)]
        for row in state.epochs
    ]
    print_table(heads, rows, right=frozenset(range(len(heads))))
    _print_models(kept_models(project, record.run), scale)
    sources = sources_of(record.spec.data)
    for name, source in sources.items() if len(sources) > 1 else ():
        say(saying.say("[data] {name}: {file}", name=name, file=source.get("path")))
    for sentence in state.preparation:
        say(saying.say("[data] {sentence}", sentence=sentence))
    for sentence in record.damage:
        say(saying.say("[warning] {sentence}", sentence=sentence))
    for message in state.messages:
        say(f"[{message.level}] {message.sentence}")
    say(saying.say("Folder: {folder}", folder=record.folder))
    return 0


def _print_models(models: list[KeptModel], scale: TargetScale | None) -> None:
    """Prints the models that the run keeps, by the names that --checkpoint takes."""
    if not models:
        return
    rows = [
        [
            each.name,
            each.when,
            "–" if each.value is None else value_text(each.value, each.monitor, scale),
        ]
        for each in models
    ]
    say()
    print_table(
        [saying.say("Saved model"), saying.say("Saved after"), models[0].monitor],
        rows,
        right=frozenset({2}),
    )
    say()


COMMANDS = (
    Command(
        name="runs",
        sentence=marked("List every run of a project with its best value."),
        declare=add_project,
        run=_runs,
    ),
    Command(
        name="show",
        sentence=marked("Show one run: its epochs, its messages and how it ended."),
        declare=add_project_and_run,
        run=_show,
    ),
)
