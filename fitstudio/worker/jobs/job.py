"""Short jobs with a run's model, such as predict or dry-run. One JSON job in, JSON lines out.

──► {"project": …, "run": …, "data": …, "output": …}      on stdin, or in a file
◄── {"progress": 0.4, "sentence": "Predicting"}           any number of them
◄── {"reply": {…}}  or  {"error": {…}}                    always the last
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio.errors import FitStudioError
from fitstudio.journal.events import finite
from fitstudio.words import kept
from fitstudio.worker.jobs import comparison, dry_run, evaluation, export, prediction

Job = Mapping[str, Any]
Progress = Callable[[float, str], None]

_JOBS: dict[str, Callable[[Job, Progress], dict[str, Any]]] = {
    "predict": prediction.predict,
    "evaluate": evaluation.evaluate,
    "baselines": comparison.compare,
    "dry-run": dry_run.try_one_batch,
    "export": export.export,
}


def do(kind: str, job_file: Path) -> int:
    """Does a job and answers on stdout; returns the exit code.

    Args:
        kind: "predict", "evaluate", "baselines", "dry-run" or "export".
        job_file: The job as JSON; ``-`` for stdin.
    """
    logging.getLogger().setLevel(logging.ERROR)
    warnings.simplefilter("ignore")  # answers are lines of JSON, and nothing else
    try:
        text = sys.stdin.read() if str(job_file) == "-" else job_file.read_text("utf-8")
        reply = _JOBS[kind](json.loads(text), _progress)
    except FitStudioError as error:
        _say({"error": error.to_json()})
        return 1
    except Exception as error:
        message = str(error).strip().split("\n")[0] or type(error).__name__
        _say(
            {
                "error": {
                    "type": type(error).__name__,
                    "code": "worker.job",
                    "message": message,
                    "details": traceback.format_exc(),
                }
            }
        )
        return 1
    _say({"reply": reply})
    return 0


def _progress(fraction: float, sentence: str) -> None:
    _say({"progress": round(fraction, 4), "sentence": sentence})


def _say(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(finite(kept(answer)), allow_nan=False) + "\n")
    sys.stdout.flush()
