"""Folders of pictures: what can be set in how they are read."""

from __future__ import annotations

import re

from fitstudio.declared.formats.format import Format, ReadingOption, Travels
from fitstudio.declared.kinds.values import Choice, Int, Option, Text
from fitstudio.words import marked, say

# Endings of the files that count as pictures; what a file is, its first bytes say.
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
# The sides that pictures get by themselves where they have different ones, or long ones.
USUAL_SIDE = 128
ORIGINAL = "original"

_SIZE = re.compile(r"(\d{1,5})\s*[x×*]\s*(\d{1,5})")


def parse_size(text: str) -> tuple[int, int] | None:
    """Width and height of "128 x 96"; None for "original".

    Raises:
        ValueError: If it is neither.
    """
    if text.strip().lower() == ORIGINAL:
        return None
    found = _SIZE.fullmatch(text.strip())
    if found is None or not (int(found[1]) and int(found[2])):
        raise ValueError(f"{text!r} is no size such as 128 x 128.")
    return int(found[1]), int(found[2])


class _Size(Text):
    """The size of pictures: width x height in points, or "original"."""

    def check(self, value: object) -> str | None:
        problem = super().check(value)
        if problem is not None:
            return problem
        try:
            parse_size(str(value))
        except ValueError:
            return say("is {what}", what=self.what)
        return None


PICTURES = Format(
    name="pictures",
    title=marked("Pictures"),
    help=marked("A folder of pictures"),
    params=(
        ReadingOption(
            name="size",
            kind=_Size(what="width x height, such as 128 x 128, or original"),
            title=marked("Size"),
            help=marked("Width and height that every picture is brought to, in points."),
            unset=marked("found out"),
        ),
        ReadingOption(
            name="fitting",
            kind=Choice(
                (
                    Option(
                        "stretch", marked("Stretch"), marked("Both sides are brought to the size.")
                    ),
                    Option(
                        "border",
                        marked("Add a border"),
                        marked("The whole picture, its shape kept."),
                    ),
                    Option(
                        "crop",
                        marked("Cut the edges"),
                        marked("The middle of the picture, its shape kept."),
                    ),
                )
            ),
            default="stretch",
            title=marked("Other shapes"),
            help=marked("What is done with pictures whose shape is not that of the size."),
        ),
        ReadingOption(
            name="channels",
            kind=Choice(
                (
                    Option("grey", marked("Grey"), marked("One number a point.")),
                    Option("colour", marked("Colour"), marked("Red, green and blue.")),
                    Option(
                        "stored",
                        marked("As stored"),
                        marked("Whatever the files hold, if it is the same."),
                    ),
                )
            ),
            title=marked("Channels"),
            help=marked("What stands for each point of a picture."),
            unset=marked("found out"),
        ),
        ReadingOption(
            name="classes",
            kind=Choice(
                (
                    Option(
                        "folder",
                        marked("The folder's name"),
                        marked("The folder that a picture lies in."),
                    ),
                    Option(
                        "none", marked("None"), marked("The folders only keep the files in order.")
                    ),
                )
            ),
            title=marked("Classes"),
            help=marked("What tells the class of a picture."),
            unset=marked("found out"),
            travels=Travels.LAYOUT,
        ),
        ReadingOption(
            name="page",
            kind=Int(minimum=1, maximum=100_000),
            title=marked("Page"),
            help=marked("Which page of files with several is taken; else all pages, as channels."),
            unset=marked("all"),
        ),
        ReadingOption(
            name="unreadable",
            kind=Choice(
                (
                    Option("skip", marked("Leave them out"), marked("Training does without them.")),
                    Option(
                        "stop",
                        marked("Ask before training"),
                        marked("Nothing is trained until they can be read."),
                    ),
                )
            ),
            default="skip",
            title=marked("Pictures that cannot be read"),
            help=marked("What is done with pictures that are missing or cannot be read."),
            travels=Travels.NEVER,
        ),
    ),
    called=(marked("folders of pictures"),),
    endings=(),
    content=marked("Folder of pictures"),
    row="picture",
    column="column",
    icon="image",
    is_folder=True,
    folder_endings=PICTURE_ENDINGS,
)
