"""Single files with a model's weights, in the safetensors format: no pickle, no code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from fitstudio.engine.state import codec
from fitstudio.errors import CheckpointError
from fitstudio.storage import atomic
from fitstudio.words import say

_OPTIMIZER = "optimizer"


def write(
    path: str | os.PathLike[str],
    weights: Mapping[str, Tensor],
    optimizer: Mapping[str, Any] | None = None,
    *,
    progress: tuple[int, int] | None = None,
) -> None:
    """Writes weights, and an optimizer's state if given, whole or not at all.

    Args:
        path: The file.
        weights: By name.
        optimizer: Its state.
        progress: How many whole epochs, and batches of the next, the weights have seen.

    Raises:
        StorageError: If the file cannot be written.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    metadata = {"format": "pt"}
    if progress is not None:
        metadata |= {"epochs": str(progress[0]), "batches": str(progress[1])}
    if optimizer is not None:
        parts, skeleton = codec.take_apart({_OPTIMIZER: dict(optimizer)})
        tensors |= {name: tensor.cpu().contiguous() for name, tensor in parts.items()}
        metadata[_OPTIMIZER] = json.dumps(skeleton)
    data = memoryview(safetensors.torch.save(_unshared(tensors), metadata))
    header, rest = _in_order(data)
    with atomic.writing(Path(path).absolute()) as file:
        file.write(header)
        file.write(rest)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, Any] | None]:
    """Weights, and the optimizer's state if the file holds one.

    Raises:
        CheckpointError: If there is no such file, or it is no safetensors file.
    """
    try:
        with safetensors.safe_open(os.fspath(path), framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (safetensors.SafetensorError, OSError) as problem:
        raise CheckpointError(
            say(
                "{file} holds no weights that can be read: {problem}.",
                file=repr(os.fspath(path)),
                problem=problem,
            ),
            code="checkpoint.unreadable",
            remedy=say("It should be a file written by ModelCheckpoint or Model.save_weights."),
        ) from problem
    optimizer = None
    if _OPTIMIZER in metadata:
        state = codec.put_together(tensors, json.loads(metadata[_OPTIMIZER]))
        optimizer = state[_OPTIMIZER]
    prefix = _OPTIMIZER + "/"
    weights = {name: each for name, each in tensors.items() if not name.startswith(prefix)}
    return weights, optimizer


def check_fits(saved: Mapping[str, Tensor], present: Mapping[str, Tensor], source: str) -> None:
    """Refuses weights that belong to another model.

    Raises:
        CheckpointError: Names what is missing, unknown or of another shape.
    """
    problems = [say("{name} is missing", name=repr(name)) for name in present if name not in saved]
    problems += [say("{name} is unknown", name=repr(name)) for name in saved if name not in present]
    problems += [
        say(
            "{name} has the shape {shape}, not {tensor_shape}",
            name=repr(name),
            shape=tuple(saved[name].shape),
            tensor_shape=tuple(tensor.shape),
        )
        for name, tensor in present.items()
        if name in saved and saved[name].shape != tensor.shape
    ]
    if problems:
        more = say(" and {problems} more", problems=len(problems) - 3) if len(problems) > 3 else ""
        raise CheckpointError(
            say(
                "The weights of {source} belong to another model: {problems}{more}.",
                source=source,
                problems="; ".join(problems[:3]),
                more=more,
            ),
            code="checkpoint.other-model",
            safe=say("The model's weights are unchanged."),
        )


def _unshared(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of tied weights: the format has no two names for one memory."""
    seen: set[int] = set()
    for name, tensor in tensors.items():
        if tensor.data_ptr() in seen:
            tensors[name] = tensor.clone()
        elif tensor.numel():
            seen.add(tensor.data_ptr())
    return tensors


def _in_order(data: memoryview) -> tuple[bytes, memoryview]:
    """The header with its names in order, and what follows it.

    The library writes the metadata in an order that changes from call to call; the same weights
    are the same file, byte for byte.
    """
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(bytes(data[8:end]))
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, data[end:]
