"""Tries a few real batches and tells what the whole run would take: time, memory, disk, device."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch

from fitstudio.data.preparing.batches import RowBatches
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.source import open_source
from fitstudio.declared.resolve import Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.engine import device, device_memory
from fitstudio.engine.augmentation.augmentation import Augmentation
from fitstudio.engine.model import Model
from fitstudio.engine.state.checkpoint import Snapshot
from fitstudio.errors import SpecError
from fitstudio.storage import ops
from fitstudio.words import say
from fitstudio.worker.setup import machine, model_setup
from fitstudio.worker.setup.augmenting import augmentation_for

_WARM_UP_STEPS = 2
_MEASURED_STEPS = 5
# Three checkpoints stand on the disk (last, previous, best), a fourth while one is written.
_CHECKPOINTS = 4
_MARGIN = 1.1


def try_one_batch(job: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Prepares data and model as a run would, and trains a few steps of full size.

    Args:
        job: `project`, and `spec` as `RunSpec.to_json` gives it.
        progress: Told how far it is.

    Returns:
        `device`, `device_reason`, `steps_per_epoch`, `epochs`, `seconds_per_step`,
        `seconds_per_epoch`, `seconds_total`, `memory_bytes`, `device_memory_bytes`,
        `checkpoint_bytes`, `disk_bytes`, `disk_free_bytes`, `fits` and `batch_size`. Where memory
        was not enough, `fits` is False and `batch_size_that_fits` names one, or is None.

    Raises:
        SpecError: If the settings cannot work.
    """
    project, spec = Path(job["project"]), RunSpec.from_json(job["spec"])
    with open_source(spec.data, project) as source:
        progress(0.0, say("Reading the data"))
        resolved = resolve(spec, source.summary())
        if not resolved.ok or resolved.facts is None or resolved.model_plan is None:
            raise SpecError(resolved.errors[0].sentence, resolved.errors)
        values = {key: each.value for key, each in resolved.values.items()}
        size = resolved.facts.batch_size
        set_up = machine.set_up(values, resolved.model_plan, batch_size=size, seed=0, before={})
        progress(0.3, say("Preparing the rows"))
        prepared = prepare(source, spec, base=project, seed=set_up.seed, task=resolved.task)
        progress(0.6, say("Training one batch"))
        measured = _largest_that_fits(resolved, values, set_up, prepared, size)
    free = ops.current().free_bytes(project)
    facts = resolved.facts
    per_step = measured.pop("seconds_per_step")
    return {
        "device": set_up.choice.device.title,
        "device_reason": set_up.choice.reason,
        "threads": set_up.threads,
        "batch_size": size,
        "steps_per_epoch": facts.steps_per_epoch,
        "epochs": facts.epochs_to_run,
        "seconds_per_step": per_step,
        "seconds_per_epoch": None if per_step is None else per_step * facts.steps_per_epoch,
        "seconds_total": None if per_step is None else per_step * facts.total_steps,
        "disk_free_bytes": free,
        **measured,
    }


def _largest_that_fits(
    resolved: Resolved,
    values: Mapping[str, Any],
    set_up: machine.Machine,
    prepared: Prepared,
    wanted: int,
) -> dict[str, Any]:
    """Measures batches of the wanted size; where memory runs out, finds a size that fits."""
    size = wanted
    while True:
        try:
            measured = _measure(resolved, values, set_up, prepared, size)
        except Exception as error:
            if not device.is_out_of_memory(error):
                raise
            device_memory.let_go(error)
            if size == 1 or device_memory.is_taken_by_others(set_up.choice.torch_device):
                return _nothing_fits()
            size //= 2
            continue
        if size == wanted:
            return measured | {"fits": True}
        return measured | {
            "fits": False,
            "seconds_per_step": None,
            "batch_size_that_fits": max(1, int(size / _MARGIN)),
        }


def _measure(
    resolved: Resolved,
    values: Mapping[str, Any],
    set_up: machine.Machine,
    prepared: Prepared,
    size: int,
) -> dict[str, Any]:
    assert resolved.model_plan is not None
    target = set_up.choice.torch_device
    model = model_setup.build(resolved.model_plan, seed=0, device=target)
    model_setup.compile_to_train(model, values)
    x, y, weights = _some_rows(prepared, size * (_WARM_UP_STEPS + _MEASURED_STEPS))
    warm_up = min(len(x), size * _WARM_UP_STEPS)
    augmentation = augmentation_for(values, 0, resolved.model_plan.input_shape)
    _train(model, x[:warm_up], y[:warm_up], weights, size, augmentation)
    began = time.perf_counter()
    if target.type == "cuda":
        torch.cuda.reset_peak_memory_stats(target)
    _train(model, x, y, weights, size, augmentation)
    seconds = time.perf_counter() - began
    snapshot = Snapshot()
    snapshot.take(dict(model.training_state()), {})
    return {
        "seconds_per_step": seconds / max(1, -(-len(x) // size)),
        "memory_bytes": psutil.Process().memory_info().rss,
        "device_memory_bytes": _forecast(prepared, x, y, target),
        "checkpoint_bytes": snapshot.size_bytes,
        "disk_bytes": snapshot.size_bytes * _CHECKPOINTS,
    }


def _forecast(prepared: Prepared, x: Any, y: Any, target: torch.device) -> int | None:
    """What the whole run would take of a GPU, from what these few steps have taken."""
    now = device_memory.usage(target)
    if now is None:
        return None
    tried = _on_device(x) + _on_device(y)
    data = 0
    if not isinstance(prepared.x, RowBatches):
        data = _on_device(prepared.x) + _on_device(prepared.y) + _on_device(prepared.sample_weight)
        data += sum(map(_on_device, _validation_arrays(prepared.validation_data)))
    step = max(0, torch.cuda.max_memory_allocated(target) - now.allocated - tried)
    return device_memory.forecast(device_memory.Measured(now.allocated, step, data), now)


def _on_device(array: Any) -> int:
    """Bytes of an array on a GPU: numbers take four bytes there, tokens eight."""
    shape, dtype = getattr(array, "shape", None), getattr(array, "dtype", None)
    if shape is None or dtype is None:
        return 0
    return math.prod(shape) * (8 if np.dtype(dtype).kind in "iu" else 4)


def _validation_arrays(data: Any) -> Sequence[Any]:
    return data if isinstance(data, tuple) else ()


def _train(
    model: Model, x: Any, y: Any, weights: Any, size: int, augmentation: Augmentation | None
) -> None:
    model.fit(
        x,
        y,
        batch_size=size,
        verbose=0,
        shuffle=False,
        sample_weight=None if weights is None else weights[: len(x)],
        seed=0,
        augmentation=augmentation,
    )


def _some_rows(prepared: Prepared, count: int) -> tuple[Any, Any, Any]:
    if not isinstance(prepared.x, RowBatches):
        weights = prepared.sample_weight
        return (
            prepared.x[:count],
            prepared.y[:count],
            None if weights is None else weights[:count],
        )
    batch = prepared.x[0]
    return batch[0], batch[1], batch[2] if len(batch) > 2 else None


def _nothing_fits() -> dict[str, Any]:
    return {
        "fits": False,
        "batch_size_that_fits": None,
        "seconds_per_step": None,
        "memory_bytes": None,
        "device_memory_bytes": None,
        "checkpoint_bytes": None,
        "disk_bytes": None,
    }
