"""`pause`, `continue`, `stop`, `snapshot`, `discard` and `queue`: a run that is under way."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from fitstudio.actions import queue, requests, runs
from fitstudio.cli.command import (
    Command,
    add_project,
    add_project_and_run,
    opened,
    print_json,
    print_table,
    whole_number,
)
from fitstudio.cli.output import say, shown
from fitstudio.cli.settings import add_settings, typed_settings
from fitstudio.errors import UsageError
from fitstudio.project import Project
from fitstudio.words import marked, say_marked, saying

_UNREADABLE = marked("cannot be read")
_WHEN = {
    "batch": marked("after the batch that is being trained"),
    "epoch": marked("after the epoch that is being trained"),
    "now": marked("after the batch, or after five seconds by ending the process"),
}


def _declare_stop(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument(
        "--when",
        choices=tuple(_WHEN),
        default="batch",
        help="; ".join(f"{name}: {sentence}" for name, sentence in _WHEN.items()),
    )


def _stop(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    requests.stop_run(project, arguments.run, when=arguments.when)
    return _say(
        arguments,
        saying.say("Asked the run to stop {when}.", when=say_marked(_WHEN[arguments.when])),
    )


def _pause(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    requests.pause_run(project, arguments.run)
    return _say(
        arguments, saying.say("The run pauses after its batch; `fitstudio continue` goes on.")
    )


def _continue(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    requests.continue_run(project, arguments.run)
    return _say(arguments, saying.say("The run goes on."))


def _snapshot(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    requests.request(project, arguments.run, "snapshot")
    return _say(arguments, saying.say("Asked the run to save a checkpoint now."))


def _declare_discard(parser: argparse.ArgumentParser) -> None:
    add_project_and_run(parser)
    parser.add_argument("--yes", action="store_true", help=saying.say("do not ask"))


def _discard(arguments: argparse.Namespace) -> int:
    if not arguments.yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(
                saying.say(
                    "`discard` asks before it moves a run away, and nobody can be asked here."
                ),
                remedy=saying.say("Add --yes."),
            )
        try:
            answer = input(
                saying.say("Move {run} to the project's trash? [y/N] ", run=shown(arguments.run))
            )
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            return _say(arguments, saying.say("Nothing was changed."))
    project = opened(arguments.project)
    kept_in = requests.discard_run(project, arguments.run)
    return _say(arguments, saying.say("Moved to {kept_in}.", kept_in=kept_in))


def _declare_queue(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument(
        "--add", action="store_true", help=saying.say("queue a run with the present settings")
    )
    parser.add_argument(
        "--remove", metavar="ID", help=saying.say("take a waiting run out of the queue")
    )
    parser.add_argument("--first", metavar="ID", help=saying.say("move a waiting run to the front"))
    parser.add_argument("--name", metavar="TEXT", help=saying.say("with --add: the run's name"))
    parser.add_argument(
        "--free-memory",
        metavar="MB",
        type=whole_number,
        help=saying.say("with --add: begin only when that much memory is free on the device"),
    )
    add_settings(parser)


def _queue(arguments: argparse.Namespace) -> int:
    _refuse_without_add(arguments)
    project = opened(arguments.project)
    if arguments.add:
        spec = project.settings.with_values(typed_settings(arguments, project.settings))
        needed = arguments.free_memory and arguments.free_memory * 1_000_000
        queue.enqueue(project, spec, name=arguments.name, needs_bytes=needed)
        queue.start(project)
    if arguments.remove:
        queue.remove(project, arguments.remove)
    if arguments.first:
        queue.move(project, arguments.first, 0)
    problem = queue.problem(project.paths)
    if problem is not None:
        raise problem
    items, foreign = queue.list_items(project), queue.unreadable(project.paths)
    if arguments.json:
        print_json([item.to_json() for item in items] + [_foreign_json(each) for each in foreign])
    elif not items and not foreign:
        say(saying.say("The queue is empty. `fitstudio queue PROJECT --add` adds a run."))
    else:
        rows = [[item.id, item.name, item.state] for item in items]
        rows += [[queue.marked_as(each) or "–", "–", say_marked(_UNREADABLE)] for each in foreign]
        heads = [saying.say("Id"), saying.say("Name"), saying.say("State")]
        print_table(heads, rows, right=frozenset())
    if foreign and not arguments.json:
        say(_about_foreign(project, foreign))
    return 0


def _foreign_json(entry: Any) -> dict[str, Any]:
    return {"id": queue.marked_as(entry), "state": "unreadable", "entry": entry}


def _about_foreign(project: Project, foreign: list[Any]) -> str:
    told = saying.say_count(
        len(foreign),
        "{number} entry of {file} cannot be read, and is left as it is.",
        "{number} entries of {file} cannot be read, and are left as they are.",
        file=project.paths.queue.name,
    )
    if any(queue.marked_as(each) for each in foreign):
        way_out = saying.say("`fitstudio queue PROJECT --remove ID` takes one out.")
        return saying.say("{told} {way_out}", told=told, way_out=way_out)
    return told


def _refuse_without_add(arguments: argparse.Namespace) -> None:
    """Settings that nobody would use are a slip."""
    if arguments.add:
        if arguments.free_memory is not None and arguments.free_memory < 1:
            raise UsageError(
                saying.say(
                    "--free-memory takes megabytes, 1 or more; what came is {free_memory}.",
                    free_memory=arguments.free_memory,
                )
            )
        return
    typed = [*arguments.set, *typed_settings(arguments)]
    if typed or arguments.name is not None or arguments.free_memory is not None:
        raise UsageError(
            saying.say(
                "Name, memory and settings are those of a run that is added, and --add is missing."
            ),
            remedy=saying.say("Put --add with them, or leave them out."),
        )


def _say(arguments: argparse.Namespace, sentence: str) -> int:
    if arguments.json:
        run = getattr(arguments, "run", None)
        print_json({"run": run and runs.run_name(arguments.project, run), "message": sentence})
    else:
        say(sentence)
    return 0


COMMANDS = (
    Command(
        name="stop",
        sentence=marked("Ask a run to stop; nothing that it learned is lost."),
        declare=_declare_stop,
        run=_stop,
    ),
    Command(
        name="pause",
        sentence=marked("Hold a run where it is, to go on with `continue`."),
        declare=add_project_and_run,
        run=_pause,
    ),
    Command(
        name="continue",
        sentence=marked("Go on with a paused run."),
        declare=add_project_and_run,
        run=_continue,
    ),
    Command(
        name="snapshot",
        sentence=marked("Save a checkpoint of a run now."),
        declare=add_project_and_run,
        run=_snapshot,
    ),
    Command(
        name="discard",
        sentence=marked("Move a run to the project's trash (asks first)."),
        declare=_declare_discard,
        run=_discard,
    ),
    Command(
        name="queue",
        sentence=marked("List, add to and reorder the runs that wait their turn."),
        declare=_declare_queue,
        run=_queue,
    ),
)
