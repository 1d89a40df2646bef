"""The reader of each format, loaded when it is needed: each brings a library that others do not."""

from __future__ import annotations

from collections.abc import Callable

from fitstudio.data.formats.reader import Reader


def _table() -> Reader:
    from fitstudio.data.formats.text.joined import open_tables

    return Reader(open=open_tables)


def _npy() -> Reader:
    from fitstudio.data.formats.numpy_files.npy import open_npy

    return Reader(open=open_npy)


def _npz() -> Reader:
    from fitstudio.data.formats.numpy_files.npz import npz_tree, open_npz

    return Reader(open=open_npz, tree=npz_tree)


def _hdf5() -> Reader:
    from fitstudio.data.formats.hdf5.opening import open_hdf5
    from fitstudio.data.formats.hdf5.tree import tree

    return Reader(open=open_hdf5, tree=tree)


def _zarr() -> Reader:
    from fitstudio.data.formats.zarr_store import open_zarr, zarr_tree

    return Reader(open=open_zarr, tree=zarr_tree)


def _matlab() -> Reader:
    from fitstudio.data.formats.matlab.matlab5 import matlab_tree, open_matlab

    return Reader(open=open_matlab, tree=matlab_tree)


def _columnar() -> Reader:
    from fitstudio.data.formats.columnar import open_columnar

    return Reader(open=open_columnar)


def _sqlite() -> Reader:
    from fitstudio.data.formats.sqlite import open_sqlite

    return Reader(open=open_sqlite)


def _spectra() -> Reader:
    from fitstudio.data.formats.spectra.folder import open_spectra

    return Reader(open=open_spectra)


def _signals() -> Reader:
    from fitstudio.data.formats.signals.folder import open_signals

    return Reader(open=open_signals)


def _pictures() -> Reader:
    from fitstudio.data.formats.picture_folder import open_pictures

    return Reader(open=open_pictures)


# By the names that `fitstudio.declared.formats.registry` declares.
READERS: dict[str, Callable[[], Reader]] = {
    "table": _table,
    "npy": _npy,
    "npz": _npz,
    "hdf5": _hdf5,
    "zarr": _zarr,
    "matlab": _matlab,
    "columnar": _columnar,
    "sqlite": _sqlite,
    "spectra": _spectra,
    "signals": _signals,
    "pictures": _pictures,
}
