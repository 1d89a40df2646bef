"""`doctor`: what this installation is and whether it can train."""

from __future__ import annotations

import argparse

from fitstudio.actions import environment
from fitstudio.cli.command import Command, print_json
from fitstudio.cli.output import say
from fitstudio.words import marked, saying


def _declare(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to say but --json, which every command has


def _doctor(arguments: argparse.Namespace) -> int:
    found = environment.describe()
    healthy = "problem" not in found["devices"]
    if arguments.json:
        print_json({"healthy": healthy} | found)
        return 0 if healthy else 1
    say(
        saying.say(
            "FitStudio {fitstudio} on Python {python}, {system}",
            fitstudio=found["fitstudio"],
            python=found["python"],
            system=found["system"],
        )
    )
    for name, version in found["packages"].items():
        say(f"  {name}: {version or saying.say('not installed')}")
    for name, folder in found["folders"].items():
        say(saying.say("  {name} folder: {folder}", name=name, folder=folder))
    if not healthy:
        say(saying.say("Training cannot start: {problem}", problem=found["devices"]["problem"]))
        return 1
    for device in found["devices"]["devices"]:
        say(saying.say("  device {name}: {title}", name=device["name"], title=device["title"]))
    say(
        saying.say(
            "Training would use {chosen}: {reason}",
            chosen=found["devices"]["chosen"],
            reason=found["devices"]["reason"],
        )
    )
    return 0


COMMANDS = (
    Command(
        name="doctor",
        sentence=marked(
            "Say which versions, devices and folders are in use, and whether all is well."
        ),
        declare=_declare,
        run=_doctor,
    ),
)
