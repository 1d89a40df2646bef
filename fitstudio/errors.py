"""The exceptions that FitStudio raises, each with a code, what is safe and a way out.

FitStudioError
├── SpecError (ValueError)          a run specification that cannot work; carries every finding
├── ArgumentError (ValueError)      an argument of fit(), compile(), evaluate() or predict()
├── NotCompiledError (RuntimeError) fit() or evaluate() before compile()
├── DataError (ValueError)          a data file, a column or a value in it
├── StorageError (OSError)          a file that could not be written whole
├── CheckpointError                 a checkpoint that is missing, damaged or does not fit
├── ProjectError                    a project folder that cannot be used as asked
│   ├── ProjectLockedError          another window or process holds it
│   └── ProjectTooNewError          written by a later version
├── RunError                        a run that is missing, or in the wrong state for what was asked
├── WorkerError                     the training process could not start, or ended without a word
└── UsageError                      a command line that cannot be understood
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fitstudio.words import kept


class FitStudioError(Exception):
    """What went wrong, in words for a person.

    Args:
        message: One or two sentences: the thing, the rule and what came instead.
        code: Stable name of the kind of problem, such as ``"data.missing-column"``.
        remedy: What to do about it, as a sentence.
        safe: What is not lost, as a sentence.
        details: Technical text (a traceback, a library's own words) for "Copy details".
    """

    default_code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        remedy: str | None = None,
        safe: str | None = None,
        details: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.remedy = remedy
        self.safe = safe
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message

    def to_json(self) -> dict[str, Any]:
        """The error as plain data, for ``--json`` and for crossing a process boundary."""
        fields = {
            "type": type(self).__name__,
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "safe": self.safe,
            "details": self.details,
        }
        return kept({name: value for name, value in fields.items() if value is not None})


class SpecError(FitStudioError, ValueError):
    """A run specification that cannot work.

    Args:
        message: A sentence that stands for all findings.
        findings: Every `Finding`, so that the first never hides the second.
    """

    default_code = "spec"

    def __init__(self, message: str, findings: Sequence[Any] = (), **keywords: Any) -> None:
        super().__init__(message, **keywords)
        self.findings = tuple(findings)

    def to_json(self) -> dict[str, Any]:
        """As for every error, with all findings."""
        return super().to_json() | {"findings": [finding.to_json() for finding in self.findings]}


class ArgumentError(FitStudioError, ValueError):
    """An argument that the reference's ``fit()`` would refuse as well."""

    default_code = "argument"


class NotCompiledError(FitStudioError, RuntimeError):
    """``fit()`` or ``evaluate()`` before ``compile()``."""

    default_code = "not-compiled"


class DataError(FitStudioError, ValueError):
    """A data file, a column or a value that cannot be used as asked."""

    default_code = "data"


class StorageError(FitStudioError, OSError):
    """A file that could not be written whole; the previous version is untouched."""

    default_code = "storage"

    def __init__(self, message: str, **keywords: Any) -> None:
        FitStudioError.__init__(self, message, **keywords)


class CheckpointError(FitStudioError):
    """A checkpoint that is missing, damaged, or belongs to another model."""

    default_code = "checkpoint"


class ProjectError(FitStudioError):
    """A project folder that cannot be used as asked."""

    default_code = "project"


class ProjectLockedError(ProjectError):
    """Another window or process holds the project."""

    default_code = "project.locked"


class ProjectTooNewError(ProjectError):
    """The project was written by a later version of FitStudio."""

    default_code = "project.too-new"


class RunError(FitStudioError):
    """A run that is missing, or in the wrong state for what was asked."""

    default_code = "run"


class WorkerError(FitStudioError):
    """The training process could not start, or ended without a word."""

    default_code = "worker"


class UsageError(FitStudioError):
    """A command line that cannot be understood."""

    default_code = "usage"


# The built-in exceptions among the bases (ValueError, RuntimeError, OSError) are there so that code
# written for the reference, which catches those, keeps working.
