"""Settings typed on the command line: `--set KEY=VALUE`, `--seed`, and a flag a parameter."""

from __future__ import annotations

import argparse
from typing import Any

from fitstudio.errors import UsageError
from fitstudio.spec.compile_params import COMPILE
from fitstudio.spec.fit_params import FIT
from fitstudio.spec.param import Param
from fitstudio.spec.run_spec import RunSpec

# Parameters that name data have their own arguments (`new --data --target`) or go by --set.
_WITHOUT_FLAG = {"x", "y", "sample_weight", "validation_data", "callbacks", "verbose"}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds --set, --seed and one flag a parameter of fit() and compile()."""
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="a setting by its name in run.json, such as fit.epochs=10, model.units=[64,32] "
        "or compile.optimizer=sgd; may be repeated",
    )
    parser.add_argument("--seed", metavar="N", type=int, help="start from this random seed")
    group = parser.add_argument_group("parameters of fit() and compile()")
    for param in flagged_params():
        group.add_argument(
            "--" + param.name.replace("_", "-"),
            dest=_destination(param),
            metavar="VALUE",
            help=f"{param.help} Default: {_default_text(param)}.".replace("%", "%%"),
        )
    group.add_argument(
        "--verbose", type=int, choices=(0, 1, 2), help="0 silent, 1 a bar, 2 a line an epoch"
    )


def typed_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was typed, and nothing else, as settings by key.

    Raises:
        UsageError: If a `--set` has no `=`.
        SpecError: If a key is unknown or a value cannot be understood.
    """
    settings: dict[str, Any] = {}
    for param in flagged_params():
        text = getattr(arguments, _destination(param))
        if text is not None:
            key, value = RunSpec.parse_setting(f"{param.key}={text}")
            settings[key] = value
    for text in arguments.set:
        if "=" not in text:
            raise UsageError(
                f"--set takes KEY=VALUE; what came is {text!r}.",
                remedy="For example: --set fit.epochs=10",
            )
        key, value = RunSpec.parse_setting(text)
        settings[key] = value
    if arguments.seed is not None:
        settings["run.seed"] = arguments.seed
    if arguments.verbose is not None:
        settings["fit.verbose"] = arguments.verbose
    return settings


def flagged_params() -> list[Param]:
    """The parameters that have a flag of their own."""
    return [param for param in (*FIT, *COMPILE) if param.name not in _WITHOUT_FLAG]


def _destination(param: Param) -> str:
    return param.key.replace(".", "__")


def _default_text(param: Param) -> str:
    if param.default is None:
        return param.unset or "none"
    return param.kind.show(param.default)
