"""The command line of the worker process; the window and the `fitstudio` command start it.

run PROJECT RUN [--resume] [--verbose=N]    trains a run
predict | evaluate JOB        uses a run's model; JOB is a JSON file, answers are JSON lines
export JOB                    writes a run's model in a format that other programs read
baselines JOB                 compares a run's model with simple ones
dry-run JOB                   tries one real batch and tells what the run would take
devices                       tells as JSON what torch can train on
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from fitstudio import terminal
from fitstudio.errors import FitStudioError

_VERBOSE = {f"--verbose={level}": level for level in (0, 1, 2)}


def main(argv: Sequence[str] | None = None) -> int:
    """Does what the words say; returns the exit code."""
    # Each command imports what it needs: a run must show that it lives before torch is there.
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        match words:
            case ["run", project, run_name, *flags] if set(flags) <= {"--resume", *_VERBOSE}:
                from fitstudio.worker import run

                verbose = next((_VERBOSE[flag] for flag in flags if flag in _VERBOSE), None)
                with terminal.forgiving_output():
                    return run.run(
                        Path(project), run_name, resume="--resume" in flags, verbose=verbose
                    )
            case [("predict" | "evaluate" | "baselines" | "dry-run" | "export") as kind, job_file]:
                from fitstudio.worker.jobs import job

                return job.do(kind, Path(job_file))
            case ["devices"]:
                from fitstudio.engine import device

                _say(device.survey())
                return 0
    except FitStudioError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(__doc__ or "")
    return 2


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    sys.exit(main())
