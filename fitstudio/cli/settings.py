"""Settings typed on the command line: `--set KEY=VALUE`, `--seed`, and a flag a parameter."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Mapping
from typing import Any

from fitstudio.cli.command import whole_number
from fitstudio.declared.formats.registry import FORMATS, parse_option
from fitstudio.declared.kinds.param import Fix, Param
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.fit import FIT
from fitstudio.declared.parameters.registry import find_param
from fitstudio.declared.run_spec import RunSpec, parse_setting
from fitstudio.errors import UsageError
from fitstudio.words import say

# Parameters that name data have their own arguments (`new --data --target`) or go by --set.
_WITHOUT_FLAG = {"x", "y", "sample_weight", "validation_data", "callbacks", "verbose"}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds --set, --seed and one flag a parameter of fit() and compile()."""
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help=say(
            "a setting by its name in run.json, such as fit.epochs=10, model.units=[64,32] or "
            "compile.optimizer=sgd; may be repeated"
        ),
    )
    parser.add_argument(
        "--seed", metavar="N", type=whole_number, help=say("start from this random seed")
    )
    group = parser.add_argument_group(say("parameters of fit() and compile()"))
    for param in flagged_params():
        group.add_argument(
            "--" + param.name.replace("_", "-"),
            dest=_destination(param),
            metavar="VALUE",
            help=say(
                "{help} Default: {default}.", help=param.help, default=_default_text(param)
            ).replace("%", "%%"),
        )
    add_verbose(group)


def add_verbose(parser: argparse._ActionsContainer) -> None:
    """Adds --verbose: how progress is printed."""
    parser.add_argument(
        "--verbose",
        type=whole_number,
        choices=(0, 1, 2),
        help=say("0 silent, 1 a bar, 2 a line an epoch"),
    )


def typed_settings(arguments: argparse.Namespace, spec: RunSpec | None = None) -> dict[str, Any]:
    """What was typed, and nothing else, as settings by key.

    Args:
        arguments: The parsed command line.
        spec: The settings that they go on top of; a part of a nested one
            (`compile.optimizer_settings.beta_1`) leaves its other parts as they are there.

    Raises:
        UsageError: If a `--set` has no `=`.
        SpecError: If a key is unknown or a value cannot be understood.
    """
    spec = spec or RunSpec()
    typed = [
        f"{param.key}={text}"
        for param in flagged_params()
        if (text := getattr(arguments, _destination(param))) is not None
    ]
    settings: dict[str, Any] = {}
    for text in (*typed, *arguments.set):
        if "=" not in text:
            raise UsageError(
                say("--set takes KEY=VALUE; what came is {text}.", text=repr(text)),
                remedy=say("For example: --set fit.epochs=10"),
            )
        key, value = _part_of_nested(text, spec, settings) or parse_setting(text, spec)
        settings[key] = value
        spec = spec.with_values({key: value})
    if "data.file" in settings:
        # Another file: the fingerprint that was kept is not of it.
        settings.setdefault("data.fingerprint", None)
    if arguments.seed is not None:
        settings["run.seed"] = arguments.seed
    if arguments.verbose is not None:
        settings["fit.verbose"] = arguments.verbose
    return settings


def fix_as_typed(fix: Fix) -> str:
    """A finding's way out with the words that can be copied into the next command."""
    settings = [
        say("--set {shlex}", shlex=shlex.quote(f"{key}={_typed(key, value)}"))
        for key, value in fix.set.items()
    ]
    return plain(fix.sentence) + (f": {' '.join(settings)}" if settings else "")


def plain(sentence: str) -> str:
    """A sentence without the marks that the window shows in bold."""
    return sentence.replace("**", "")


def _typed(key: str, value: Any) -> str:
    param = find_param(key)
    return "default" if value is None or param is None else param.kind.show(value)


def _part_of_nested(
    text: str, spec: RunSpec, settings: dict[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    """Reads `section.name.part=value` of a setting that is a table of its own, or None."""
    key, _, value = text.partition("=")
    whole, _, part = key.strip().rpartition(".")
    while whole.count(".") > 1 and find_param(whole) is None:
        whole, _, upper = whole.rpartition(".")
        part = f"{upper}.{part}"
    if not part or find_param(key.strip()) is not None or find_param(whole) is None:
        return None
    present = settings.get(whole) or spec.get(whole) or {}
    if not isinstance(present, Mapping):
        return None
    reading = whole == "data.options" or whole.endswith(".options")
    if reading and value.strip() not in ("null", "default"):
        read = parse_option(part, value, **_file_of(spec, settings, whole))
    else:
        try:
            read = json.loads(value)
        except ValueError:
            read = None if reading else value.strip()
    changed = {**present, part: read}
    if read is None:
        del changed[part]
    return whole, changed


def _file_of(spec: RunSpec, settings: Mapping[str, Any], whole: str) -> dict[str, Any]:
    """The file that options of reading are for, and its format where that is set.

    Args:
        spec: The settings that are there.
        settings: What was typed so far.
        whole: The key of the options: of the first file, or of a source.
    """
    of_source = whole.removesuffix("options") if whole != "data.options" else None
    kind_key = f"{of_source}format" if of_source else "data.kind"
    file_key = f"{of_source}path" if of_source else "data.file"
    kind = settings.get(kind_key) or spec.get(kind_key)
    file = settings.get(file_key) or spec.get(file_key)
    return {"format": FORMATS.get(str(kind)), "file": str(file or "")}


def flagged_params() -> list[Param]:
    """The parameters that have a flag of their own."""
    return [param for param in (*FIT, *COMPILE) if param.name not in _WITHOUT_FLAG]


def _destination(param: Param) -> str:
    return param.key.replace(".", "__")


def _default_text(param: Param) -> str:
    if param.default is None:
        return param.unset or "none"
    return param.kind.show(param.default)
