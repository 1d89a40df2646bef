"""`train`, `resume`, `extend` and `demo`: runs in the foreground, with the engine's own output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TextIO

from fitstudio.actions import projects, requests, runs
from fitstudio.actions.folders import free_folder, projects_folder
from fitstudio.cli.command import (
    Command,
    add_checkpoint,
    add_project,
    add_project_and_run,
    opened,
    print_json,
    value_text,
    whole_number,
)
from fitstudio.cli.output import as_word, complain, say
from fitstudio.cli.settings import (
    add_settings,
    add_verbose,
    fix_as_typed,
    plain,
    typed_settings,
)
from fitstudio.declared.checks.changed_file import DATA_CHANGED
from fitstudio.declared.resolve import Resolved
from fitstudio.errors import UsageError
from fitstudio.project import Project
from fitstudio.words import marked, saying


def _declare_train(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument(
        "--name", metavar="TEXT", help=saying.say("the run's name. Default: what changed")
    )
    parser.add_argument(
        "--background",
        action="store_true",
        help=saying.say("start the run, print its name and leave it training"),
    )
    add_settings(parser)


def _train(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    spec = project.settings.with_values(typed_settings(arguments, project.settings))
    summary = runs.dataset_summary(project, spec)
    told = _tell_of_changed_file(runs.check(project, spec=spec, summary=summary), arguments)
    handle = runs.start_run(
        project,
        spec=spec,
        summary=summary,
        name=arguments.name,
        foreground=not arguments.background,
        output=_stream_for(arguments),
    )
    if arguments.background:
        if arguments.json:
            print_json({"run": handle.run, "folder": str(handle.folder), "pid": handle.pid})
        else:
            say(saying.say("Training {run} in process {pid}.", run=handle.run, pid=handle.pid))
            say(
                saying.say(
                    "Watch it in the window, or: fitstudio show {folder} {run}",
                    folder=as_word(project.folder),
                    run=handle.run,
                )
            )
        return 0
    return _wait_and_report(project, handle, arguments, told=told)


def _tell_of_changed_file(resolved: Resolved, arguments: argparse.Namespace) -> tuple[str, ...]:
    """Says before the first epoch that the data file is not what it was; returns what was said."""
    found = [each for each in resolved.findings if each.code == DATA_CHANGED]
    for finding in found if resolved.ok else ():
        say(plain(finding.sentence), stream=_stream_for(arguments))
        if finding.fix is not None:
            say(f"    {fix_as_typed(finding.fix)}", stream=_stream_for(arguments))
    return tuple(finding.sentence for finding in found)


def _declare_resume(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    add_verbose(parser)
    add_checkpoint(
        parser, default=saying.say("the newest; with another one a new run goes on from there")
    )


def _resume(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    handle = requests.resume_run(
        project,
        arguments.run,
        checkpoint=arguments.checkpoint,
        foreground=True,
        output=_stream_for(arguments),
        verbose=arguments.verbose,
    )
    return _wait_and_report(project, handle, arguments)


def _declare_extend(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--epochs",
        metavar="N",
        type=whole_number,
        required=True,
        help=saying.say("how many epochs to add"),
    )
    add_verbose(parser)
    add_checkpoint(parser, default=saying.say("the newest"))


def _extend(arguments: argparse.Namespace) -> int:
    if arguments.epochs < 1:
        raise UsageError(
            saying.say(
                "--epochs says how many epochs to add, 1 or more; what came is {epochs}.",
                epochs=arguments.epochs,
            )
        )
    project = opened(arguments.project)
    handle = requests.extend_run(
        project,
        arguments.run,
        epochs=arguments.epochs,
        checkpoint=arguments.checkpoint,
        foreground=True,
        output=_stream_for(arguments),
        verbose=arguments.verbose,
    )
    return _wait_and_report(project, handle, arguments)


def _declare_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--example", metavar="NAME", default="penguins", help=saying.say("which example")
    )
    parser.add_argument(
        "--folder", metavar="DIR", type=Path, help=saying.say("where to make its project")
    )
    add_settings(parser)


def _demo(arguments: argparse.Namespace) -> int:
    folder = arguments.folder or free_folder(projects_folder(), arguments.example)
    project = projects.create_project(
        folder, example=arguments.example, settings=typed_settings(arguments)
    )
    if not arguments.json:
        say(
            saying.say(
                "Training the example {project} in {folder}",
                project=repr(project.name),
                folder=project.folder,
            )
        )
    handle = runs.start_run(project, foreground=True, output=_stream_for(arguments))
    return _wait_and_report(project, handle, arguments)


def _stream_for(arguments: argparse.Namespace) -> TextIO:
    """Where the engine prints its progress: with --json, stdout is for the one JSON value."""
    return sys.stderr if arguments.json else sys.stdout


def _wait_and_report(
    project: Project,
    handle: runs.RunHandle,
    arguments: argparse.Namespace,
    *,
    told: Collection[str] = (),
) -> int:
    _wait(project, handle)
    record = runs.load_run(project, handle.run)
    state = record.state
    if arguments.json:
        print_json(
            runs.summary_json(project, handle.run) | {"preparation": list(state.preparation)}
        )
        return 0 if state.outcome in ("completed", "stopped") else 1
    say(f"{handle.run}: {state.outcome_sentence()}")
    if state.best is not None and state.best.epoch is not None:
        say(
            saying.say(
                "Best {monitor}: {best} (epoch {epoch})",
                monitor=state.best.monitor,
                best=value_text(state.best.value, state.best.monitor, state.target_scale),
                epoch=state.best.epoch + 1,
            )
        )
    for sentence in state.preparation:
        if sentence not in told:
            say(f"  {sentence}")
    say(saying.say("History and checkpoints: {folder}", folder=handle.folder))
    return 0 if state.outcome in ("completed", "stopped") else 1


def _wait(project: Project, handle: runs.RunHandle) -> None:
    """Waits for the worker; Ctrl-C asks it to stop after the batch, a second one ends it."""
    asked = False
    while True:
        try:
            if handle.wait() is not None:
                return
        except KeyboardInterrupt:
            if asked:
                requests.kill_run(project, handle.run)
                return
            asked = True
            complain("")
            complain(
                saying.say(
                    "Stopping after this batch; everything is kept. Press Ctrl-C again to "
                    "end the process at once."
                )
            )
            requests.stop_run(project, handle.run, when="batch")


COMMANDS = (
    Command(
        name="train",
        sentence=marked("Train with the project's settings, in the foreground."),
        declare=_declare_train,
        run=_train,
    ),
    Command(
        name="resume",
        sentence=marked("Go on with a run that was stopped or cut off, from its last checkpoint."),
        declare=_declare_resume,
        run=_resume,
    ),
    Command(
        name="extend",
        sentence=marked("Train a finished run for more epochs."),
        declare=_declare_extend,
        run=_extend,
    ),
    Command(
        name="demo",
        sentence=marked("Make a project from an example and train it in the terminal."),
        declare=_declare_demo,
        run=_demo,
    ),
)
