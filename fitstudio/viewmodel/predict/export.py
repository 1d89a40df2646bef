"""Takes the model that the Predict page uses out of its project, and tells how it was proven."""

from __future__ import annotations

from pathlib import Path

from psygnal import Signal

from fitstudio.actions.models import model_export
from fitstudio.actions.models.model_export import EXPORT_FORMATS, ExportFormat, ExportReport
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_bytes


class ExportModel:
    """One export at a time.

    Attributes:
        changed: Emitted when anything of it changed.
        report: What the last one did.
        problem: Why the last one did not work.
        busy: Whether one is being written.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self.session = session
        self.report: ExportReport | None = None
        self.problem: FitStudioError | None = None
        self.busy = False

    @property
    def formats(self) -> tuple[ExportFormat, ...]:
        """The ways to write a model."""
        return EXPORT_FORMATS

    def suggested(self, run: str, format: ExportFormat) -> str:
        """A name for the file or folder."""
        return f"{self.session.project.name} {run}{format.ending}"

    def export(self, run: str, format: ExportFormat, output: Path) -> None:
        """Writes a run's model; what comes of it comes with `changed`."""
        self.report, self.problem, self.busy = None, None, True
        self.changed.emit()
        self.session.in_background(
            lambda job: model_export.export_model(
                self.session.project,
                run,
                format=format.name,
                output=output,
                cancel=job.cancelled,
            ),
            self._take,
            self._fail,
            replaces=f"export {id(self)}",
        )

    def sentence(self) -> str:
        """What came of the last export, or that one is under way; empty before the first."""
        if self.busy:
            return say("The model is being written, and compared with the run's own answers.")
        if self.problem is not None:
            return str(self.problem)
        report = self.report
        if report is None:
            return ""
        written = say(
            "**{name}** is written ({size}).",
            name=Path(report.output).name,
            size=format_bytes(report.bytes),
        )
        if report.proof is None:
            return say(
                "{written} Whoever builds the model up from it should compare some answers.",
                written=written,
            )
        return say_count(
            report.proof.rows,
            "{written} {by}, without FitStudio, gave the same answer for {number} row {which}: the "
            "largest difference is {difference}.",
            "{written} {by}, without FitStudio, gave the same answers for {number} rows {which}: "
            "the largest difference is {difference}.",
            written=written,
            by=report.proof.by,
            which=report.proof.rows_are,
            difference=f"{report.proof.largest_difference:.1g}",
        )

    def _take(self, report: ExportReport) -> None:
        self.report, self.busy = report, False
        self.changed.emit()

    def _fail(self, problem: FitStudioError) -> None:
        self.problem, self.busy = problem, False
        self.changed.emit()
