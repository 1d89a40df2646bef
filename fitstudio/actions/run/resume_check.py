"""What is different now from when a run was last trained, and whether it may go on all the same."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitstudio.actions.run.run_making import environment, spec_digest
from fitstudio.data.fingerprint import fingerprint, same_content, untouched
from fitstudio.data.second_files import second_files
from fitstudio.declared.parameters.sources import sources_of
from fitstudio.project.paths import RunPaths
from fitstudio.project.run_files import read_recorded, read_spec
from fitstudio.storage.checked import Plain
from fitstudio.words import marked, say, say_marked

_ROUNDING = marked("Its numbers may differ from an undisturbed run in the last digits.")
_OTHER_RUN = marked("Start a new run: this one would no longer be what its folder says.")


@dataclass(frozen=True)
class ResumeDifference(Plain):
    """One thing that is different.

    Args:
        what: "data", "settings", or the name of a program.
        before: As it was.
        now: As it is.
        allowed: Whether the run may go on.
        sentence: What that means, for a person.
    """

    what: str
    before: Any
    now: Any
    allowed: bool
    sentence: str


def resume_differences(project_folder: Path, paths: RunPaths) -> list[ResumeDifference]:
    """Compares what a run recorded when it was made with what is there now.

    Torch's own settings (threads, instruction set, device) are compared by the worker, which knows.

    Raises:
        StorageError: If the run's files cannot be read.
    """
    recorded = read_recorded(paths.resolved)
    found = [_settings(paths, recorded), *_data(project_folder, paths, recorded)]
    then, now = recorded.get("environment") or {}, environment()
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            found.append(_program(name, then.get(name), now.get(name)))
    host = recorded.get("host")
    if host and host != platform.node():
        sentence = say(
            "It was begun on the computer {host}. {rounding}",
            host=repr(host),
            rounding=say_marked(_ROUNDING),
        )
        found.append(ResumeDifference("computer", host, platform.node(), True, sentence))
    return [each for each in found if each is not None]


def _settings(paths: RunPaths, recorded: Mapping[str, Any]) -> ResumeDifference | None:
    before, now = recorded.get("spec_sha256"), spec_digest(paths.spec)
    if before in (None, now):
        return None
    sentence = say(
        "run.json was changed after the run had begun. {other_run}",
        other_run=say_marked(_OTHER_RUN),
    )
    return ResumeDifference("settings", before, now, False, sentence)


def _data(
    project_folder: Path, paths: RunPaths, recorded: Mapping[str, Any]
) -> Iterator[ResumeDifference]:
    spec = read_spec(paths.spec)
    sources = sources_of(spec.data)
    several = recorded.get("data_fingerprints") or {}
    for name, source in sources.items():
        before = several.get(name) if len(sources) > 1 else recorded.get("data_fingerprint")
        if before and source.get("path"):
            changed = _file(project_folder, source["path"], source.get("targets"), before)
            if changed is not None:
                yield changed
    second = recorded.get("validation_fingerprints") or {}
    for name, file in second_files(spec.get("fit.validation_data")).items():
        changed = _file(project_folder, file, None, second[name]) if name in second else None
        if changed is not None:
            yield changed


def _file(
    project_folder: Path, file: str, targets: str | None, before: Mapping[str, Any]
) -> ResumeDifference | None:
    path = project_folder / file
    second = project_folder / targets if targets and before.get("targets") else None
    try:
        if untouched(before, path, second):
            return None
        now = fingerprint(path, second)
    except (OSError, ValueError) as problem:  # a name that the system knows no file by
        why = getattr(problem, "strerror", None) or problem
        sentence = say("The data file {file} cannot be read: {why}.", file=repr(file), why=why)
        return ResumeDifference("data", before, None, False, sentence)
    if same_content(before, now):
        return None  # only touched or copied
    sentence = say(
        "The data file {file} has changed since the run began. {other_run}",
        file=repr(file),
        other_run=say_marked(_OTHER_RUN),
    )
    return ResumeDifference("data", before, now, False, sentence)


def _program(name: str, before: Any, now: Any) -> ResumeDifference:
    sentence = say(
        "{name} was {before} and is {now} now. {rounding}",
        name=name,
        before=before or say("missing"),
        now=now or say("missing"),
        rounding=say_marked(_ROUNDING),
    )
    return ResumeDifference(name, before, now, True, sentence)
