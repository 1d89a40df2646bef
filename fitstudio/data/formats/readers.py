"""The reader of each format, loaded when it is needed: each brings a library that others do not."""

from __future__ import annotations

from collections.abc import Callable

from fitstudio.data.formats.reader import Reader


def _table() -> Reader:
    from fitstudio.data.formats.text.table import open_table

    return Reader(open=open_table)


def _npy() -> Reader:
    from fitstudio.data.formats.npy import open_npy

    return Reader(open=open_npy)


def _npz() -> Reader:
    from fitstudio.data.formats.npz import npz_tree, open_npz

    return Reader(open=open_npz, tree=npz_tree)


def _hdf5() -> Reader:
    from fitstudio.data.formats.hdf5 import open_hdf5
    from fitstudio.data.formats.hdf5_tree import tree

    return Reader(open=open_hdf5, tree=tree)


def _columnar() -> Reader:
    from fitstudio.data.formats.columnar import open_columnar

    return Reader(open=open_columnar)


def _pictures() -> Reader:
    from fitstudio.data.formats.picture_folder import open_pictures

    return Reader(open=open_pictures)


# By the names that `fitstudio.declared.formats.registry` declares.
READERS: dict[str, Callable[[], Reader]] = {
    "table": _table,
    "npy": _npy,
    "npz": _npz,
    "hdf5": _hdf5,
    "columnar": _columnar,
    "pictures": _pictures,
}
