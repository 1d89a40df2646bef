"""The option that all folders of files have: whether the folders' names are classes."""

from __future__ import annotations

from fitstudio.declared.formats.format import ReadingOption, Travels
from fitstudio.declared.kinds.values import Choice, Option
from fitstudio.words import marked

CLASSES = ReadingOption(
    name="classes",
    kind=Choice(
        (
            Option(
                "folder", marked("The folder's name"), marked("The folder that a file lies in.")
            ),
            Option("none", marked("None"), marked("The folders only keep the files in order.")),
        )
    ),
    title=marked("Classes"),
    help=marked("What tells the class of a file in a folder."),
    unset=marked("found out"),
    travels=Travels.LAYOUT,
)
