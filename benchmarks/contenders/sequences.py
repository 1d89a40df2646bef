"""w6: a Sequence whose batches take 5 ms to make, trained with different numbers of workers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from workloads import WORKLOADS

BATCH = 128
TRANSFORM_S = 0.005


class Transform:
    """Makes a batch at a cost: in NumPy, which lets other threads run, or in pure Python."""

    def __init__(self, kind: str, batches: int) -> None:
        self.kind = kind
        x, y = WORKLOADS["w2"].data(BATCH * 8)
        self.x, self.y, self.batches = x, y, batches
        self.scratch = np.random.default_rng(0).random(60_000)
        self.turns = 1
        spent = min(_cpu_time(self.work) for _ in range(50))
        self.turns = max(1, round(TRANSFORM_S / spent))

    def work(self) -> float:
        total = 0.0
        for _ in range(self.turns):
            if self.kind == "NumPy":
                total += float(np.sqrt(self.scratch).sum())
            else:
                for number in range(2_000):
                    total += number * 0.5
        return total

    def batch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        self.work()
        part = slice(number % 8 * BATCH, (number % 8 + 1) * BATCH)
        return self.x[part], self.y[part]


def _cpu_time(call: Any) -> float:
    started = time.thread_time()
    call()
    return time.thread_time() - started


class Plain:
    """Turns a Transform into the Sequence methods; made a subclass of the framework's own."""

    transform: Transform

    def __len__(self) -> int:
        return self.transform.batches

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        return self.transform.batch(number)


def measure_sequences(contender: str, quick: bool) -> list[dict[str, Any]]:
    """Wall time a batch for each kind of transform and number of workers."""
    rows = []
    for kind in ("NumPy", "Python"):
        transform = Transform(kind, 20 if quick else 200)
        transform_ms = min(_cpu_time(lambda: transform.batch(0)) for _ in range(20)) * 1e3  # noqa: B023
        fit, step_ms = _fitting(contender, transform)
        for label, workers, processes in (
            ("0", 0, False), ("1", 1, False), ("2", 2, False), ("1 process", 1, True),
        ):  # fmt: skip
            if processes and (contender != "fitstudio" or (quick and kind == "NumPy")):
                continue  # Keras starts its processes anew each epoch, which would measure that
            fit(workers, processes, 1)
            spent = min(_timed(lambda: fit(workers, processes, 1)) for _ in range(2))  # noqa: B023
            if processes:
                # The processes' start, once per fit, is not what an epoch costs.
                spent = _timed(lambda: fit(workers, processes, 3))  # noqa: B023
                spent = (spent - _timed(lambda: fit(workers, processes, 1))) / 2  # noqa: B023
            rows.append(
                {
                    "kind": kind,
                    "workers": label,
                    "step_ms": step_ms,
                    "transform_ms": transform_ms,
                    "batch_ms": spent / transform.batches * 1e3,
                }
            )
    return rows


def _timed(call: Any) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _fitting(contender: str, transform: Transform) -> tuple[Any, float]:
    """A function that trains on the Sequence, and what a step costs without it."""
    workload = WORKLOADS["w2"]
    rows = BATCH * transform.batches
    if contender == "fitstudio":
        import fitstudio
        from contenders.fitstudio_engine import FitStudio

        session: Any = FitStudio(workload, rows)
        sequence: Any = FileSequence(transform)

        def fit(workers: int, processes: bool, epochs: int) -> None:
            session.model.fit(
                sequence, epochs=epochs, verbose=0, workers=workers, use_multiprocessing=processes
            )

        assert issubclass(FileSequence, fitstudio.Sequence)
    else:
        import keras  # pyright: ignore[reportMissingImports]

        from contenders.keras_peers import KerasPeer

        session = KerasPeer(keras, workload, rows)

        def fit(workers: int, processes: bool, epochs: int) -> None:
            kind: Any = type("KerasSequence", (Plain, keras.utils.PyDataset), {})
            source = kind(workers=workers, use_multiprocessing=processes)
            source.transform = transform
            session.model.fit(source, epochs=epochs, verbose=0)

    session.epochs(1, True)
    step_ms = min(_timed(lambda: session.epochs(1, True)) for _ in range(2))
    return fit, step_ms / transform.batches * 1e3


try:
    import fitstudio as _fitstudio
except ImportError:  # in a peer's environment
    pass
else:

    class FileSequence(Plain, _fitstudio.Sequence):
        """Importable by name, so that a process can be given it."""

        def __init__(self, transform: Transform) -> None:
            self.transform = transform
