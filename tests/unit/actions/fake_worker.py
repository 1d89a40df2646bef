"""Pretends to train: takes the lock, writes the journal, obeys requests. Run by the tests here.

What it does is set by the run's name: "hang" never ends an epoch, "crash" dies without a word,
"fail" ends as failed, "silent" says nothing at all, "broken" exits at once, "quick" runs through.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from fitstudio.journal import Journal, fold, read_all
from fitstudio.project import ProjectPaths
from fitstudio.project.lock import run_lock
from fitstudio.project.run_files import read_spec
from fitstudio.storage import atomic, write_folder


def main() -> int:
    paths = ProjectPaths(Path(sys.argv[2])).run(sys.argv[3])
    resumed = "--resume" in sys.argv
    if any(word.startswith("--verbose") for word in sys.argv):
        sys.stdout.write(f"asked: {' '.join(sys.argv[4:])}\n")
    kind = next((word for word in KINDS if word in paths.name), "quick")
    if kind == "broken":
        sys.stderr.write("ImportError: libtorch is missing\n")
        return 3
    if kind == "silent":
        time.sleep(60)
    spec = read_spec(paths.spec)
    sys.stdout.write("Epoch 1/3\n")
    with run_lock(paths.folder), Journal(paths.journal) as journal:
        before = fold(read_all(paths.journal))
        seen = max(before.acknowledged, default=0)
        first = len(before.epochs)
        last = spec.get("fit.epochs") - 1
        journal.append(
            "run_started", run=paths.name, pid=os.getpid(), first_epoch=first, last_epoch=last,
            resumed=resumed,
        )  # fmt: skip
        for epoch in range(first, last + 1):
            journal.append("epoch_started", epoch=epoch)
            deadline = time.monotonic() + (60 if kind == "hang" and not resumed else 0.02)
            while time.monotonic() < deadline:
                seen, stop = obey(paths.request, journal, seen)
                if stop:
                    journal.append("run_ended", outcome="stopped", reason="person")
                    return 0
                time.sleep(0.005)
            if kind == "crash" and not resumed and epoch == 1:
                os.kill(os.getpid(), 9)
            logs = {"loss": 1.0 / (epoch + 1), "val_loss": 2.0 / (epoch + 1)}
            write_folder(
                paths.checkpoints / "last",
                lambda folder: atomic.write_text(folder / "weights", "w"),
                facts={"epoch": epoch},
            )
            journal.append("epoch_ended", epoch=epoch, logs=logs, seconds=0.02)
        if kind == "fail":
            journal.append("run_ended", outcome="failed", reason="error")
            return 1
        journal.append("run_ended", outcome="completed", reason="all_epochs")
    return 0


def obey(request: Path, journal: Journal, seen: int) -> tuple[int, bool]:
    try:
        asked = json.loads(request.read_text())
    except (OSError, ValueError):
        return seen, False
    if asked["id"] <= seen:
        return seen, False
    kind = asked["kind"]
    if kind.startswith("stop"):
        journal.append("stop_requested", by="person", when=kind[5:], request=asked["id"])
        return asked["id"], True
    code = {"pause": "paused", "continue": "continued"}.get(kind, kind)
    journal.append("message", level="info", code=code, sentence=".", request=asked["id"])
    return asked["id"], False


KINDS = ("hang", "crash", "fail", "silent", "broken")

if __name__ == "__main__":
    sys.exit(main())
