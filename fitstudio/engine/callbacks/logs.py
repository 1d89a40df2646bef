"""The ``logs`` handed to callbacks: a dict whose numbers are fetched only when somebody looks.

Reading a number off the device makes the program wait for it. Most batches nobody looks at, so the
step loop hands out this dict and fetches the numbers on the first look, all of them at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

Fetch = Callable[[], Mapping[str, float]]


class Logs(dict[str, Any]):
    """A dict with known keys and values that come when they are first asked for.

    Args:
        names: The keys, in order.
        fetch: Gives the values; called at most once, and not after `settle`.
        batch_loss: The loss of the batch alone, for who only asks whether it is a number.
    """

    __slots__ = ("__weakref__", "_fetch", "batch_loss")

    def __init__(
        self, names: Iterable[str], fetch: Fetch, batch_loss: Tensor | None = None
    ) -> None:
        super().__init__(dict.fromkeys(names))
        self._fetch: Fetch | None = fetch
        self.batch_loss = batch_loss

    def settle(self) -> Logs:
        """Fetches the values now, because what they are computed from is about to change."""
        fetch, self._fetch = self._fetch, None
        if fetch is not None:
            for name, value in fetch().items():
                # What a callback has written over in the meantime stays.
                if dict.get(self, name) is None:
                    dict.__setitem__(self, name, value)
        return self

    # Keys and length are known from the start; whatever shows values settles first.

    def __getitem__(self, name: str) -> Any:
        return dict.__getitem__(self.settle(), name)

    def get(self, name: str, default: Any = None) -> Any:
        """The value, fetched with all others on the first look."""
        return dict.get(self.settle(), name, default)

    def items(self) -> Any:
        """Names and values, fetched on the first look."""
        return dict.items(self.settle())

    def values(self) -> Any:
        """The values, fetched on the first look."""
        return dict.values(self.settle())

    def pop(self, *arguments: Any) -> Any:
        """As `dict.pop`, with the value fetched."""
        return dict.pop(self.settle(), *arguments)

    def popitem(self) -> Any:
        """As `dict.popitem`, with the value fetched."""
        return dict.popitem(self.settle())

    def setdefault(self, name: str, default: Any = None) -> Any:
        """As `dict.setdefault`, with the value fetched."""
        return dict.setdefault(self.settle(), name, default)

    def copy(self) -> dict[str, Any]:
        """A plain dict with the values."""
        return dict(self.items())

    def __copy__(self) -> dict[str, Any]:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return self.copy()

    def __reduce__(self) -> Any:
        return dict, (self.copy(),)

    def __iter__(self) -> Iterator[str]:
        # Overridden so that dict(logs) and {**logs} ask for the items instead of copying the
        # placeholders behind our back.
        return dict.__iter__(self)

    def __eq__(self, other: object) -> bool:
        return dict.__eq__(self.settle(), other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __repr__(self) -> str:
        return dict.__repr__(self.settle())


def is_kept_elsewhere(logs: Logs) -> bool:
    """Whether somebody besides the caller still holds these logs, and may look at them later."""
    # The caller's variable, this function's argument, and getrefcount's own.
    return sys.getrefcount(logs) > 3


def to_numbers(results: Mapping[str, Tensor]) -> dict[str, Any]:
    """Tensors as Python floats, with one wait for the device in all.

    A metric with several values, such as one for each class, becomes a list.
    """
    if not results:
        return {}
    values = [value.detach().reshape(-1) for value in results.values()]
    together = torch.cat([value.to(dtype=torch.float64) for value in values]).tolist()
    numbers: dict[str, Any] = {}
    first = 0
    for (name, result), value in zip(results.items(), values, strict=True):
        own = together[first : first + len(value)]
        numbers[name] = own if result.ndim else own[0]
        first += len(value)
    return numbers
