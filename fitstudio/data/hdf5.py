"""Opens HDF5 files from anyone: walks the tree first, refuses what reaches outside the file.

Links to other files, external storage, virtual datasets and filters that would load a plug-in are
never followed. Datasets are read in slices, never whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Set before the library is loaded: filters come from a file's author, plug-ins must not.
os.environ["HDF5_PLUGIN_PATH"] = ""
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py
import numpy as np
from h5py import h5o, h5pl, h5z  # pyright: ignore[reportAttributeAccessIssue]

from fitstudio.data.array_source import ArraySource, largest_group, usable
from fitstudio.data.file_arrays import ReopenedDataset
from fitstudio.data.lazy import take_rows
from fitstudio.errors import DataError
from fitstudio.spec.dataset_summary import Guess, TreeNode
from fitstudio.spec.param import Finding, Severity

_MOST_OBJECTS = 20_000
_DEEPEST = 32
_MOST_CHUNK_BYTES = 1 << 30
# A dataset may declare more than the file holds (compression, rows not written), within reason.
_HIGHEST_RATIO = 2_000
_SUSPICIOUS_BYTES = 1 << 30
_KNOWN_FILTERS = {
    1: "deflate",
    2: "shuffle",
    3: "fletcher32",
    4: "szip",
    5: "nbit",
    6: "scaleoffset",
    32000: "lzf",
}


@dataclass(frozen=True)
class Found:
    """A dataset that can be used, or what else is in the tree."""

    node: TreeNode
    dtype: np.dtype | None = None
    unit: str | None = None
    fields: tuple[str, ...] = ()


def tree(path: Path, file: str) -> list[TreeNode]:
    """Groups and datasets, parents before their children.

    Raises:
        DataError: If it is no sound HDF5 file.
    """
    with _open(path, file) as handle:
        return [found.node for found in _guarded(_walk(handle), file)]


def open_hdf5(
    path: Path, file: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> ArraySource:
    """Opens the datasets of one length that belong together.

    Args:
        path: The file.
        file: Its name, for messages.
        options: ``group`` (the group whose datasets are the columns) or ``datasets`` (their paths).
        columns: ``data.columns``.

    Raises:
        DataError: If the file is damaged, or holds nothing that can be used.
    """
    for name in options:
        if name not in ("group", "datasets", "one_hot"):
            raise DataError(
                f"HDF5 files have no option {name!r}.",
                code="data.option-unknown",
                remedy="They have group, datasets and one_hot.",
            )
    with _open(path, file) as handle:
        found = list(_guarded(_walk(handle), file))
    usable_ones = {item.node.path: item for item in found if item.dtype is not None}
    refused = [item.node for item in found if item.node.kind == "refused"]
    if not usable_ones:
        reasons = "; ".join(f"{node.path!r}: {node.note}" for node in refused[:5])
        raise DataError(
            f"{file!r} holds no datasets that can be used{': ' + reasons if reasons else ''}.",
            code="data.no-arrays",
            remedy="It needs datasets of numbers with one row for each sample.",
        )
    chosen, guess = _choose(usable_ones, options, file)
    names = _short_names(chosen, guess)
    arrays: dict[str, ReopenedDataset] = {}
    units: dict[str, str] = {}
    for place in chosen:
        item = usable_ones[place]
        for name, array in _arrays(path, names[place], item):
            arrays[name] = array
            if item.unit:
                units[name] = item.unit
    findings = (*_refused_findings(refused), *_other_findings(usable_ones, chosen))
    kept = dict(options)
    if guess is not None:
        kept["group"] = guess.value

    def close() -> None:
        for array in arrays.values():
            array.close()

    return ArraySource(
        path, file, "hdf5", arrays, types=columns, options=kept,
        guesses=(guess,) if guess else (), findings=findings, units=units, close=close,
    )  # fmt: skip


def open_dataset(path: Path, name: str) -> Any:
    """A dataset to read from, checked once more: the file may have changed since it was walked.

    Raises:
        DataError: If it cannot be opened, or reaches outside the file.
    """
    handle = _open(path, path.name)
    try:
        dataset = _follow(handle, name)
        problem = _problem(dataset, path.stat().st_size)
    except (OSError, RuntimeError, KeyError, ValueError) as problem_opening:
        handle.close()
        raise _damaged(path.name, str(problem_opening)) from problem_opening
    if problem:
        handle.close()
        raise DataError(f"{name!r} in {path.name!r} {problem}.", code="data.refused")
    return dataset


def read_rows(dataset: Any, field: str | None, key: Any) -> Any:
    """Some rows: a slice, one row, or rows in any order.

    Raises:
        DataError: If the file is damaged there.
    """
    if isinstance(key, tuple):
        first = read_rows(dataset, field, key[0])
        return first[(slice(None), *key[1:])]
    view = dataset.fields(field) if field else dataset
    text = h5py.check_string_dtype(view.dtype if not field else dataset.dtype[field])
    if text is not None:
        view = _Texts(dataset, field)
    try:
        if isinstance(key, list | np.ndarray):
            return take_rows(_View(view, dataset.shape, dataset.dtype), np.asarray(key))
        return view[key]
    except (OSError, RuntimeError, ValueError) as problem:
        raise DataError(
            f"{dataset.name!r} cannot be read: the file is damaged or cut short.",
            code="data.damaged",
            details=str(problem),
        ) from problem


class _View:
    """A dataset, or a field of one, with the attributes that `take_rows` looks at."""

    def __init__(self, view: Any, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self._view, self.shape, self.dtype = view, shape, dtype

    def __getitem__(self, key: Any) -> Any:
        return self._view[key]


class _Texts:
    """A dataset of text as NumPy strings."""

    def __init__(self, dataset: Any, field: str | None) -> None:
        self._dataset, self._field = dataset, field

    def __getitem__(self, key: Any) -> np.ndarray:
        values = self._dataset.fields(self._field)[key] if self._field else self._dataset[key]
        values = np.atleast_1d(np.asarray(values))
        texts = [
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for value in values.reshape(-1).tolist()
        ]
        return np.array(texts, dtype=str).reshape(values.shape)


def _open(path: Path, file: str) -> Any:
    _forget_plugins()
    try:
        return h5py.File(path, "r")
    except (OSError, RuntimeError, ValueError) as problem:
        raise _damaged(file, str(problem)) from problem


def _forget_plugins() -> None:
    while h5pl.size():
        h5pl.remove(0)


def _damaged(file: str, details: str) -> DataError:
    return DataError(
        f"{file!r} is no sound HDF5 file: it is damaged or cut short.",
        code="data.damaged",
        details=details,
    )


def _guarded(items: Iterator[Found], file: str) -> Iterator[Found]:
    """The walk, with the library's errors in words."""
    try:
        yield from items
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as problem:
        if isinstance(problem, DataError):
            raise
        raise _damaged(file, str(problem)) from problem


def _walk(handle: Any) -> Iterator[Found]:
    """Everything in the file, following hard links only, each object once."""
    size = Path(handle.filename).stat().st_size
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", handle["/"], 0)]
    objects = 0
    while waiting:
        place, group, depth = waiting.pop()
        yield Found(TreeNode(place, place.rpartition("/")[2], "group"))
        deeper: list[tuple[str, Any, int]] = []
        for name in group:
            objects += 1
            if objects > _MOST_OBJECTS:
                raise DataError(
                    f"The file holds more than {_MOST_OBJECTS} objects.", code="data.too-many"
                )
            path = f"{place}/{name}" if place else name
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                yield _refused(path, "a link to another file, which is not followed")
                continue
            if isinstance(link, h5py.SoftLink):
                yield _refused(path, "a link to another place, which is not followed")
                continue
            child = group[name]
            address = h5o.get_info(child.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(child, h5py.Group):
                if depth + 1 > _DEEPEST:
                    yield _refused(path, "is nested too deeply")
                else:
                    deeper.append((path, child, depth + 1))
            elif isinstance(child, h5py.Dataset):
                yield _look_at(path, child, size)
        waiting.extend(reversed(deeper))


def _follow(handle: Any, name: str) -> Any:
    """The dataset of this path, by hard links only."""
    here = handle["/"]
    for part in name.split("/"):
        if not isinstance(here.get(part, getlink=True), h5py.HardLink):
            raise KeyError(f"{name!r} is a link")
        here = here[part]
    if not isinstance(here, h5py.Dataset):
        raise KeyError(f"{name!r} is no dataset")
    return here


def _refused(path: str, note: str) -> Found:
    return Found(TreeNode(path, path.rpartition("/")[2], "refused", note=note))


def _look_at(path: str, dataset: Any, size: int) -> Found:
    shape = tuple(dataset.shape or ())
    problem = _problem(dataset, size)
    dtype = dataset.dtype
    node = TreeNode(
        path, path.rpartition("/")[2], "refused" if problem else "array", shape,
        _type_name(dtype), problem or "",
    )  # fmt: skip
    if problem:
        return Found(node)
    fields: tuple[str, ...] = ()
    if dtype.names:
        fields = tuple(
            name for name in dtype.names
            if h5py.check_string_dtype(dtype[name]) or not usable(dtype[name])
        )  # fmt: skip
    return Found(node, dtype, _unit(dataset), fields)


def _problem(dataset: Any, size: int) -> str | None:
    """Why a dataset is not used, or None."""
    properties = dataset.id.get_create_plist()
    if properties.get_external_count():
        return "is stored in another file, which is not opened"
    if dataset.is_virtual:
        return "is put together from other files, which are not opened"
    for place in range(properties.get_nfilters()):
        number = properties.get_filter(place)[0]
        if number not in _KNOWN_FILTERS:
            return f"is packed with filter {number}, which needs a plug-in"
        if not h5z.filter_avail(number):
            return f"is packed with {_KNOWN_FILTERS[number]}, which is not available here"
    if dataset.shape is None or len(dataset.shape) == 0:
        return "is a single value"
    dtype = dataset.dtype
    if h5py.check_string_dtype(dtype) is None:
        if h5py.check_vlen_dtype(dtype) is not None:
            return "holds rows of different lengths"
        if h5py.check_ref_dtype(dtype) is not None:
            return "holds references"
        if dtype.names:
            if not any(
                h5py.check_string_dtype(dtype[n]) or not usable(dtype[n]) for n in dtype.names
            ):
                return "has no fields that can be used"
        elif usable(dtype):
            return usable(dtype)
    if not dataset.shape[0] or not dataset.size:
        return "holds no rows"
    declared = int(dataset.size) * dtype.itemsize
    if declared > max(_SUSPICIOUS_BYTES, _HIGHEST_RATIO * size):
        return f"claims {declared / 2**30:.0f} GiB in a file of {max(1, size >> 20)} MiB"
    if (
        dataset.chunks
        and np.prod(dataset.chunks, dtype=np.float64) * dtype.itemsize > _MOST_CHUNK_BYTES
    ):
        return "is stored in pieces that are too large to read"
    return None


def _type_name(dtype: np.dtype) -> str:
    if h5py.check_string_dtype(dtype) is not None:
        return "str"
    return "table" if dtype.names else str(dtype)


def _unit(dataset: Any) -> str | None:
    for name in ("units", "unit"):
        if name in dataset.attrs:
            try:
                value = dataset.attrs[name]
            except (OSError, TypeError, ValueError):
                return None
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            return text[:20] or None
    return None


def _choose(
    found: Mapping[str, Found], options: Mapping[str, Any], file: str
) -> tuple[list[str], Guess | None]:
    """The datasets that are the columns, and the group that they were found in."""
    lengths = {place: item.node.shape[0] for place, item in found.items()}
    wanted = options.get("datasets")
    if wanted is not None:
        if not isinstance(wanted, list | tuple) or not wanted:
            raise DataError("The option datasets must be a list of paths.", code="data.option")
        missing = [place for place in wanted if str(place).strip("/") not in found]
        if missing:
            raise DataError(
                f"{file!r} has no dataset {missing[0]!r} that can be used.",
                code="data.missing-column",
                remedy=f"It has {', '.join(list(found)[:10])}.",
            )
        chosen = [str(place).strip("/") for place in wanted]
        if len({lengths[place] for place in chosen}) > 1:
            listed = ", ".join(f"{place} ({lengths[place]})" for place in chosen)
            raise DataError(
                f"The chosen datasets have different numbers of rows: {listed}.",
                code="data.rows-differ",
            )
        return chosen, None
    groups = sorted({place.rpartition("/")[0] for place in found})
    group = options.get("group")
    if group is not None:
        group = str(group).strip("/")
        inside = {p: n for p, n in lengths.items() if p.rpartition("/")[0] == group}
        if not inside:
            raise DataError(
                f"{file!r} has no group {group!r} with datasets.",
                code="data.option",
                remedy=f"It has {', '.join(repr(name or '/') for name in groups[:10])}.",
            )
        chosen, _ = largest_group(inside)
        return chosen, _group_guess(group, "As you said.", given=True)
    if len(groups) == 1:
        chosen, _ = largest_group(lengths)
        return chosen, None
    by_group = {
        name: {p: n for p, n in lengths.items() if p.rpartition("/")[0] == name} for name in groups
    }

    # The group that can train on its own: inputs and targets, called training, with most rows.
    def worth(name: str) -> tuple[int, bool, int]:
        chosen, _ = largest_group(by_group[name])
        return min(2, len(chosen)), "train" in name.lower(), by_group[name][chosen[0]]

    best = max(groups, key=worth)
    if worth(best)[0] < 2:
        chosen, _ = largest_group(lengths)
        return chosen, None
    chosen, _ = largest_group(by_group[best])
    return chosen, _group_guess(best, "It has the most rows of inputs and targets.", given=False)


def _group_guess(group: str, sentence: str, *, given: bool) -> Guess:
    return Guess("group", group, sentence, f"Group: {group or '/'}", given=given)


def _short_names(chosen: list[str], guess: Guess | None) -> dict[str, str]:
    """Names without the group that all of them are in, so that other groups match by name."""
    prefix = f"{guess.value}/" if guess is not None and guess.value else ""
    return {place: place.removeprefix(prefix) for place in chosen}


def _arrays(path: Path, name: str, item: Found) -> Iterator[tuple[str, ReopenedDataset]]:
    assert item.dtype is not None
    place, shape = item.node.path, item.node.shape
    if item.fields:
        for field in item.fields:
            dtype = _plain_type(item.dtype[field])
            inner = item.dtype[field].shape
            yield (
                f"{name}/{field}",
                ReopenedDataset(path, place, dtype, (*shape, *inner), field),
            )
    else:
        yield name, ReopenedDataset(path, place, _plain_type(item.dtype), shape)


def _plain_type(dtype: np.dtype) -> np.dtype:
    if h5py.check_string_dtype(dtype) is not None:
        return np.dtype("U1")  # the length shows when it is read
    return dtype.base


def _refused_findings(refused: list[TreeNode]) -> Iterator[Finding]:
    for node in refused[:20]:
        yield Finding(
            "data.array-left-out", Severity.ADVICE, "data.file",
            f"**{node.path}** {node.note}: left out.",
        )  # fmt: skip


def _other_findings(found: Mapping[str, Found], chosen: list[str]) -> Iterator[Finding]:
    rows = found[chosen[0]].node.shape[0]
    others = [f"{p} ({i.node.shape[0]} rows)" for p, i in found.items() if p not in chosen]
    if others:
        yield Finding(
            "data.other-lengths", Severity.ADVICE, "data.file",
            f"Not part of these {rows} rows: **{', '.join(others[:6])}**"
            f"{' …' if len(others) > 6 else ''}.",
        )  # fmt: skip
