"""Opens files of MATLAB before version 7.3 as columns, with the axes that MATLAB shows.

Scipy reads them, which falls over damaged ones now and then: only a process that may end does this.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.arrays.tree_choice import Naming, choose, other_findings
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.libraries import missing_library
from fitstudio.data.formats.matlab.arrays import (
    LAST,
    ROWS,
    VECTOR,
    find_square,
    guess_samples_last,
    samples_along_last,
)
from fitstudio.data.formats.matlab.variables import Variable, flatten
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import Guess, TreeNode
from fitstudio.errors import DataError
from fitstudio.words import marked, say
from fitstudio.words.numbers import format_bytes

_NAMING = Naming(
    array="variable", group="struct", mark=".", option="variables", top=".",
    outside=marked("Not in a struct"),
)  # fmt: skip
_NUMBER_BYTES = 8
_SHARE_OF_MEMORY = 0.5
_MOST_NAMED = 20


def open_matlab(asked: Asked) -> ArraySource:
    """Opens the variables of one length that belong together.

    Raises:
        DataError: If the file is damaged, or holds nothing that can be used; or if scipy is not
            installed.
    """
    file, options = asked.file, asked.options
    found = _variables(asked.path, file, single_values=options.get("single_values") is True)
    usable = {name: each for name, each in found.items() if each.values is not None}
    refused = {name: each.note for name, each in found.items() if each.values is None}
    if not usable:
        reasons = "; ".join(f"{name!r} {note}" for name, note in list(refused.items())[:5])
        raise DataError(
            say(
                "{file} holds no variables that can be used{reasons}.",
                file=repr(file),
                reasons=": " + reasons if reasons else "",
            ),
            code="data.no-arrays",
            remedy=say("It needs matrices of numbers with one row for each sample."),
        )
    last, turned = _samples_last(usable, options)
    arrays = {
        name: _laid_out(each, LAST if name in last else each.layout)
        for name, each in usable.items()
    }
    lengths = {name: array.shape[0] for name, array in arrays.items()}
    choice = choose(lengths, options, file, _NAMING)
    chosen: dict[str, ArrayLike] = {shown: arrays[name] for name, shown in choice.names.items()}
    guesses = tuple(each for each in (choice.guess, turned) if each is not None)
    findings = [
        *_refused_findings(refused),
        *other_findings(lengths, choice, options, _NAMING),
    ]
    for name, shown in choice.names.items():
        if usable[name].layout == ROWS and "samples_last" not in options:
            findings.extend(find_square(shown, name, usable[name].shape, options))
    return ArraySource(
        asked.path,
        file,
        "matlab",
        chosen,
        types=asked.columns,
        options={**options, **{guess.name: guess.value for guess in guesses}},
        guesses=guesses,
        findings=tuple(findings),
    )


def matlab_tree(path: Path, file: str) -> list[TreeNode]:
    """Variables and the fields of structs, parents before their children.

    Raises:
        DataError: If the file is damaged, or scipy is not installed.
    """
    nodes = [TreeNode("", "", "group")]
    groups = {""}
    for name, each in _variables(path, file).items():
        parts = name.split(".")
        for depth in range(1, len(parts)):
            group = ".".join(parts[:depth])
            if group not in groups:
                groups.add(group)
                nodes.append(TreeNode(group, parts[depth - 1], "group"))
        kind = "refused" if each.values is None else "array"
        nodes.append(TreeNode(name, parts[-1], kind, each.shape, each.type, each.note))
    return nodes


def _variables(path: Path, file: str, *, single_values: bool = False) -> dict[str, Variable]:
    try:
        from scipy import io as scipy_io
    except ImportError as problem:
        raise missing_library(
            "scipy", file=file, what=say("a MATLAB file"), problem=problem
        ) from problem
    try:
        _refuse_too_large(_listed(scipy_io, path), file)
        loaded, complex_ones = _load(scipy_io, path)
    except Exception as problem:  # scipy has many kinds of errors for damaged files
        own = isinstance(problem, DataError | MemoryError) or not came_from(problem, "scipy")
        if own:
            raise
        raise DataError(
            say("{file} is no sound MATLAB file: it is damaged or cut short.", file=repr(file)),
            code="data.damaged",
            remedy=say("Copy it again, or save it again in MATLAB."),
            details=str(problem),
        ) from problem
    found = flatten(loaded, single_values=single_values)
    for name in complex_ones:
        if name in found:
            found[name] = Variable(
                shape=found[name].shape, type="complex", note=say("holds complex numbers")
            )
    return found


def _load(scipy_io: Any, path: Path) -> tuple[dict[str, Any], list[str]]:
    """The variables with MATLAB's own types, and which of them are complex.

    MATLAB stores whole numbers in fewer bytes than they have; asked for their own type, scipy
    drops the imaginary parts, and warns of it.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        loaded = scipy_io.loadmat(path, mat_dtype=True)
        if not any(issubclass(each.category, np.exceptions.ComplexWarning) for each in told):
            return loaded, []
        as_stored = flatten(scipy_io.loadmat(path, mat_dtype=False), single_values=True)
    return loaded, [name for name, each in as_stored.items() if each.type.startswith("complex")]


def _listed(scipy_io: Any, path: Path) -> list[tuple[str, tuple[int, ...], str]]:
    """Names, shapes and classes; none where scipy cannot list an object."""
    try:
        return scipy_io.whosmat(path)
    except TypeError:
        return []


def _refuse_too_large(listed: list[tuple[str, tuple[int, ...], str]], file: str) -> None:
    """Refuses variables that say they are larger than this machine can hold.

    Raises:
        DataError: Saying how large they are.
    """
    # Of a sparse matrix the list has the shape, and no more of it is stored than is not zero.
    full = (shape for _, shape, kind in listed if kind != "sparse")
    declared = sum(math.prod(map(int, shape)) for shape in full) * _NUMBER_BYTES
    if declared > _SHARE_OF_MEMORY * psutil.virtual_memory().available:
        raise DataError(
            say(
                "The variables of {file} need {size}, more than half of the memory that is free.",
                file=repr(file),
                size=format_bytes(declared),
            ),
            code="data.too-large",
            remedy=say("Save them with -v7.3 in MATLAB: such files are not read whole."),
        )


def _samples_last(
    usable: Mapping[str, Variable], options: Mapping[str, Any]
) -> tuple[tuple[str, ...], Guess | None]:
    given = "samples_last" in options
    wanted = options.get("samples_last", ())
    matrices = {name: each for name, each in usable.items() if each.layout is not None}
    if given:
        # A later file need not hold all of them: one for predictions has no target.
        last = tuple(name for name in matrices if name in wanted and usable[name].layout == ROWS)
    else:
        by_group: dict[str, dict[str, tuple[int, ...]]] = {}
        for name, each in matrices.items():
            by_group.setdefault(_NAMING.group_of(name), {})[name] = each.rows_first
        last = tuple(name for group in by_group.values() for name in samples_along_last(group))
    if not last and not given:
        return (), None
    return last, guess_samples_last(last, given=given)


def _laid_out(variable: Variable, layout: str | None) -> ArrayLike:
    """A variable with its samples along the first axis."""
    assert variable.values is not None
    if not isinstance(variable.values, np.ndarray):
        return variable.values
    if layout == VECTOR:
        return variable.values.reshape(-1)
    return np.moveaxis(variable.values, -1, 0) if layout == LAST else variable.values


def _refused_findings(refused: Mapping[str, str]) -> Iterator[Finding]:
    for name, note in list(refused.items())[:_MOST_NAMED]:
        yield Finding(
            "data.array-left-out",
            Severity.ADVICE,
            "data.file",
            say("**{file}** {note}: left out.", file=name, note=note),
        )
