"""The subcommands, each a name, a sentence, its flags, and the action that it calls."""

from __future__ import annotations

from fitstudio.cli.commands import (
    comparing,
    controlling,
    deciding,
    doctor,
    exporting,
    making,
    recording,
    training,
    using,
)

ALL = (
    *making.COMMANDS,
    *training.COMMANDS,
    *controlling.COMMANDS,
    *recording.COMMANDS,
    *using.COMMANDS,
    *deciding.COMMANDS,
    *comparing.COMMANDS,
    *exporting.COMMANDS,
    *doctor.COMMANDS,
)
