"""`doctor`: what this installation is and whether it can train."""

from __future__ import annotations

import argparse

from fitstudio.actions import environment
from fitstudio.cli.command import Command, print_json
from fitstudio.cli.output import say


def _declare(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to say but --json, which every command has


def _doctor(arguments: argparse.Namespace) -> int:
    found = environment.describe()
    healthy = "problem" not in found["devices"]
    if arguments.json:
        print_json({"healthy": healthy} | found)
        return 0 if healthy else 1
    say(f"FitStudio {found['fitstudio']} on Python {found['python']}, {found['system']}")
    for name, version in found["packages"].items():
        say(f"  {name}: {version or 'not installed'}")
    for name, folder in found["folders"].items():
        say(f"  {name} folder: {folder}")
    if not healthy:
        say(f"Training cannot start: {found['devices']['problem']}")
        return 1
    for device in found["devices"]["devices"]:
        say(f"  device {device['name']}: {device['title']}")
    if found["devices"].get("cuda"):
        for what, name in (("driver", "driver"), ("CUDA", "cuda"), ("cuDNN", "cudnn")):
            say(f"  {what}: {found['devices'].get(name) or 'not known'}")
    say(f"Training would use {found['devices']['chosen']}: {found['devices']['reason']}")
    return 0


COMMANDS = (
    Command(
        name="doctor",
        sentence="Say which versions, devices and folders are in use, and whether all is well.",
        declare=_declare,
        run=_doctor,
    ),
)
