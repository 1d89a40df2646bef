"""One contender's process: trains when it is told to, and says what it cost.

Reads JSON lines and answers each with one: ``{"do": "prepare", "workload": "w1", "rows": 1000}``,
then ``{"do": "train", "epochs": 1, "shuffle": true}``; or ``{"do": "sequences"}``, or
``{"do": "events"}``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from workloads import WORKLOADS, Workload

CONTENDERS = (
    "fitstudio", "limit", "torch-sliced", "torch-dataloader", "keras-torch", "keras-tensorflow",
    "tf-keras", "lightning", "skorch",
)  # fmt: skip
# skorch has no way to read a file that is larger than memory other than torch's own.
CANNOT = {"skorch": {"w5"}}


def factory_of(contender: str) -> Callable[[Workload, int], Any]:
    """Makes the contender's session; imports only its own framework."""
    if contender == "keras-torch":
        os.environ["KERAS_BACKEND"] = "torch"
    elif contender == "keras-tensorflow":
        os.environ["KERAS_BACKEND"] = "tensorflow"
    if "keras" in contender:
        peers = importlib.import_module("contenders.keras_peers")
        if contender == "keras-torch":
            limit_torch()
        else:
            peers.limit_threads()
        keras = importlib.import_module("tf_keras" if contender == "tf-keras" else "keras")
        return lambda workload, rows: peers.KerasPeer(keras, workload, rows)
    limit_torch()
    module, name = {
        "fitstudio": ("fitstudio_engine", "FitStudio"),
        "limit": ("limit", "Limit"),
        "torch-sliced": ("torch_loops", "Sliced"),
        "torch-dataloader": ("torch_loops", "Loader"),
        "lightning": ("lightning_peer", "Lightning"),
        "skorch": ("skorch_peer", "Skorch"),
    }[contender]
    return getattr(importlib.import_module(f"contenders.{module}"), name)


def limit_torch() -> None:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)


def versions(contender: str) -> dict[str, str]:
    """The versions of the packages that the contender loaded."""
    names = ("torch", "keras", "tf_keras", "tensorflow", "lightning", "skorch", "fitstudio")
    loaded = {name: sys.modules[name] for name in names if name in sys.modules}
    return {name: str(getattr(module, "__version__", "?")) for name, module in loaded.items()}


def train(session: Any, epochs: int, shuffle: bool) -> float:
    if hasattr(session, "epochs"):
        return session.epochs(epochs, shuffle)
    return [session.epoch(shuffle) for _ in range(epochs)][-1]


def main() -> None:
    contender = sys.argv[1]
    warnings.simplefilter("ignore")
    answers = sys.stdout
    make: Callable[[Workload, int], Any] | None = None
    session: Any = None
    with contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            order = json.loads(line)
            answer: dict[str, Any] = {}
            make = make or factory_of(contender)
            if order["do"] == "prepare":
                session = None
                session = make(WORKLOADS[order["workload"]], order["rows"])
                answer = {"steps": session.steps, "versions": versions(contender)}
            elif order["do"] == "train":
                cpu, wall = time.process_time(), time.perf_counter()
                loss = train(session, order["epochs"], order["shuffle"])
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                steps = session.steps * order["epochs"]
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                answer = {
                    "loss": loss,
                    "cpu_us": cpu / steps * 1e6,
                    "wall_us": wall / steps * 1e6,
                    "peak_mb": peak / (1024 if sys.platform == "linux" else 2**20),
                }
            elif order["do"] == "sequences":
                sequences = importlib.import_module("contenders.sequences")
                answer = {"rows": sequences.measure_sequences(contender, order["quick"])}
            elif order["do"] == "events":
                watching = importlib.import_module("contenders.watching")
                answer = {"rows": watching.measure_watching(order["quick"])}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
