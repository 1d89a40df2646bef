"""Has a model answer for a file, and measures the answers where the file holds the true ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio.actions import using_models
from fitstudio.actions.using_models import PredictionReport
from fitstudio.project import Project
from fitstudio.viewmodel.predict.answers import Answers, read_answers

# What was done, the beginning of the answers, and what they are worth where that is known.
Answered = tuple[PredictionReport, Answers, dict[str, Any] | None]
_SHARE_OF_ANSWERING = 0.6


def answer(
    project: Project,
    run: str,
    *,
    data: Mapping[str, Any],
    output: Path,
    checkpoint: str | None,
    evaluated: bool,
    tell: Callable[[float, str], None],
    cancel: threading.Event,
) -> Answered:
    """Predicts, and measures where that is asked for; for a background thread.

    Args:
        project: An open project.
        run: The run whose model answers.
        data: The file, as a data section has it.
        output: Where the answers go.
        checkpoint: The model's name; None for the best one that is whole.
        evaluated: Whether the file holds the true answers.
        tell: Told how far it is, 0 to 1, and what is done.
        cancel: Set to give up.
    """
    share = _SHARE_OF_ANSWERING if evaluated else 1.0
    report = using_models.predict_run(
        project,
        run,
        data=data,
        output=output,
        checkpoint=checkpoint,
        progress=lambda done, words: tell(done * share, words),
        cancel=cancel,
    )
    measured = None
    if evaluated:
        measured = using_models.evaluate_run(
            project,
            run,
            data=data,
            checkpoint=checkpoint,
            progress=lambda done, words: tell(share + done * (1.0 - share), words),
            cancel=cancel,
        )
    return report, read_answers(report), measured
