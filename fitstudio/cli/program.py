"""Parses the command line, runs the subcommand, and turns errors into sentences and exit codes."""

from __future__ import annotations

import argparse
import difflib
import errno
import os
import re
import sys
import traceback
from typing import NoReturn

import fitstudio
from fitstudio import terminal
from fitstudio.actions.launchers import processes
from fitstudio.cli import COMMANDS, commands, misspelled
from fitstudio.cli.output import complain, say_json
from fitstudio.cli.settings import fix_as_typed, plain
from fitstudio.errors import FitStudioError, SpecError, StorageError, UsageError
from fitstudio.storage import atomic
from fitstudio.words import say_marked, saying
from fitstudio.words.numbers import listed

_WITHOUT_VALUE = re.compile(r"(?P<option>--\S+): expected one")
EXIT_FAILED = 1
EXIT_USAGE = 2


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong word raises UsageError, so that --json can report it too."""

    def error(self, message: str) -> NoReturn:
        message = re.sub(r"^argument (\S+): it takes", r"\1 takes", message)
        remedy = saying.say("See `{prog} --help`.", prog=self.prog)
        if without := _WITHOUT_VALUE.search(message):
            remedy = saying.say(
                "Where it begins with a hyphen, it stands behind an equals sign: {option}=-…. "
                "See `{prog} --help`.",
                option=without["option"],
                prog=self.prog,
            )
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", remedy=remedy)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """As argparse, in words: which values there are, and which may be meant."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        close = difflib.get_close_matches(str(value), known, n=1)
        meant = saying.say(" Did you mean {close}?", close=repr(close[0])) if close else ""
        name = "/".join(action.option_strings) or str(action.metavar)
        there = listed(known, last="or", most=len(known))
        raise UsageError(
            saying.say(
                "{name} takes {there}; what came is {value}.{meant}",
                name=name,
                there=there,
                value=repr(str(value)),
                meant=meant,
            ),
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
        epilog=saying.say(
            "A command ends with 0 when all is done, 1 when something failed, 2 when the "
            "command line is not understood, 130 when it was ended by Ctrl+C."
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=fitstudio.__version__)
    subparsers = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=_Parser
    )
    for command in commands.ALL:
        subparser = subparsers.add_parser(
            command.name,
            help=say_marked(command.sentence),
            description=say_marked(command.sentence),
            allow_abbrev=False,
        )
        command.declare(subparser)
        subparser.add_argument(
            "--json", action="store_true", help=saying.say("print one JSON value instead of text")
        )
        subparser.set_defaults(run_command=command.run, command=command.name)
        subparser.set_defaults(options=tuple(subparser._option_string_actions))
    return parser


def main(words: list[str] | None = None) -> int:
    """Runs one command line.

    Args:
        words: The words after the program's name.

    Returns:
        0 done, 1 failed, 2 the command line is not understood, 130 ended by Ctrl+C.
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
        arguments = _understood(words)
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
        # A run that was just started, and that nobody has begun to wait for, must not go on unseen.
        processes.give_up_children()
        complain(saying.say("Stopped by you."))
        return 130
    except Exception as problem:
        if _stands_nowhere():
            gone = UsageError(
                saying.say("The folder in which the command was typed is not there any more."),
                remedy=saying.say("Go to another one (cd), and type it again."),
            )
            _report(gone, as_json)
            return EXIT_USAGE
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


def _stands_nowhere() -> bool:
    """Whether the working folder was removed: no path that is typed means anything then."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _understood(words: list[str]) -> argparse.Namespace:
    """The words as the arguments of a command.

    Raises:
        UsageError: If they are none.
    """
    if words and words[0] == "help":
        words = [*words[1:2], "--help"]
    if words and words[0] not in (*COMMANDS, "-h", "--help", "--version"):
        raise misspelled.no_command(words)
    arguments, extra = build_parser().parse_known_args(words)
    if extra:
        raise misspelled.left_over(arguments.command, extra, arguments.options)
    if "project" in arguments and "run" in arguments:
        problem = misspelled.swapped(arguments.command, arguments.project, arguments.run)
        if problem is not None:
            raise problem
    return arguments


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
        say_json({"error": problem.to_json()})
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
