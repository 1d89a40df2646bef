"""What is said and shown of the results at hand: scores, confusions, rows, in the chosen part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PureWindowsPath
from typing import Any

from psygnal import Signal

from fitstudio.actions.data import Thumbnail
from fitstudio.actions.models.exporting import csv_of_worst
from fitstudio.actions.models.kept_models import when_saved
from fitstudio.actions.models.using_models import Results
from fitstudio.actions.runs import RunSummary
from fitstudio.journal.target_scale import TargetScale
from fitstudio.project.saved_models import USUAL
from fitstudio.project.unseen_part import UnseenPart, opened_words
from fitstudio.viewmodel.own_units import scale_of
from fitstudio.viewmodel.results.deciding import Deciding
from fitstudio.viewmodel.results.scores import (
    Confusion,
    Parity,
    Score,
    class_scores,
    confusion_of,
    logged_scores,
    number_scores,
    parity_of,
)
from fitstudio.viewmodel.results.titles import PART_TITLES, PARTS, WEIGHTS
from fitstudio.viewmodel.results.worst_rows import WorstRow, worst_row
from fitstudio.viewmodel.row_pictures import row_pictures
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import numbers, say, say_count, say_marked


class ShownResults:
    """The results of one run's model, and which part and output of them is looked at.

    Attributes:
        changed: Emitted when another run, part, output or measurement is shown.
        run: The run, by its folder's name; None where there is none.
        results: What was measured; None where nothing was.
        part: "training", "validation" or "test".
        output: Which of the numbers that the model tells, counted from 0.
        cell: The cell of the confusion matrix whose rows are listed: (true, predicted).
        unseen: The rows that the run kept unseen, and how often they were opened; None if it has
            none, or nothing is known yet.
        deciding: The pictures of the mistakes, and the threshold between two classes.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self.session = session
        self.run: str | None = None
        self.results: Results | None = None
        self.part = "validation"
        self.output = 0
        self.cell: tuple[int, int] | None = None
        self.unseen: UnseenPart | None = None
        self.deciding = Deciding(session, self.changed.emit)
        # Before anybody else hears of it, so that all are told the same.
        self.changed.connect(lambda: self.deciding.show(self.run, self.results, self.part))

    def set_part(self, part: str) -> None:
        """Show another part of the data."""
        self.part = part
        self.cell = None
        self.changed.emit()

    def set_output(self, output: int) -> None:
        """Show another output of a model with several."""
        self.output = output
        self.changed.emit()

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        """List only the rows of one cell of the confusion matrix: (true, predicted)."""
        self.cell = cell
        self.changed.emit()

    @property
    def line(self) -> RunSummary | None:
        """The line about the shown run."""
        return self.session.run_summary(self.run)

    def parts(self) -> list[tuple[str, str]]:
        """The parts that were measured, with their titles."""
        if self.results is None:
            return []
        return [
            (part, say_marked(PART_TITLES[part])) for part in PARTS if part in self.results.scores
        ]

    def heading(self) -> str:
        """Which of the run's models is shown; the run itself stands in the choice beside it."""
        if self.results is None:
            return ""
        when = when_saved(self.results.epoch, self.results.step)
        if self.results.weights in USUAL:
            title = say_marked(WEIGHTS.get(self.results.weights, self.results.weights.capitalize()))
            return say("{title} model, {when}", title=title, when=when)
        return say("Model of {when}", when=when)

    def is_classification(self) -> bool:
        """Whether classes are told, not numbers."""
        return self.results is not None and self.results.task == "classification"

    def confusion(self) -> Confusion | None:
        """The confusion counts of the shown part, at the threshold that is tried."""
        if self.results is None:
            return None
        return self.deciding.confusion() or confusion_of(self.results, self.part)

    def outputs(self) -> list[str]:
        """Names of the numbers that the model tells."""
        return [str(each["name"]) for each in self._parity_outputs()]

    def parity(self) -> Parity | None:
        """Measured and predicted values of the shown output."""
        return None if self.results is None else parity_of(self.results, self.part, self.output)

    def scores(self) -> list[Score]:
        """The final scores of the shown part."""
        if self.results is None or self.part not in self.results.scores:
            return []
        confusion = self.confusion()
        if confusion is not None and confusion.total:
            found = [
                replace(score, title=self.deciding.title_at(score.title))
                for score in class_scores(confusion)
            ]
        elif (parity := self.parity()) is not None:
            outputs = self._parity_outputs()
            found = number_scores(parity, outputs[min(self.output, len(outputs) - 1)], self.unit())
        else:
            found = []
        return [*found, *logged_scores(self.results.scores[self.part], found, self.scale())]

    def unit(self) -> str:
        """The unit of the shown output, where it is known."""
        scale = self.scale()
        return "" if scale is None or scale.unit is None else scale.unit

    def scale(self) -> TargetScale | None:
        """How the run's targets were scaled; None where they were not, or it is not known."""
        line = self.line
        return None if line is None else scale_of(line)

    def rows_words(self) -> str:
        """How many rows were measured."""
        if self.results is None or self.part not in self.results.rows:
            return ""
        rows = self.results.rows[self.part]
        sampled = self.results.sampled.get(self.part)
        if sampled:
            words = say(
                "{sampled} of {rows}, evenly spread",
                sampled=numbers.format_count(sampled),
                rows=say_count(rows, "{number} row", "{number} rows"),
            )
        else:
            words = say_count(rows, "{number} row", "{number} rows")
        if self.part == "test" and self.unseen is not None:
            words = say("{rows}, {opened}", rows=words, opened=opened_words(self.unseen.opened))
        file = self.file()
        return say("{rows}, of {file}", rows=words, file=file) if file else words

    def file(self) -> str:
        """The file that the rows of this part are of, where the parts are of different files."""
        files = {} if self.results is None else self.results.files
        mine = files.get(self.part, "")
        short = PureWindowsPath(mine).name  # takes both kinds of slashes
        alike = [each for each in files.values() if PureWindowsPath(each).name == short]
        return mine if len(set(alike)) > 1 else short

    def row_words(self, row: int | None, picture: str = "") -> str:
        """A row of this part, counted from 0, by its number and file; empty where unknown.

        Args:
            row: Its number.
            picture: The picture that it is, which says more than a number.
        """
        if picture:
            return picture
        if row is None:
            return ""
        number, file = numbers.format_count(row + 1), self.file()
        if file:
            return say("Row {number} of {file}", number=number, file=file)
        return say("Row {number}", number=number)

    def worst_words(self) -> str:
        """What stands beside the title of the worst rows: the cell and the file they are of."""
        said, confusion = [], self.confusion()
        if self.cell is not None and confusion is not None:
            true, predicted = (confusion.names[index] for index in self.cell)
            said.append(say("{true} taken for {predicted}", true=true, predicted=predicted))
        if self.file():
            said.append(say("of {file}", file=self.file()))
        if self.deciding.threshold is not None:
            said.append(say("by the likelier class"))
        return " · ".join(said)

    def worst(self) -> list[WorstRow]:
        """The rows that were most wrong; with a cell chosen, only those in it."""
        if self.results is None:
            return []
        entries = self.results.worst.get(self.part, [])
        if self.cell is not None and self.is_classification():
            names = self.results.class_names
            true, predicted = (names[index] for index in self.cell)
            entries = [
                each for each in entries if (each["true"], each["predicted"]) == (true, predicted)
            ]
        return [worst_row(each) for each in entries]

    def look_at_worst(self, take: Callable[[Mapping[int, Thumbnail]], None]) -> None:
        """Looks at the pictures of the worst rows, where they are pictures of the run's own data.

        Args:
            take: Gets them by their rows; not called where there are none.
        """
        rows = [each.place for each in self.worst() if each.file and each.place is not None]
        run = self.run
        if not rows or run is None or self.file():
            return
        self.session.in_background(
            lambda job: row_pictures(self.session.project, run, rows, job),
            lambda found: take(found) if run == self.run else None,
            lambda problem: None,  # their names stand there all the same
            replaces=f"worst pictures {id(self)}",
        )

    def worst_csv(self) -> str:
        """All rows of that list as a table, every digit of them."""
        return "" if self.results is None else csv_of_worst(self.results, self.part)

    def worst_headings(self) -> tuple[str, str, str, str]:
        """The headings of their table."""
        first = say("Picture") if any(each.file for each in self.worst()) else say("Row")
        if self.is_classification():
            return first, say("True"), say("Predicted"), say("Chance given to the true class")
        return first, say("Measured"), say("Predicted"), say("Difference")

    def _parity_outputs(self) -> Sequence[Mapping[str, Any]]:
        if self.results is None:
            return []
        return self.results.parity.get(self.part, {}).get("outputs", [])
