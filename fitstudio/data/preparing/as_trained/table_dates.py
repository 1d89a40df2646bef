"""How dates are written in a later table, against how they were in training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fitstudio.data.formats.text.table import TableSource
from fitstudio.data.formats.text.values import dates
from fitstudio.data.preparing.as_trained.shown_cells import first_filled, shown_cell
from fitstudio.data.preparing.recipe.reading import Reading
from fitstudio.declared.task.dataset_summary import NUMBER
from fitstudio.errors import DataError
from fitstudio.words import marked, say, say_marked

_ORDERS = {"dmy": marked("the day first"), "mdy": marked("the month first")}


def settle_dates(
    source: TableSource, reading: Reading, name: str, known: str, said: Mapping[str, Any]
) -> list[str]:
    """Reads the dates of a column as in training, or as they can only be read.

    Args:
        source: The later file.
        reading: How the training file was read.
        name: The column in this file.
        known: Its name in training.
        said: Options for this file.

    Returns:
        What is written otherwise and is beyond doubt, in sentences.

    Raises:
        DataError: If it cannot be read as in training, or in two ways.
    """
    column, trained = source.scalars(name, NUMBER), reading.column(known)
    if column.dates is None and trained.dates is None:
        return []
    if column.missing().all() and not len(column.unparsed):
        return []  # an empty column is neither
    place = first_filled(source, name)
    here, there = _kind_of_dates(column.dates), _kind_of_dates(trained.dates)
    if here != there:
        raise DataError(
            say(
                "{name} holds {here} in {file}, such as {source}, and held {there} in training.",
                name=repr(name),
                here=here,
                file=repr(source.file),
                source=shown_cell(source, name, place),
                there=there,
            ),
            code="data.reading-differs",
            remedy=say("Write the column as it is written in the training file."),
        )
    if column.dates != "slashes" or "dates" in said:
        return []
    order = trained.order or reading.options.get("dates")
    shown = dates.shown_order(source.text(name))
    if shown is None and order is None:
        raise DataError(
            say(
                "Dates such as {source} in {file} can be read in two ways, with the day first "
                "or the month first, and the training file did not show which.",
                source=shown_cell(source, name, place),
                file=repr(source.file),
            ),
            code="data.reading-unclear",
            remedy=say("Say which it is, by the file's option dates=dmy or dates=mdy."),
        )
    if shown is not None and order is not None and shown != order:
        telling = dates.shows_order(source.text(name), shown)
        if telling.all():
            return [
                say(
                    "The dates in {name} are written with {orders} here; in training with "
                    "{orders_2}.",
                    name=name,
                    orders=say_marked(_ORDERS[shown]),
                    orders_2=say_marked(_ORDERS[order]),
                )
            ]
        place = int(np.argmax(telling.fill_null(False).to_numpy()))
        raise DataError(
            say(
                "The dates in {file}, such as {source}, can only be read with {orders}; in "
                "training they were read with {orders_2}.",
                file=repr(source.file),
                source=shown_cell(source, name, place),
                orders=say_marked(_ORDERS[shown]),
                orders_2=say_marked(_ORDERS[order]),
            ),
            code="data.reading-differs",
            remedy=say("If they are right, give this file the option dates={shown}.", shown=shown),
        )
    if shown is None and order is not None:
        source.read_dates(name, order)
    return []


def _kind_of_dates(form: str | None) -> str:
    if form is None:
        return say("plain numbers")
    return say("times of day") if form == dates.TIME else "dates"
