"""Everything before the first epoch: settings, machine, starting point, data; and who hears of it.

run.json, resolved.json ──► values, plan ──► machine (device, threads, seed)
checkpoints/ ──► starting point, on resume
data file ──► prepare ──► x, y, weights, recipe
──► run_started, data_ready, resolved.json (environment), model.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fitstudio import storage
from fitstudio.data.fingerprint import same_content, untouched
from fitstudio.data.preparing.parts.split_rows import same_split
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.preparing.roles import find_task
from fitstudio.data.second_files import changed_file, fingerprints
from fitstudio.data.several import SeveralSources
from fitstudio.data.source import Source, open_source
from fitstudio.declared.catalogue.watching import best_epoch_by
from fitstudio.declared.checks.changed_file import DATA_CHANGED, change_between, changes
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.plan.models import ModelPlan, model_settings, plan_task
from fitstudio.declared.resolve import Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.task import Task
from fitstudio.engine import device
from fitstudio.engine.gpu_driver import GraphicsProcessor
from fitstudio.engine.state import checkpoint
from fitstudio.engine.state.checkpoint import Checkpoint
from fitstudio.errors import RunError, SpecError
from fitstudio.journal import EventType, fold, read_all
from fitstudio.journal.best_value import BestValue, mode_of
from fitstudio.project.run_files import read_recorded, read_spec
from fitstudio.storage import atomic
from fitstudio.storage.checked import MisfitError
from fitstudio.words import say
from fitstudio.worker.run_process import RunProcess
from fitstudio.worker.saving.history_files import Row
from fitstudio.worker.saving.model_card import BirthCertificate
from fitstudio.worker.setup import augmenting, machine, model_setup
from fitstudio.worker.setup.machine import Machine
from fitstudio.worker.setup.target_facts import target_facts


@dataclass(slots=True)
class Training:
    """One run being trained, by what is known about it so far.

    Attributes:
        values: The resolved values by key.
        rows: The finished epochs.
        epoch_lines: The same with all fields of `epoch_ended`, as JSON.
        micro_batch_size: How many rows go through the model at a time, after memory ran out.
    """

    process: RunProcess
    spec: RunSpec
    resolved: Resolved
    values: Mapping[str, Any]
    machine: Machine
    prepared: Prepared
    certificate: BirthCertificate
    start: Checkpoint | None
    best: BestValue
    rows: list[Row] = field(default_factory=list)
    epoch_lines: list[str] = field(default_factory=list)
    micro_batch_size: int | None = None


def prepare_training(process: RunProcess) -> Training:
    """Gets a run ready to train, and tells the journal.

    Raises:
        Exception: Whatever keeps it from training; `failures` makes a card of it.
    """
    paths = process.paths
    spec = read_spec(paths.spec)
    stored = read_recorded(paths.resolved) if paths.resolved.exists() else {}
    resolved = _resolved(process, spec, stored)
    values = {key: each.value for key, each in resolved.values.items()}
    facts, plan = resolved.facts, resolved.model_plan
    if not resolved.ok or facts is None or plan is None:
        raise SpecError(
            " ".join(finding.sentence for finding in resolved.errors)
            or say("Nothing can be trained."),
            resolved.errors,
            code="run.settings",
            remedy=say("Mend the settings, then train again."),
        )
    before = stored.get("machine", {})
    set_up = machine.set_up(
        values, plan, batch_size=facts.batch_size, seed=stored.get("seed"), before=before
    )
    start = _starting_point(process)
    best = _watch(spec, values, validates=facts.validates)
    environment = set_up.environment()
    _announce(process, spec, set_up, start, best, facts.steps_per_epoch, before, environment)
    # The source stays open: large arrays are read from it while training runs.
    source = open_source(spec.data, process.project)
    environment["data"] = _same_data(source, before.get("data"))
    second_files = _same_second_files(process, spec, stored.get("validation_fingerprints"))
    task = resolved.task or find_task(source, spec)
    prepared = prepare(
        source,
        spec,
        base=process.project,
        seed=set_up.seed,
        task=task,
        lazily=before.get("lazily"),
    )
    environment["lazily"] = prepared.lazily
    _require_same_split(process, stored.get("split"), prepared)
    if prepared.recipe.input.slot != task.input:
        task = replace(task, inputs=(prepared.recipe.input.slot,))
        plan = _plan_again(task, values)
    resolved = replace(resolved, task=task, model_plan=plan)
    target = target_facts(
        prepared.recipe, method=str(values["data.scale_target"]), loss=task.output.loss
    )
    changed = _changes(source, spec, environment["data"])
    at_random = augmenting.told(values, plan.input_shape)
    _tell_data(process, prepared, plan, target, changed, at_random)
    storage.write_json(
        paths.resolved,
        stored
        | resolved.to_json()
        | {"seed": set_up.seed, "machine": before | environment}
        | ({"validation_fingerprints": second_files} if second_files else {})
        | ({} if prepared.split is None else {"split": prepared.split.record()}),
    )
    certificate = BirthCertificate(
        plan=plan,
        recipe=prepared.recipe,
        compiled=model_setup.compiled_settings(values),
        origin={"run": paths.name, "created": process.began} | environment,
    )
    certificate.write(paths.model)
    training = Training(process, spec, resolved, values, set_up, prepared, certificate, start, best)
    training.micro_batch_size = before.get("micro_batch_size")
    return training


def finished_epochs(start: Checkpoint) -> list[dict[str, Any]]:
    """The epochs that a starting point holds, with the fields of their `epoch_ended`."""
    return [json.loads(line) for line in start.state["worker"]["epochs"].splitlines()]


def _resolved(process: RunProcess, spec: RunSpec, stored: Mapping[str, Any]) -> Resolved:
    """What the window or the command line worked out when the run was made, or the same again."""
    if "values" in stored:
        try:
            return Resolved.from_json(stored)
        except MisfitError as problem:
            raise atomic.damaged(process.paths.resolved, str(problem)) from problem
    with open_source(spec.data, process.project) as source:
        return resolve(spec, source.summary())


def _plan_again(task: Task, values: Mapping[str, Any]) -> ModelPlan:
    """The model for rows that turned out to have another shape than the summary promised."""
    plan = plan_task(task, values["model.kind"], model_settings(values))
    if not plan.ok:
        raise SpecError(plan.findings[0].sentence, plan.findings, code=plan.findings[0].code)
    return plan


def _require_same_split(
    process: RunProcess, before: Mapping[str, Any] | None, prepared: Prepared
) -> None:
    """Refuses to go on with other rows in the parts: what checked might be trained on."""
    if process.resume and not same_split(before, prepared.split):
        raise RunError(
            say("The rows of the parts are not those that this run began with."),
            code="run.split-changed",
            remedy=say("Start a new run with the same settings."),
            safe=say("The run's checkpoints and History are untouched."),
        )


def _starting_point(process: RunProcess) -> Checkpoint | None:
    if not process.resume:
        return None
    start, passed_over = checkpoint.newest(process.paths.checkpoints)
    for sentence in passed_over:
        process.tell(
            "warning",
            "checkpoint.damaged",
            say("{sentence} The next older checkpoint is used instead.", sentence=sentence),
        )
    if start is None:
        process.tell("info", "resume.from-start", say("No epoch had ended: the run starts anew."))
    return start


def _watch(spec: RunSpec, values: Mapping[str, Any], *, validates: bool) -> BestValue:
    """The metric whose best epoch is kept: what a callback watches, or the validation loss."""
    monitor, mode = best_epoch_by(values.get("fit.callbacks") or (), validates=validates)
    return BestValue(monitor, mode_of(monitor, mode))


def _announce(
    process: RunProcess,
    spec: RunSpec,
    set_up: Machine,
    start: Checkpoint | None,
    best: BestValue,
    steps_per_epoch: int | None,
    before: Mapping[str, Any],
    environment: Mapping[str, Any],
) -> None:
    fields: dict[str, Any] = {}
    first_epoch = spec.get("fit.initial_epoch")
    if process.resume:
        fields["resumed"] = True
    if start is not None:
        first_epoch = start.facts["epoch"] + (0 if start.facts["step"] else 1)
        fields["resumed_from"] = f"checkpoints/{start.folder.name}"
        changed = device.differences_that_change_bits(dict(before), dict(environment))
        fields["differences"] = [
            {"what": each, "allowed": True, "sentence": say("{each} differs.", each=each)}
            for each in changed
        ]
        if changed:
            process.tell(
                "warning",
                "resume.other-machine",
                say(
                    "The machine differs, so numbers agree within rounding only: {changed}.",
                    changed=", ".join(changed),
                ),
            )
    process.journal.append(
        EventType.RUN_STARTED,
        run=process.paths.name,
        pid=process.pid,
        process_started=process.began,
        host=environment["host"],
        first_epoch=first_epoch,
        last_epoch=spec.get("fit.epochs") - 1,
        steps_per_epoch=steps_per_epoch,
        seed=set_up.seed,
        device=set_up.choice.device.title,
        device_name=set_up.choice.device.name,
        device_reason=set_up.choice.reason,
        device_memory_total_bytes=set_up.choice.device.memory_bytes,
        device_driver=environment.get("driver"),
        device_cudnn=environment.get("cudnn"),
        threads=set_up.threads,
        versions=environment["versions"],
        callbacks=spec.to_json().get("fit", {}).get("callbacks", []),
        monitor=best.monitor,
        mode=best.mode,
        **fields,
    )
    if start is not None:
        _tell_of_saved_epochs(process, start)
    process.tell(
        "info",
        "device",
        say(
            "Training on {device}. {reason}",
            device=set_up.choice.device.title,
            reason=set_up.choice.reason,
        ),
    )
    process.heartbeat.graphics = GraphicsProcessor.find(environment.get("device_uuid"))


def _tell_of_saved_epochs(process: RunProcess, start: Checkpoint) -> None:
    """Tells of finished epochs that the starting point holds and the journal does not.

    Epochs are told when their checkpoint is on the disk: a process that was killed in between had
    saved them without having said so.
    """
    told = {row.epoch for row in fold(read_all(process.paths.journal)).epochs}
    for ended in finished_epochs(start):
        if ended["epoch"] not in told:
            process.journal.append(EventType.EPOCH_ENDED, **ended)


def _same_data(source: Source, before: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The data's fingerprint, of several files each by its name; after a resume it is as it was."""
    if not isinstance(source, SeveralSources):
        return _same_file(source, before, say("The data file"))
    earlier = before or {}
    return {
        part.name: _same_file(
            part.source,
            earlier.get(part.name),
            say("The data file {file}", file=repr(part.source.file)),
        )
        for part in source.parts
    }


def _same_file(source: Source, before: Mapping[str, Any] | None, called: str) -> Mapping[str, Any]:
    if before is not None and untouched(before, source.path, source.targets_path):
        return before
    now = source.fingerprint()
    if before is not None and not same_content(before, now):
        raise _changed(called)
    return now


def _same_second_files(
    process: RunProcess, spec: RunSpec, before: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """The fingerprints of the files that the model is checked on; after a resume as they were."""
    validation = spec.get("fit.validation_data")
    now = fingerprints(validation, process.project, before)
    changed = changed_file(before, now, validation)
    if changed is not None:
        raise _changed(say("The data file {file}", file=repr(changed)))
    return now


def _changed(called: str) -> RunError:
    return RunError(
        say(
            "{called} has changed since this run began, so it cannot go on from where it was.",
            called=called,
        ),
        code="run.data-changed",
        remedy=say("Start a new run with the same settings, or put the old file back."),
        safe=say("The run's checkpoints and History are untouched."),
    )


def _changes(source: Source, spec: RunSpec, now: Mapping[str, Any]) -> list[str]:
    """How the data have changed since the project took note of them, in sentences."""
    if isinstance(source, SeveralSources):
        return [sentence for _, sentence in changes(spec.data, now)]
    changed = change_between(spec.get("data.fingerprint"), now)
    return [] if changed is None else [changed]


def _tell_data(
    process: RunProcess,
    prepared: Prepared,
    plan: ModelPlan,
    target: Mapping[str, Any] | None,
    changed: Sequence[str],
    at_random: Sequence[Finding],
) -> None:
    findings = [
        *(Finding(DATA_CHANGED, Severity.ADVICE, "data.file", each) for each in changed),
        *prepared.findings,
        *at_random,
    ]
    process.journal.append(
        EventType.DATA_READY,
        training_rows=len(prepared.training),
        validation_rows=len(prepared.validation),
        input_shape=list(plan.input_shape),
        output_shape=list(plan.output_shape),
        class_names=list(prepared.class_names or ()),
        findings=[finding.to_json() for finding in findings],
        **({} if target is None else {"target": target}),
    )
