"""How the window behaves: its start, its plots at any length, its pulse while it watches a run.

    python benchmarks/heartbeat.py                all of it, written to benchmarks/WINDOW.md
    python benchmarks/heartbeat.py --seconds 10   a quicker look

The pulse is a timer of 10 ms in the window's thread; how late it comes is how long a click
waits. It is measured while another process writes 10,000 events and 10,000 losses a second
into the run that the Monitor page shows, and while a real run is trained, with the real window.
Needs no display: `QT_QPA_PLATFORM=offscreen` is set unless there is one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
REPORT = Path(__file__).with_name("WINDOW.md")
TICK_MS = 10
STARTS = 5
REDRAWS = 40

_START = """
import sys, time
began = time.perf_counter()
from fitstudio.gui import app
application = app.make_application()
window = app.create_window()
window.show()
application.processEvents()
shown = time.perf_counter() - began
heavy = [name for name in ("torch", "polars", "h5py", "pyqtgraph") if name in sys.modules]
print(shown, ",".join(heavy))
import os; os._exit(0)
"""


@dataclass
class Lateness:
    """How late the pulse came, in milliseconds."""

    values: list[float] = field(default_factory=list)
    note: str = ""
    busy: float = 0.0

    def line(self, title: str) -> str:
        late = np.asarray(self.values)
        return (
            f"| {title} | {np.median(late):.1f} | {np.percentile(late, 99):.1f} | {late.max():.0f} "
            f"| {np.count_nonzero(late > 50)} | {np.count_nonzero(late > 100)} | {len(late):,} "
            f"| {self.busy:.0%} | {self.note} |"
        )


class Pulse:
    """The 10 ms timer."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.lateness = Lateness()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_beat)
        self._last = time.perf_counter()

    def start(self) -> None:
        self._last = self._began = time.perf_counter()
        self._worked = time.thread_time()
        self._timer.start()

    def stop(self) -> Lateness:
        self._timer.stop()
        worked = time.thread_time() - self._worked
        self.lateness.busy = worked / (time.perf_counter() - self._began)
        return self.lateness

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.lateness.values.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now


def measure_start() -> list[str]:
    """Seconds from the first import to a window that has been painted, in fresh processes."""
    times, heavy = [], ""
    for _ in range(STARTS):
        answer = subprocess.run(
            [sys.executable, "-c", _START], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.split()
        times.append(float(answer[0]))
        heavy = answer[1] if len(answer) > 1 else "none"
    return [
        "| start of the window | s |",
        "|---|--:|",
        f"| best of {STARTS} | {min(times):.2f} |",
        f"| median | {statistics.median(times):.2f} |",
        "",
        f"Heavy libraries loaded by then: {heavy}.",
    ]


def measure_redraw(application) -> list[str]:
    """Milliseconds to fit and paint a plot with so many batches, and to take 1,000 more."""
    from fitstudio.gui.plots.curve_plot import CurvePlot
    from fitstudio.gui.plots.series import TRAINING, VALIDATION, Series
    from fitstudio.gui.plots.stack import PlotStack
    from fitstudio.viewmodel.monitor.pyramid import Pyramid

    lines = [
        "| batches | processor, median ms | wall, median ms | wall, slowest ms | 1,000 more, ms |",
        "|--:|--:|--:|--:|--:|",
    ]
    for count in (10**5, 10**6, 10**7):
        dots = Pyramid()
        x = np.linspace(0.0, 100.0, count)
        dots.append(x, np.exp(-x / 30 + 0.2 * np.random.default_rng(0).normal(size=count)))
        stack = PlotStack()
        plot = stack.add(CurvePlot("Loss"))
        plot.set_smoothing(0.35)
        stack.set_end(120.0)
        stack.resize(770, 310)
        stack.show()
        application.processEvents()
        epochs = np.arange(1.0, 101.0)
        loss = np.exp(-epochs / 30)
        times, worked, appends = [], [], []
        for number in range(REDRAWS):
            began = time.perf_counter()
            more = 100.0 + (number * 1000 + np.arange(1000)) / 1e5
            dots.append(more, np.full(1000, 0.04))
            appends.append((time.perf_counter() - began) * 1000)
            began, work_began = time.perf_counter(), time.thread_time()
            plot.set_series(
                [
                    Series("loss", "Training", TRAINING, epochs, loss, dots=dots),
                    Series("val_loss", "Validation", VALIDATION, epochs, 1.1 * loss),
                ]
            )
            stack.redraw()
            plot.viewport().repaint()
            times.append((time.perf_counter() - began) * 1000)
            worked.append((time.thread_time() - work_began) * 1000)
            application.processEvents()
        stack.close()
        stack.deleteLater()
        application.processEvents()
        lines.append(
            f"| {count:,} | {statistics.median(worked):.1f} | {statistics.median(times):.1f} "
            f"| {max(times[1:]):.1f} | {statistics.median(appends):.2f} |"
        )
    return lines


def watch_events(application, folder: Path, *, seconds: float, rate: int) -> Lateness:
    """The pulse while another process writes `rate` events a second."""
    from fitstudio.declared.run_spec import RunSpec
    from fitstudio.gui.pages.monitor.page import MonitorPage
    from fitstudio.project import Project
    from fitstudio.project.run_files import About, write_spec

    project = Project.create(folder / "watched", name="Watched", settings=RunSpec())
    run = project.paths.runs / "0001-watched"
    run.mkdir(parents=True)
    write_spec(run / "run.json", RunSpec())
    About(title="Watched").write(run / "about.json")
    place = project.folder
    project.close()
    command = [sys.executable, __file__, "--write", str(run), str(seconds), str(rate)]
    # A session of its own, as a worker has: the system shares the cores between sessions.
    writer = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    window = _window_with(application, place, "monitor")
    page = window.pages["monitor"]
    assert isinstance(page, MonitorPage)
    _spin(application, 2.0)
    pulse = Pulse()
    pulse.start()
    _spin(application, seconds)
    lateness = pulse.stop()
    state = page.model.state
    seen = state.next_seq if state is not None else 0
    batches = len(page.model.batches) if page.model.batches is not None else 0
    writer.wait()
    lateness.note = f"{seen:,} events and {batches:,} losses shown"
    _leave(application, window)
    return lateness


def watch_training(application, folder: Path) -> Lateness:
    """The pulse while the window's own Train trains an example."""
    from fitstudio.actions import projects

    place = folder / "digits"
    projects.create_project(place, example="digits", settings={"fit.epochs": 30}).close()
    window = _window_with(application, place, "training")
    _until(application, lambda: _session(window).resolved.ok, 30)
    pulse = Pulse()
    pulse.start()
    window.runs.train()
    _until(application, lambda: _session(window).running is not None, 60)
    _until(application, lambda: _session(window).running is None, 240)
    lateness = pulse.stop()
    line = _session(window).runs[-1]
    lateness.note = f"digits, {line.epochs} epochs, {line.outcome}"
    _leave(application, window)
    return lateness


def open_long_run(application, folder: Path, *, metrics: int, steps: int) -> Lateness:
    """The pulse while the Monitor page opens a run of 10,000 epochs that has ended."""
    from fitstudio.declared.run_spec import RunSpec
    from fitstudio.gui.pages.monitor.page import MonitorPage
    from fitstudio.journal import BatchHistory, EventType, Journal
    from fitstudio.project import Project
    from fitstudio.project.run_files import About, write_spec

    epochs = 10_000
    project = Project.create(folder / f"long-{metrics}", name="Long", settings=RunSpec())
    run = project.paths.runs / "0001-long"
    run.mkdir(parents=True)
    write_spec(run / "run.json", RunSpec())
    About(title="Long").write(run / "about.json")
    place = project.folder
    project.close()
    journal, batches = Journal(run / "journal.jsonl"), BatchHistory(run / "batches.f32")
    last = epochs - 1
    journal.append(EventType.RUN_STARTED, run=run.name, pid=1, first_epoch=0, last_epoch=last)
    names = ["loss", *(f"metric_{number}" for number in range(metrics))]
    for epoch in range(epochs):
        value = float(np.exp(-epoch / 3000))
        logs = {f"{part}{name}": value for part in ("", "val_") for name in names}
        journal.append(EventType.EPOCH_ENDED, epoch=epoch, logs=logs, seconds=0.2)
        batches.append(epoch, 0, [value] * steps)
    journal.append(EventType.RUN_ENDED, outcome="completed", reason="all_epochs")
    journal.close()
    batches.close()
    window = _window_with(application, place, "training")
    _until(application, lambda: bool(_session(window).runs), 60)
    pulse = Pulse()
    pulse.start()
    window.show_page("monitor")
    page = window.pages["monitor"]
    assert isinstance(page, MonitorPage)
    _until(application, lambda: page.model.state is not None, 120)
    _spin(application, 1.0)
    lateness = pulse.stop()
    lateness.note = f"{epochs:,} epochs, {2 * len(names)} values each, {epochs * steps:,} batches"
    _leave(application, window)
    return lateness


def _loaded() -> list[str]:
    """A warning where other work had the cores, so that nobody reads its waiting as ours."""
    if os.getloadavg()[0] <= (os.cpu_count() or 1):
        return []
    return [
        "**The cores had other work (the load was above their number): wall times and lateness are "
        "mostly waiting for it. Measure again on a quiet machine.**",
        "",
    ]


def write_events(run: Path, seconds: float, rate: int) -> None:
    """The other process: events in bursts of ten a second's tenth, as a worker flushes them."""
    from fitstudio.journal import BatchHistory, EventType, Journal
    from fitstudio.project.lock import run_lock

    steps = 2000
    with run_lock(run, program="benchmark"):
        journal = Journal(run / "journal.jsonl")
        batches = BatchHistory(run / "batches.f32")
        journal.append(
            EventType.RUN_STARTED,
            run=run.name,
            pid=os.getpid(),
            first_epoch=0,
            last_epoch=9999,
            steps_per_epoch=steps,
            device={"name": "cpu", "title": "CPU"},
            callbacks=[{"kind": "EarlyStopping", "patience": 20}],
            monitor="val_loss",
        )
        random = np.random.default_rng(0)
        end = time.perf_counter() + seconds + 8
        epoch, step = 0, 0
        journal.append(EventType.EPOCH_STARTED, epoch=epoch)
        burst = max(1, rate // 50)
        while (began := time.perf_counter()) < end:
            losses = np.exp(-epoch / 60 + 0.2 * random.normal(size=burst))
            for loss in losses:
                logs = {"loss": float(loss), "accuracy": 1 - float(loss) / 2}
                journal.append(
                    EventType.BATCH_ENDED, epoch=epoch, step=step, phase="train", logs=logs
                )
                step += 1
                if step == steps:
                    for name in ("loss", "accuracy"):
                        logs[f"val_{name}"] = logs[name] * 1.05
                    journal.append(
                        EventType.EPOCH_ENDED,
                        epoch=epoch,
                        logs=logs,
                        seconds=0.2,
                        learning_rate=0.001,
                    )
                    epoch, step = epoch + 1, 0
                    journal.append(EventType.EPOCH_STARTED, epoch=epoch)
            first = max(0, step - burst)
            batches.append(epoch, first, losses[: step - first].tolist())
            time.sleep(max(0.0, burst / rate - (time.perf_counter() - began)))
        journal.append(EventType.RUN_ENDED, outcome="completed", reason="all_epochs")


def _window_with(application, project: Path, page: str):
    from fitstudio.gui.app import create_window

    window = create_window(project)
    window.resize(1280, 800)
    window.show()
    _until(application, lambda: window.session is not None, 30)
    _until(application, lambda: not _session(window).busy_with_data, 30)
    window.show_page(page)
    return window


def _session(window):
    assert window.session is not None
    return window.session


def _leave(application, window) -> None:
    window.projects.leave()
    window.hide()
    window.deleteLater()
    _spin(application, 0.3)


def _spin(application, seconds: float) -> None:
    _until(application, lambda: False, seconds)


def _until(application, reached: Callable[[], object], seconds: float) -> None:
    """Runs Qt's own loop, as the window does, until something is so or the time is up."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(50)
    end = time.perf_counter() + seconds
    timer.timeout.connect(lambda: loop.quit() if reached() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    timer.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description="How the window behaves.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of watching events")
    parser.add_argument("--rate", type=int, default=10_000, help="events a second")
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.write:
        run, seconds, rate = chosen.write
        write_events(Path(run), float(seconds), int(rate))
        return 0
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="fitstudio-heartbeat-") as folder:
        os.environ["FITSTUDIO_HOME"] = str(Path(folder) / "settings")
        start = measure_start()
        from fitstudio.gui import app

        application = app.make_application()
        redraw = measure_redraw(application)
        events = watch_events(application, Path(folder), seconds=chosen.seconds, rate=chosen.rate)
        training = watch_training(application, Path(folder))
        metrics = open_long_run(application, Path(folder), metrics=20, steps=1)
        long = open_long_run(application, Path(folder), metrics=1, steps=200)
    report = [
        "# How the window behaves",
        "",
        f"`python benchmarks/heartbeat.py --seconds {chosen.seconds:g} --rate {chosen.rate}`, "
        f"{date.today().isoformat()}, {os.cpu_count()} cores, Qt platform "
        f"{application.platformName()}. Load of the machine at the end: {os.getloadavg()[0]:.1f}.",
        "",
        *_loaded(),
        "Limits: window in 1.0 s; pulse of 10 ms never late by more than 100 ms; redraw in 16 ms "
        "at any length.",
        "",
        *start,
        "",
        "## Redraw of the loss plot",
        "",
        *redraw,
        "",
        "## Pulse of the window (lateness of a 10 ms timer)",
        "",
        "| while | median, ms | p99, ms | max, ms | > 50 ms | > 100 ms | beats | busy | |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
        events.line(f"watching {chosen.rate:,} events a second for {chosen.seconds:g} s"),
        training.line("training for real, from click to end"),
        metrics.line("opening a run with 20 metrics"),
        long.line("opening a run of two million batches"),
        "",
        "*Busy* is the processor time of the window's thread as a share of the time. On a machine "
        "whose cores have other work, lateness tells of that work; busy does not.",
        "",
    ]
    REPORT.write_text("\n".join(report), encoding="utf-8")
    print("\n".join(report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
