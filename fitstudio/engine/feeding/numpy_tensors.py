"""Tensors on the memory of numpy's arrays."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from torch import Tensor

# Torch has no arithmetic for these; a wider type holds the same values.
_WIDER = {np.dtype("uint16"): np.int64, np.dtype("uint32"): np.int64, np.dtype("uint64"): np.int64}


def to_tensor(array: np.ndarray) -> Tensor:
    """A tensor on the array's own memory where that is possible.

    Raises:
        TypeError: If torch has no such numbers.
    """
    array = np.asarray(array)
    if array.dtype in _WIDER:
        array = array.astype(_WIDER[array.dtype])
    elif array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    elif not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if any(stride < 0 for stride in array.strides):
        array = np.ascontiguousarray(array)
    if array.flags.writeable:
        return torch.from_numpy(array)
    with warnings.catch_warnings():
        # We never write to the data; torch warns that one could.
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
