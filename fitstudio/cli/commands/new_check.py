"""`new`, `check` and `examples`: a project before it trains."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fitstudio.actions import projects, runs
from fitstudio.actions.run import run_making
from fitstudio.cli.command import Command, add_project, opened, print_json, print_table
from fitstudio.cli.data_files import typed_files, typed_join
from fitstudio.cli.output import as_word, say
from fitstudio.cli.settings import add_settings, fix_as_typed, plain, typed_settings
from fitstudio.declared.checks.decisions import about_data, everything_found
from fitstudio.declared.data_overview import data_overview
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.plain_words import Paragraph, describe
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import UsageError
from fitstudio.project import Project
from fitstudio.words import marked, say_marked, saying

_MARKS = {
    Severity.ERROR: marked("cannot work"),
    Severity.NO_EFFECT: marked("no effect"),
    Severity.ADVICE: marked("advice"),
    Severity.TOLD: "done",
}


def _declare_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help=saying.say("the new project's folder")
    )
    parser.add_argument(
        "--example", metavar="NAME", help=saying.say("start from an example that is shipped")
    )
    parser.add_argument(
        "--data",
        metavar="FILE",
        action="append",
        default=[],
        help=saying.say(
            "start from this data file; repeat, perhaps as NAME=FILE, for several files whose "
            "rows belong together"
        ),
    )
    parser.add_argument(
        "--join",
        metavar="NAME=COLUMN",
        action="append",
        default=[],
        help=saying.say(
            "of several files: the column that the rows of this one are found by; may be "
            "repeated. Without it rows belong together one by one"
        ),
    )
    parser.add_argument(
        "--target",
        metavar="COLUMN",
        action="append",
        help=saying.say("what is to be predicted; repeat for several"),
    )
    parser.add_argument(
        "--input",
        metavar="COLUMN",
        action="append",
        help=saying.say(
            "what it is predicted from; repeat for several. Default: all other columns"
        ),
    )
    parser.add_argument(
        "--name", metavar="TEXT", help=saying.say("the project's name. Default: the folder's")
    )
    add_settings(parser)


def _new(arguments: argparse.Namespace) -> int:
    if bool(arguments.example) == bool(arguments.data):
        raise UsageError(
            saying.say("`new` takes either --example NAME or --data FILE; both came.")
            if arguments.example
            else saying.say("`new` takes either --example NAME or --data FILE; neither came."),
            remedy=saying.say("`fitstudio examples` lists the examples."),
        )
    if arguments.example and (arguments.target or arguments.input or arguments.join):
        raise UsageError(
            saying.say("--target, --input and --join go with --data; an example has its own."),
            remedy=saying.say("Change them afterwards with --set fit.y and fit.x."),
        )
    project = projects.create_project(
        arguments.folder,
        name=arguments.name,
        example=arguments.example,
        data=typed_files(arguments.data) or None,
        join=typed_join(arguments.join),
        target=arguments.target,
        inputs=arguments.input,
        settings=typed_settings(arguments),
    )
    summary = runs.dataset_summary(project)
    resolved = runs.check(project, summary=summary)
    overview = data_overview(project.settings, summary) if summary is not None else []
    if arguments.json:
        print_json(
            {"project": str(project.folder), "name": project.name}
            | _overview_json(project.settings, overview)
            | _sources_json(summary)
            | _found_json(resolved, summary)
        )
        return 0
    say(
        saying.say(
            "Made the project {project} in {folder}",
            project=repr(project.name),
            folder=project.folder,
        )
    )
    _print_paragraphs(overview)
    _print_found(resolved, summary)
    say(_next_step(project, resolved))
    return 0


def _next_step(project: Project, resolved: Resolved) -> str:
    if not resolved.value("fit.y"):
        return saying.say(
            "What is to be predicted is not clear from the file. Name it: `new` takes "
            "--target COLUMN; here it is: fitstudio train {folder} --set fit.y=COLUMN",
            folder=as_word(project.folder),
        )
    return saying.say("Next: fitstudio train {folder}", folder=as_word(project.folder))


def _declare_check(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    add_settings(parser)


def _check(arguments: argparse.Namespace) -> int:
    project = opened(arguments.project)
    spec = project.settings.with_values(typed_settings(arguments, project.settings))
    summary = runs.dataset_summary(project, spec)
    resolved = runs.check(project, spec=spec, summary=summary)
    hindrance = run_making.hindrance(project)
    ok = resolved.ok and hindrance is None
    overview = data_overview(spec, summary) if summary is not None else []
    if arguments.json:
        told = resolved.to_json() | _overview_json(spec, overview)
        told |= _sources_json(summary) | _found_json(resolved, summary)
        hinders = {"hindrance": hindrance.to_json()} if hindrance is not None else {}
        print_json({"ok": ok} | told | hinders)
        return 0 if ok else 1
    _print_paragraphs(overview)
    _print_paragraphs(describe(resolved, summary))
    _print_found(resolved, summary)
    if hindrance is not None:
        say(hindrance.message)
        say(f"    {hindrance.remedy}")
    say(saying.say("Ready to train.") if ok else saying.say("Training cannot start yet."))
    return 0 if ok else 1


def _overview_json(spec: RunSpec, overview: list[Paragraph]) -> dict[str, Any]:
    said = {each.title.lower().replace(" ", "_"): plain(each.text) for each in overview}
    return {"data": said, "target": spec.get("fit.y"), "inputs": spec.get("fit.x")}


def _sources_json(summary: DatasetSummary | None) -> dict[str, Any]:
    """Of several files each: what it is, and how its rows belong to those of the first."""
    if summary is None or not summary.sources:
        return {}
    return {"sources": [each.to_json() for each in summary.sources]}


def _found_json(resolved: Resolved, summary: DatasetSummary | None) -> dict[str, Any]:
    return {"findings": [each.to_json() for each in everything_found(resolved, summary)]}


def _print_paragraphs(paragraphs: Sequence[Paragraph]) -> None:
    for paragraph in paragraphs:
        say(f"{paragraph.title}: {plain(paragraph.text)}")


def _print_found(resolved: Resolved, summary: DatasetSummary | None) -> None:
    """All that the window lists, with the words that would be typed instead of a click."""
    found = everything_found(resolved, summary)
    for title, findings in (
        (saying.say("Found in the data:"), [each for each in found if about_data(each)]),
        (saying.say("Found in the settings:"), [each for each in found if not about_data(each)]),
    ):
        if findings:
            say(title)
        for finding in findings:
            _print_finding(finding)


def _print_finding(finding: Finding) -> None:
    say(f"[{say_marked(_MARKS[finding.severity])}] {finding.where}: {plain(finding.sentence)}")
    if finding.rows:
        say(saying.say("    Rows: {rows}", rows=", ".join(map(str, finding.rows))))
    if finding.fix:
        say(f"    {fix_as_typed(finding.fix)}")


def _declare_examples(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to say but --json, which every command has


def _examples(arguments: argparse.Namespace) -> int:
    examples = projects.list_examples()
    if arguments.json:
        print_json(
            [
                {"name": each.name, "title": each.title, "sentence": each.sentence}
                for each in examples
            ]
        )
        return 0
    rows = [[each.name, each.title, each.sentence] for each in examples]
    heads = [saying.say("Name"), saying.say("Title"), saying.say("What it shows")]
    print_table(heads, rows, right=frozenset())
    say()
    say(saying.say("Try one: fitstudio demo --example NAME"))
    return 0


COMMANDS = (
    Command(
        name="new",
        sentence=marked("Make a project from a data file or from an example."),
        declare=_declare_new,
        run=_new,
    ),
    Command(
        name="check",
        sentence=marked(
            "Say what training would do with the project's settings, and what hinders it."
        ),
        declare=_declare_check,
        run=_check,
    ),
    Command(
        name="examples",
        sentence=marked("List the examples that are shipped."),
        declare=_declare_examples,
        run=_examples,
    ),
)
