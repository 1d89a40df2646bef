"""Parses the command line, runs the subcommand, and turns errors into sentences and exit codes."""

from __future__ import annotations

import argparse
import errno
import json
import sys
import traceback
from typing import NoReturn

import fitstudio
from fitstudio import terminal
from fitstudio.actions import processes
from fitstudio.cli import commands
from fitstudio.cli.output import complain, say
from fitstudio.cli.settings import fix_as_typed, plain
from fitstudio.errors import FitStudioError, SpecError, StorageError, UsageError
from fitstudio.storage import atomic
from fitstudio.words import saying

EXIT_FAILED = 1
EXIT_USAGE = 2


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong word raises UsageError, so that --json can report it too."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"{message[:1].upper()}{message[1:]}.",
            remedy=saying.say("See `{prog} --help`.", prog=self.prog),
        )


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line, one subparser an action."""
    parser = _Parser(
        prog="fitstudio",
        description=saying.say(
            "Train neural networks by pointing and clicking, or from this command line. "
            "Without a subcommand, `fitstudio [PROJECT]` opens the window."
        ),
    )
    parser.add_argument("--version", action="version", version=fitstudio.__version__)
    subparsers = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=_Parser
    )
    for command in commands.ALL:
        subparser = subparsers.add_parser(
            command.name, help=command.sentence, description=command.sentence
        )
        command.declare(subparser)
        subparser.add_argument(
            "--json", action="store_true", help=saying.say("print one JSON value instead of text")
        )
        subparser.set_defaults(run_command=command.run)
    return parser


def main(words: list[str] | None = None) -> int:
    """Runs one command line.

    Args:
        words: The words after the program's name.

    Returns:
        0 done, 1 failed, 2 wrong usage.
    """
    words = list(sys.argv[1:] if words is None else words)
    with terminal.forgiving_output() as problems:
        status = _run(words)
    if not problems or _nobody_reads(problems[0]):
        return status
    complain(
        saying.say(
            "fitstudio: Not all of the output could be written: {problems}. What the command "
            "did is done all the same.",
            problems=_words_of(problems[0]),
        )
    )
    return status or EXIT_FAILED


def _nobody_reads(problem: Exception) -> bool:
    """Whether the reader of a pipe (`| head`) had enough, or the terminal was closed."""
    return not isinstance(problem, OSError) or problem.errno in (
        errno.EPIPE,
        errno.EIO,
        errno.EBADF,
        errno.EINVAL,  # Windows says so of a pipe that is closed
    )


def _words_of(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)


def _run(words: list[str]) -> int:
    as_json = "--json" in words
    try:
        arguments = build_parser().parse_args(words)
        return arguments.run_command(arguments)
    except UsageError as problem:
        _report(problem, as_json)
        return EXIT_USAGE
    except FitStudioError as problem:
        if problem.code == "internal" and problem.details and problem.remedy is None:
            problem.remedy = _where_kept(problem.details)
        _report(problem, as_json)
        return EXIT_FAILED
    except KeyboardInterrupt:
        complain(saying.say("Stopped by you."))
        return 130
    except Exception as problem:
        # A mistake of ours. A traceback is no answer to a person, but must not be lost either.
        details = traceback.format_exc()
        _report(
            FitStudioError(
                saying.say(
                    "Something went wrong inside FitStudio ({kind}: {problem}).",
                    kind=type(problem).__name__,
                    problem=problem,
                ),
                code="internal",
                safe=saying.say("Your data and your runs are as they were."),
                remedy=_where_kept(details),
                details=details,
            ),
            as_json,
        )
        return EXIT_FAILED


def _where_kept(details: str) -> str:
    """Writes a traceback into the settings folder and says where it is."""
    report = processes.settings_folder() / "last-error.txt"
    try:
        atomic.make_folder(report.parent)
        atomic.write_text(report, details)
    except StorageError:
        return saying.say("The same command with --json prints the details.")
    return saying.say(
        "Details are in {report}; please send that file along with your report.", report=report
    )


def _report(problem: FitStudioError, as_json: bool) -> None:
    if as_json:
        say(json.dumps({"error": problem.to_json()}, ensure_ascii=False))
    complain(saying.say("fitstudio: {message}", message=plain(problem.message)))
    if isinstance(problem, SpecError):
        for finding in problem.findings:
            if finding.sentence not in problem.message:
                complain(f"  {finding.where}: {plain(finding.sentence)}")
            if finding.fix:
                complain(f"    {fix_as_typed(finding.fix)}")
    if problem.safe:
        complain(f"  {problem.safe}")
    if problem.remedy:
        complain(f"  {problem.remedy}")
