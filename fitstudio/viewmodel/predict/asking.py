"""Has a model answer for every row of new data, and measures it where the truth is known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio.actions.models import using_models
from fitstudio.actions.models.using_models import PredictionReport
from fitstudio.project.project import Project
from fitstudio.viewmodel.predict.answers import Answers, read_answers

# What is predicted, its first answers, and what was measured; None where nothing could be.
AskedFor = tuple[PredictionReport, Answers, dict[str, Any] | None]

_SHARE_OF_ANSWERS = 0.6


def ask_model(
    project: Project,
    run: str,
    *,
    data: Mapping[str, Any],
    output: Path,
    checkpoint: str | None,
    measured: bool,
    progress: Callable[[float, str], None],
    cancel: threading.Event,
) -> AskedFor:
    """Predicts, then measures; for a background thread.

    Args:
        project: The project of the run.
        run: Whose model answers.
        data: The new data, as a specification has it.
        output: The file that all answers are written to.
        checkpoint: Which of its models; None for the best.
        measured: Whether the data have the truth, so that the answers can be judged.
        progress: Told how far it is, 0 to 1, and what is done.
        cancel: Set by whoever gives up.
    """
    share = _SHARE_OF_ANSWERS if measured else 1.0
    report = using_models.predict_run(
        project,
        run,
        data=data,
        output=output,
        checkpoint=checkpoint,
        progress=lambda done, words: progress(done * share, words),
        cancel=cancel,
    )
    scores = None
    if measured:
        scores = using_models.evaluate_run(
            project,
            run,
            data=data,
            checkpoint=checkpoint,
            progress=lambda done, words: progress(share + done * (1 - share), words),
            cancel=cancel,
        )
    return report, read_answers(report), scores
