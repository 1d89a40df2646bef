"""Takes a training state apart into tensors and plain JSON, and puts it together again.

The state of a training (weights, optimizer, callbacks, random generators) is a tree of dicts, lists
and tuples with tensors, arrays and numbers as leaves. Tensors go into a safetensors file under
their path ("optimizer/moments/0"); the rest is JSON that names them. Nothing is pickled, so nothing
that is read back can run code.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
import torch

# Safetensors' names for what torch stores. The format: 8 bytes with the length of a JSON header,
# the header, the tensors' bytes one after another
# (https://github.com/huggingface/safetensors#format).
_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def take_apart(tree: Any) -> tuple[dict[str, torch.Tensor], Any]:
    """Splits `tree` into tensors by path and a JSON skeleton that refers to them.

    Raises:
        TypeError: If a leaf is neither a tensor, an array nor plain data; names its path.
    """
    tensors: dict[str, torch.Tensor] = {}
    return tensors, _plain(tree, "", tensors)


def put_together(tensors: Mapping[str, torch.Tensor], skeleton: Any) -> Any:
    """The tree that `take_apart` was given."""
    if isinstance(skeleton, list):
        return [put_together(tensors, item) for item in skeleton]
    if not isinstance(skeleton, dict):
        return skeleton
    if len(skeleton) == 1:
        (mark, content), *_ = skeleton.items()
        match mark:
            case "$tensor":
                return tensors[content]
            case "$array":
                return tensors[content].numpy()
            case "$number":
                return float(content)
            case "$bytes":
                return base64.b64decode(content)
            case "$tuple":
                return tuple(put_together(tensors, item) for item in content)
            case "$pairs":
                return {
                    put_together(tensors, key): put_together(tensors, value)
                    for key, value in content
                }
    return {name: put_together(tensors, value) for name, value in skeleton.items()}


def write_safetensors(file: IO[bytes], tensors: Mapping[str, torch.Tensor]) -> None:
    """Writes contiguous CPU tensors without a second copy of them in memory."""
    # Large items first keeps every tensor aligned to its own size.
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0]))
    header: dict[str, Any] = {}
    end = 0
    for name, tensor in ordered:
        start, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": _DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for _, tensor in ordered:
        if tensor.numel():
            file.write(tensor.reshape(-1).view(torch.uint8).numpy().data)


def _plain(value: Any, path: str, tensors: dict[str, torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        tensors[path] = value.detach()
        return {"$tensor": path}
    if isinstance(value, np.ndarray):
        tensors[path] = torch.from_numpy(np.ascontiguousarray(value))
        return {"$array": path}
    if isinstance(value, np.generic):
        return _plain(value.item(), path, tensors)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$number": str(value)}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, tuple):
        return {"$tuple": _items(value, path, tensors)}
    if isinstance(value, list):
        return _items(value, path, tensors)
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: _plain(item, _below(path, key), tensors) for key, item in value.items()}
        return {
            "$pairs": [
                [_plain(key, path, tensors), _plain(item, _below(path, key), tensors)]
                for key, item in value.items()
            ]
        }
    raise TypeError(
        f"The training state holds a {type(value).__name__} at {path!r}: only tensors, arrays, "
        "numbers, text, lists and dicts can be saved."
    )


def _items(
    values: list[Any] | tuple[Any, ...], path: str, tensors: dict[str, torch.Tensor]
) -> list:
    if all(type(item) is float for item in values) and all(map(math.isfinite, values)):
        return list(values)  # a history of thousands of epochs, say
    return [_plain(item, _below(path, index), tensors) for index, item in enumerate(values)]


def _below(path: str, key: object) -> str:
    return f"{path}/{key}" if path else str(key)
