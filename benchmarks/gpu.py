"""Trains on a GPU: FitStudio, a loop in torch, and the limit; writes GPU.md beside this file.

    python benchmarks/gpu.py [--only w1,w3] [--rounds 5] [--rows 8192]

The limit is the whole step with its optimizer as one CUDA graph that gathers its batch itself, as
a person could write it for this one model. Each contender trains the same data from the same
weights; measured is the wall time of an epoch after the first two, synchronised, the least of the
rounds. Only ratios on one machine mean anything. Without a GPU nothing is measured and nothing
is written.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from contenders.torch_models import make_module  # noqa: E402
from torch import Tensor  # noqa: E402
from workloads import WORKLOADS, Workload  # noqa: E402

import fitstudio  # noqa: E402
from fitstudio.engine import device, device_memory  # noqa: E402
from fitstudio.engine import model as engine_model  # noqa: E402
from fitstudio.engine.steps.train_step import TrainStep  # noqa: E402

PAGE = HERE / "GPU.md"
SETTINGS: dict[str, Any] = {"lr": 1e-3, "eps": 1e-7}
MEASURED = ("w1", "w2", "w3", "w4")
#: An epoch of a contender: trains it and waits for the device.
Epoch = Callable[[], Any]


class Task:
    """A workload on a device: data, module, loss."""

    def __init__(self, workload: Workload, rows: int, where: torch.device) -> None:
        self.workload, self.where = workload, where
        self.batch = workload.batch_size
        self.rows = rows // self.batch * self.batch
        self.x, self.y = (each[: self.rows] for each in workload.data(self.rows))
        self.steps = self.rows // self.batch

    def module(self) -> torch.nn.Module:
        return make_module(self.workload).to(self.where)

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        if self.workload.loss == "mse":
            return torch.nn.functional.mse_loss(answers, targets)
        return torch.nn.functional.cross_entropy(answers, targets)

    def resident(self) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(self.x).to(self.where), torch.from_numpy(self.y).to(self.where)

    def model(self, precision: str = "float32") -> fitstudio.Model:
        model = fitstudio.Model(self.module())
        classes = fitstudio.losses.SparseCategoricalCrossentropy(from_logits=True)
        is_mse = self.workload.loss == "mse"
        model.compile(
            {"name": "adam", "learning_rate": SETTINGS["lr"]},
            "mse" if is_mse else classes,
            ["mae" if is_mse else "accuracy"],
            precision=precision,
        )
        return model


def ours(task: Task, *, repeatable: bool = False, replays: bool = True) -> Epoch:
    """FitStudio through `fit()`; its first epochs hold what is done once."""
    device.make_repeatable(threads=1, repeatable=repeatable)
    engine_model.TrainStep = functools.partial(TrainStep, replays=replays)  # type: ignore[misc]
    model = task.model()
    clock = _Clock()

    def epochs() -> list[float]:
        clock.seconds.clear()
        model.fit(task.x, task.y, batch_size=task.batch, epochs=4, verbose=0, callbacks=[clock])
        return clock.seconds[2:]

    return epochs


class _Clock(fitstudio.callbacks.Callback):
    """Seconds of each epoch, the device's work included."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        _wait()
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        _wait()
        self.seconds.append(time.perf_counter() - self._began)


def torch_loop(task: Task) -> Epoch:
    """The loop of a careful person: resident data, sliced by an order drawn on the device."""
    module = task.module()
    x, y = task.resident()
    optimizer = torch.optim.Adam(module.parameters(), **SETTINGS, fused=task.where.type == "cuda")
    sums = torch.zeros((), device=task.where)

    def epoch() -> list[float]:
        began = time.perf_counter()
        for rows in torch.randperm(task.rows, device=task.where).split(task.batch):
            optimizer.zero_grad()
            loss = task.loss(module(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            sums.add_(loss.detach())
        _wait()
        return [time.perf_counter() - began]

    return epoch


def limit(task: Task) -> Epoch:
    """The whole step as one graph, which gathers its batch by an index on the device."""
    module = task.module()
    x, y = task.resident()
    optimizer = torch.optim.Adam(module.parameters(), **SETTINGS, fused=True, capturable=True)
    rows = torch.zeros(task.batch, dtype=torch.int64, device=task.where)
    sums = torch.zeros((), device=task.where)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss = task.loss(module(x.index_select(0, rows)), y.index_select(0, rows))
        loss.backward()
        optimizer.step()
        sums.add_(loss.detach())

    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()

    def epoch() -> list[float]:
        began = time.perf_counter()
        for each in torch.randperm(task.rows, device=task.where).split(task.batch):
            rows.copy_(each)
            graph.replay()
        _wait()
        return [time.perf_counter() - began]

    return epoch


CONTENDERS: dict[str, Callable[[Task], Epoch]] = {
    "the limit": limit,
    "FitStudio, repeatable (as a run)": functools.partial(ours, repeatable=True),
    "FitStudio, library default": ours,
    "FitStudio, plain steps": functools.partial(ours, replays=False),
    "torch, resident slices": torch_loop,
}


def measure(task: Task, contender: Callable[[Task], Epoch], rounds: int) -> tuple[float, float]:
    """Microseconds a step, the least of the rounds; and gigabytes reserved at most."""
    device_memory.let_go()
    on_gpu = task.where.type == "cuda"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    epoch = contender(task)
    epoch()
    seconds = min(each for _ in range(rounds) for each in epoch())
    reserved = torch.cuda.max_memory_reserved() / 1e9 if on_gpu else 0.0
    return 1e6 * seconds / task.steps, reserved


def streamed(rows: int, where: torch.device) -> dict[str, float]:
    """Microseconds a step of 256 rows from an HDF5 file, beside the same rows on the device."""
    random = np.random.default_rng(0)
    x = random.standard_normal((rows, 1024), dtype=np.float32)
    y = x[:, :16].mean(1, keepdims=True)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.h5"
        with h5py.File(path, "w") as file:
            file["x"], file["y"] = x, y
        with h5py.File(path, "r") as file:
            cases = {
                "resident": (x, y, True),
                'file, shuffle="batch"': (file["x"], file["y"], "batch"),
                "file, in order": (file["x"], file["y"], False),
            }
            for name, (given, targets, shuffle) in cases.items():
                layers = torch.nn.Sequential(torch.nn.Linear(1024, 64), torch.nn.ReLU())
                model = fitstudio.Model(torch.nn.Sequential(layers, torch.nn.Linear(64, 1)))
                model.module.to(where)
                model.compile("adam", "mse")
                clock = _Clock()
                settings: dict[str, Any] = {"epochs": 4, "shuffle": shuffle, "verbose": 0}
                model.fit(given, targets, batch_size=256, callbacks=[clock], **settings)
                found[name] = 1e6 * min(clock.seconds[2:]) / (rows / 256)
    return found


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def page(found: dict[str, dict[str, tuple[float, float]]], files: dict[str, float]) -> str:
    """What was measured, as the page that stands beside this file."""
    names = list(found)
    facts = device.describe(device.choose("cuda"))
    lines = [
        "# How fast FitStudio trains on a GPU",
        "",
        f"`python benchmarks/gpu.py {' '.join(sys.argv[1:])}`".replace(" `", "`"),
        "",
        f"Machine: {facts['device_title']}, driver {facts['driver'] or 'not known'}, cuDNN "
        f"{facts['cudnn'] or 'not known'}, torch {facts['torch']}; fitstudio "
        f"{fitstudio.__version__}. Wall time of a step in µs, the least of the rounds; in brackets "
        "times the limit, which is the whole step as one graph.",
        "",
        *(f"- **{name}**: {WORKLOADS[name].title}" for name in names),
        "",
        f"|  | {' | '.join(names)} |",
        f"|---|{'--:|' * len(names)}",
    ]
    for contender in CONTENDERS:
        cells = []
        for name in names:
            us, _ = found[name][contender]
            cells.append(f"{us:,.0f} ({us / found[name]['the limit'][0]:.2f})")
        lines.append(f"| {contender} | {' | '.join(cells)} |")
    lines += ["", "## GB of the GPU's memory, reserved at most", ""]
    lines += [f"|  | {' | '.join(names)} |", f"|---|{'--:|' * len(names)}"]
    for contender in CONTENDERS:
        cells = [f"{found[name][contender][1]:.2f}" for name in names]
        lines.append(f"| {contender} | {' | '.join(cells)} |")
    lines += ["", "## Rows of 1,024 numbers from a file, µs a step of 256 rows", ""]
    lines += [f"- {name}: {us:,.0f}" for name, us in files.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(MEASURED))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=8_192)
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        print("There is no GPU that CUDA can use here: nothing was measured, nothing is written.")
        return 0
    where = torch.device("cuda", torch.cuda.current_device())
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for name in asked.only.split(","):
        task = Task(WORKLOADS[name], asked.rows, where)
        found[name] = {}
        for contender, build in CONTENDERS.items():
            found[name][contender] = measure(task, build, asked.rounds)
            print(name, contender, "{:.1f} µs, {:.2f} GB".format(*found[name][contender]))
    engine_model.TrainStep = TrainStep  # type: ignore[misc]
    device.make_repeatable(threads=1, repeatable=False)
    PAGE.write_text(page(found, streamed(4 * asked.rows, where)), encoding="utf-8")
    print(f"Written: {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
