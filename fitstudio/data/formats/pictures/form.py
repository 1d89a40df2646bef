"""What every picture is brought to: its size and points, as found out or as a person said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fitstudio.data.formats.pictures.array import PictureForm
from fitstudio.data.formats.pictures.reading import PictureHeader
from fitstudio.declared.formats.pictures import USUAL_SIDE, parse_size
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count
from fitstudio.words.numbers import listed

# Pictures that are all of one size are left at it up to this side.
_LONGEST_SIDE = 256
# Sides that layers can halve a few times without a rest.
_SIDE_STEP = 8


def find_form(
    headers: Sequence[PictureHeader], options: Mapping[str, Any]
) -> tuple[PictureForm, list[Guess]]:
    """What pictures are brought to, and how that was found out.

    Args:
        headers: What their files say of them.
        options: What a person has said, by the names of the options of a folder of pictures.

    Raises:
        DataError: If pictures of several sizes are to stay as they are.
    """
    sizes = Counter((header.width, header.height) for header in headers)
    width, height = sizes.most_common(1)[0][0]
    wanted = options.get("size")
    if wanted is None:
        if len(sizes) > 1 or max(width, height) > _LONGEST_SIDE:
            width, height = _usual_size(headers)
            why = (
                say("The pictures have different sizes; all are brought to this one.")
                if len(sizes) > 1
                else say("The pictures are large; smaller ones train faster, and mostly as well.")
            )
            sure = False
        else:
            why, sure = say("All pictures have this size."), True
    else:
        chosen = parse_size(str(wanted))
        if chosen is None and len(sizes) > 1:
            raise DataError(
                say_count(
                    len(sizes),
                    "The pictures have {number} size.",
                    "The pictures have {number} different sizes, so they cannot stay as they are.",
                ),
                code="data.option",
                remedy=say("Choose a size for all of them, such as 128 x 128."),
            )
        width, height = chosen or (width, height)
        why, sure = say("As you said."), True
    size = Guess(
        "size",
        f"{width} x {height}",
        why,
        say("{width} × {height} points", width=width, height=height),
        given=wanted is not None,
        sure=sure,
    )
    counts = Counter(header.channels for header in headers)
    kind, channel_guess = _channel_kind(counts, options.get("channels"))
    channels = {"grey": 1, "colour": 3}.get(kind) or counts.most_common(1)[0][0]
    dtype = np.result_type(*{np.dtype(header.dtype) for header in headers})
    form = PictureForm(
        width, height, channels, kind, str(options.get("fitting", "stretch")), dtype,
        options.get("page"),
    )  # fmt: skip
    return form, [size, channel_guess]


def _usual_size(headers: Sequence[PictureHeader]) -> tuple[int, int]:
    """A size for pictures of several sizes, or large ones: not longer than most, nor than usual."""
    longest = int(np.median([max(header.width, header.height) for header in headers]))
    side = min(USUAL_SIDE, max(_SIDE_STEP, longest // _SIDE_STEP * _SIDE_STEP))
    shapes = {round(header.width / header.height, 2) for header in headers}
    if len(shapes) > 1:
        return side, side
    first = headers[0]
    ratio = side / max(first.width, first.height)
    return max(1, round(first.width * ratio)), max(1, round(first.height * ratio))


def _channel_kind(counts: Counter[int], wanted: object) -> tuple[str, Guess]:
    if wanted is not None:
        kind, why = str(wanted), say("As you said.")
    elif any(count > 4 for count in counts):
        kind, why = "stored", say("The files hold other channels than those of a photograph.")
    elif any(count > 2 for count in counts):
        kind, why = "colour", say("There are pictures in colour.")
    else:
        kind, why = "grey", say("All pictures are grey.")
    stored = counts.most_common(1)[0][0]
    label = {
        "grey": say("Grey"),
        "colour": say("Colour"),
        "stored": say_count(stored, "{number} channel", "{number} channels"),
    }[kind]
    return kind, Guess("channels", kind, why, label, given=wanted is not None)


def different(headers: Sequence[PictureHeader], form: PictureForm) -> list[Finding]:
    """What pictures of one dataset should have in common and have not."""
    found: list[Finding] = []
    dtypes = sorted({header.dtype for header in headers})
    if len(dtypes) > 1:
        found.append(
            Finding(
                "data.pictures-depth",
                Severity.ADVICE,
                "data.file",
                say(
                    "The pictures hold numbers of different types ({types}), which are taken as "
                    "they are: the same brightness may be another number.",
                    types=listed(dtypes),
                ),
            )
        )
    shape = form.width / form.height
    others = sum(abs(header.width / header.height - shape) > 0.05 * shape for header in headers)
    if others and form.fitting == "stretch":
        found.append(
            Finding(
                "data.pictures-shape",
                Severity.ADVICE,
                "data.options",
                say_count(
                    others,
                    "{number} picture has another shape than {width} × {height}, and is stretched.",
                    "{number} pictures have other shapes than {width} × {height}, and are "
                    "stretched.",
                    width=form.width,
                    height=form.height,
                ),
            )
        )
    return found
