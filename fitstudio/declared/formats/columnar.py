"""Parquet and Arrow files: tables whose columns have types of their own."""

from __future__ import annotations

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT
from fitstudio.declared.formats.format import Format, Signature
from fitstudio.words import marked

_ENDINGS = (".parquet", ".pq", ".arrow", ".feather", ".ipc")

COLUMNAR = Format(
    name="columnar",
    title=marked("Parquet"),
    help=marked("Parquet, Arrow or Feather"),
    params=(ONE_HOT, MISSING),
    called=("Parquet",),
    endings=_ENDINGS,
    folder_endings=_ENDINGS,
    signatures=(Signature(b"PAR1"), Signature(b"ARROW1")),
    content=marked("Parquet table"),
    row="row",
    column="column",
    icon="table",
)
