"""Names the tensors that a model returns: one tensor, several in a tuple, or several by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from fitstudio.errors import ArgumentError
from fitstudio.words import say, say_count


@dataclass(frozen=True, slots=True)
class OutputForm:
    """What a module's ``forward`` returns, and what its parts are called.

    Attributes:
        kind: ``"single"`` for a tensor, ``"list"`` for a tuple or list, ``"dict"`` for a dict.
        names: The outputs in order: ``output_1``, … for a tuple, the sorted keys for a dict.
    """

    kind: Literal["single", "list", "dict"]
    names: tuple[str, ...]

    @classmethod
    def of(cls, returned: Any) -> OutputForm:
        """The form of what a module returned.

        Raises:
            ArgumentError: If it is not made of tensors, side by side.
        """
        if isinstance(returned, Tensor):
            return cls("single", ("output_1",))
        if isinstance(returned, Mapping):
            names = tuple(sorted(returned))
            parts = [returned[name] for name in names]
            form = cls("dict", names)
        elif isinstance(returned, Sequence) and not isinstance(returned, str):
            parts = list(returned)
            form = cls("list", tuple(f"output_{number}" for number in range(1, len(parts) + 1)))
        else:
            parts, form = [returned], cls("single", ("output_1",))
        for name, part in zip(form.names, parts, strict=True):
            if not isinstance(part, Tensor):
                raise ArgumentError(
                    say(
                        "The model's forward() returned a {kind} as output {name}.",
                        kind=type(part).__name__,
                        name=repr(name),
                    ),
                    code="model.output",
                    remedy=say(
                        "It should return a tensor, a tuple of tensors, or a dict of tensors."
                    ),
                )
        if not parts:
            raise ArgumentError(
                say("The model's forward() returned no output."), code="model.output"
            )
        return form

    def flatten(self, returned: Any) -> tuple[Tensor, ...]:
        """The tensors in the order of `names`."""
        if self.kind == "single":
            return (returned,)
        if self.kind == "list":
            return tuple(returned)
        return tuple(returned[name] for name in self.names)

    def restore(self, parts: Sequence[Any]) -> Any:
        """The opposite of `flatten`, with a list in place of a tuple as in the reference."""
        if self.kind == "single":
            return parts[0]
        if self.kind == "list":
            return list(parts)
        return dict(zip(self.names, parts, strict=True))

    def assign(self, argument: str, given: Any) -> tuple[Any, ...]:
        """What was given per output, by name or by place, in the order of `names`.

        Args:
            argument: The argument's name, for messages.
            given: A dict by output (others are None), or a list with one entry per output.

        Raises:
            ArgumentError: If a key is no output, or the list has another length.
        """
        if isinstance(given, Mapping):
            if self.kind == "single" and len(given) == 1:
                return tuple(given.values())  # a lone tensor has no name to be called by
            unknown = [key for key in given if key not in self.names]
            if unknown:
                raise ArgumentError(
                    say(
                        "{argument} has {unknown}, but the model's outputs are {names}.",
                        argument=argument,
                        unknown=_listed(unknown),
                        names=_listed(self.names),
                    ),
                    code="fit.unknown-output",
                    remedy=say("Use the outputs' names as keys."),
                )
            return tuple(given.get(name) for name in self.names)
        if len(given) != len(self.names):
            raise ArgumentError(
                say_count(
                    len(self.names),
                    "{argument} has {given} entries, but the model has {names} output: {listed}.",
                    "{argument} has {given} entries, but the model has {names} outputs: {listed}.",
                    argument=argument,
                    given=len(given),
                    names=len(self.names),
                    listed=_listed(self.names),
                ),
                code="fit.output-count",
                remedy=say("Give one entry per output, in this order."),
            )
        return tuple(given)


def _listed(names: Sequence[Any]) -> str:
    return ", ".join(repr(name) for name in names)
