"""The subcommands, each a name, a sentence, its flags, and the action that it calls."""

from __future__ import annotations

from fitstudio.cli.commands import (
    baselines,
    control,
    doctor,
    evaluate_predict,
    export,
    new_check,
    runs_show,
    threshold,
    train_resume,
)

ALL = (
    *new_check.COMMANDS,
    *train_resume.COMMANDS,
    *control.COMMANDS,
    *runs_show.COMMANDS,
    *evaluate_predict.COMMANDS,
    *threshold.COMMANDS,
    *baselines.COMMANDS,
    *export.COMMANDS,
    *doctor.COMMANDS,
)
