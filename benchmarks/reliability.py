"""Measures what FitStudio survives, and writes it down in RELIABILITY.md beside this file.

python benchmarks/reliability.py                 1,000 kills and every figure: half an hour
python benchmarks/reliability.py --quick         100 kills: a few minutes
python benchmarks/reliability.py --table         the table of faults only, figures as they are

The table names the tests that prove a row; a name that does not exist is an error. The figures are
measured, or are promises that tests hold: those are run, and a failing one is written as not held.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import faults

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = HERE / "RELIABILITY.md"
RECORD = HERE / "kills.json"
_FIGURES_BEGIN, _FIGURES_END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Figure:
    """One promise and what was measured."""

    goal: str
    promised: str
    measured: str
    held: bool

    def row(self) -> str:
        held = "yes" if self.held else "**no**"
        return f"| {self.goal} | {self.promised} | {self.measured} | {held} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="the same as --kills 100")
    parser.add_argument("--table", action="store_true", help="leave the figures as they are")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.kills = 100
    missing = missing_tests()
    if missing:
        print("These tests are named and do not exist:", *missing, sep="\n  ")
        return 1
    if arguments.table:
        figures, held = known_figures(), True
    else:
        measured = [figure for measure in MEASURES for figure in measure(arguments.kills)]
        figures, held = figures_text(measured), all(figure.held for figure in measured)
    TARGET.write_text(page(figures), "utf-8")
    print(f"Wrote {TARGET.relative_to(ROOT)}.")
    return 0 if held else 1


def missing_tests() -> list[str]:
    """Names in the table that no test has."""
    found: dict[str, set[str]] = {}
    missing = []
    for fault in faults.FAULTS:
        for name in fault.tests:
            file, _, function = name.partition("::")
            path = ROOT / "tests" / file
            if file not in found:
                found[file] = functions_in(path) if path.exists() else set()
            if function not in found[file]:
                missing.append(name)
    return missing


def functions_in(path: Path) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def kills(count: int) -> list[Figure]:
    """Random kills of a worker that trains."""
    report = script("kills.py", "--kills", str(count))
    figures = [
        Figure(
            "random SIGKILLs of a worker",
            "0 finished epochs lost, 0 projects that do not open",
            f"{report['kills']} kills: {report['lost_epochs']} epochs lost, "
            f"{report['unopenable']} projects that did not open",
            report["kills"] == count and not report["lost_epochs"] and not report["unopenable"],
        ),
        Figure(
            "resume after each of them",
            "weights, optimizer and History bit-identical to an undisturbed run",
            "identical" if report["identical"] else "; ".join(report["problems"]),
            report["identical"],
        ),
    ]
    figures += largest_so_far(count)
    few = max(3, count // 50)
    real = script("kills.py", "--kills", str(few), "--real", "--epochs", "20", "--seed", "1")
    figures.append(
        Figure(
            "the same with real worker processes",
            "as above",
            f"{real['kills']} kills: {real['lost_epochs']} epochs lost, "
            + ("identical" if real["identical"] else "; ".join(real["problems"])),
            real["identical"] and not real["lost_epochs"],
        )
    )
    return figures


def largest_so_far(count: int) -> list[Figure]:
    """What `kills.py --json benchmarks/kills.json` has left, if that was more than now."""
    if not RECORD.exists():
        return []
    record = json.loads(RECORD.read_text("utf-8"))
    if record["kills"] <= count:
        return []
    measured = (
        f"{record['kills']} kills, {record['epochs']} epochs: {record['lost_epochs']} epochs lost, "
        f"{record['unopenable']} projects that did not open, "
        + ("identical in the end" if record["identical"] else "not identical in the end")
    )
    held = record["identical"] and not record["lost_epochs"] and not record["unopenable"]
    return [Figure("the largest such run so far", "as above", measured, held)]


def bytes_and_steps(count: int) -> list[Figure]:
    """One save, ended everywhere."""
    del count
    report = script("byte_kills.py")
    return [
        Figure(
            "every byte and step of one small checkpoint save",
            "old or new verified state in 100 %",
            f"{report['places']} places ({report['killed']} of them also by real kills): "
            f"{report['old']} old, {report['new']} new, {report['lost']} neither",
            report["lost"] == 0,
        )
    ]


def tests(count: int) -> list[Figure]:
    """Promises that are single tests."""
    del count
    return [proved(*line) for line in PROVED]


PROVED = (
    (
        "resume, each part by itself",
        "bit-identical for optimizers, schedules, callbacks, shuffles, within an epoch too",
        "bit-identical",
        ["tests/unit/engine/test_resume.py"],
    ),
    (
        "simulated power cuts",
        "2,000 states for each way of saving, 0 that do not open",
        "2,000 each at project, checkpoint and journal saves",
        ["tests/reliability/test_power_cuts.py"],
    ),
    (
        "corruption found",
        "300 of 300 single-bit flips in a checkpoint noticed before loading",
        "300 of 300; of a small sealed folder every bit of every file",
        [
            "tests/unit/engine/state/test_checkpoint.py",
            "tests/unit/storage/test_folder.py",
            "-k",
            "59",
        ],
    ),
    (
        "damaged data files",
        "200 for each reader in CI: no crash, no hang, no unexplained message",
        "200 each of CSV, NPY, NPZ, HDF5",
        ["tests/unit/data/test_fuzz.py"],
    ),
    (
        "disk full",
        "each step of a save failing in turn: 0 old files lost",
        "project, checkpoint, journal, run folder",
        [
            "tests/unit/storage",
            "tests/unit/project",
            "tests/unit/journal",
            "tests/unit/actions/test_runs.py",
            "tests/unit/worker/saving/test_checkpoints.py",
            "-k",
            "fault_07 or fault_08 or fault_09 or test_7",
        ],
    ),
    (
        "stop",
        "acknowledged within 200 ms; worker gone within 5 s",
        "median of five requests below 200 ms, gone within 5 s",
        [
            "tests/process/test_surviving.py",
            "tests/process/test_resuming.py",
            "-k",
            "acknowledged or test_34",
        ],
    ),
    (
        "recovery after a killed window",
        "live view again within 5 s",
        "the run is seen training, and grows, within 5 s",
        ["tests/process/test_surviving.py", "-k", "fault_04"],
    ),
    (
        "500 runs listed; 1,000,000 batches, 100,000 events read",
        "below 2 s; below 1 s",
        "below 2 s; below 1 s each (processor time)",
        [
            "tests/unit/journal",
            "tests/unit/actions/test_runs.py",
            "-k",
            "fault_51",
        ],
    ),
    (
        "hostile files",
        "0 executed, 0 files read outside the project",
        "pickles, external and virtual HDF5, filters, bombs, deep and huge JSON refused",
        [
            "tests/unit/data/formats/hdf5/test_hdf5.py",
            "tests/unit/data/test_arrays.py",
            "tests/unit/declared/kinds/test_limits.py",
            "tests/rules/test_safety.py",
        ],
    ),
    (
        "offline",
        "0 network calls in the whole suite",
        "sockets refused in every test process and its children",
        ["tests/rules/test_offline.py"],
    ),
    (
        "old projects",
        "every released format opens, for ever",
        "format 1",
        ["tests/golden"],
    ),
)


def proved(goal: str, promised: str, measured: str, words: list[str]) -> Figure:
    """A promise that tests prove: it holds if they pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment())
    passed = re.search(r"(\d+) passed", done.stdout)
    count = f"{passed[1]} tests passed" if passed else "no test passed"
    print(f"{goal}: {count}, exit code {done.returncode}", flush=True)
    if done.returncode:
        return Figure(goal, promised, f"{count}, others failed", False)
    return Figure(goal, promised, f"{measured} ({count})", True)


def script(name: str, *words: str) -> dict:
    """Runs a script beside this one and returns what it reports."""
    began = time.monotonic()
    command = [sys.executable, str(HERE / name), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    print(f"{name} {' '.join(words)}: {time.monotonic() - began:.0f} s", flush=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"{name} failed:\n{done.stdout}\n{done.stderr}") from None


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}


MEASURES: tuple[Callable[[int], list[Figure]], ...] = (kills, bytes_and_steps, tests)


def figures_text(measured: list[Figure]) -> str:
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return "\n".join(
        [
            f"Measured on {time.strftime('%Y-%m-%d')}, {system}, Python "
            f"{platform.python_version()}.",
            "",
            "| goal | promise | measured | held |",
            "| --- | --- | --- | --- |",
            *(figure.row() for figure in measured),
        ]
    )


def known_figures() -> str:
    if not TARGET.exists():
        return "Not measured yet."
    text = TARGET.read_text("utf-8")
    return text.split(_FIGURES_BEGIN)[1].split(_FIGURES_END)[0].strip()


def page(figures: str) -> str:
    """The whole page."""
    counts = {state: sum(each.state is state for each in faults.FAULTS) for state in faults.State}
    summary = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    return f"""# What FitStudio survives

Written by `python benchmarks/reliability.py`; do not edit it by hand.

{_FIGURES_BEGIN}

{figures}

{_FIGURES_END}

What a kill test proves: 1,000 kills without a loss bound the rate of losses below 0.3 % a kill
(95 % sure). The byte-by-byte and power-cut tests cover what chance does not. Power cuts are
simulated from a record of every step of the storage layer, in a model that lets unsynced bytes and
names vanish or survive each for itself; no machine was switched off. How quickly the window
answers and starts is measured in WINDOW.md.

## The 62 faults

{len(faults.FAULTS)} rows: {summary}. Tests are below `tests/`; `benchmarks/faults.py` holds this
table, and this page cannot be written while it names a test that does not exist. Nothing here was
tried on Windows: where it matters, the row says so.

| # | fault | state | by | what is left open |
| --- | --- | --- | --- | --- |
{chr(10).join(map(fault_row, faults.FAULTS))}
"""


def fault_row(fault: faults.Fault) -> str:
    proofs = "<br>".join(f"`{name.rpartition('::')[2]}`" for name in fault.tests)
    return f"| {fault.number} | {fault.name} | {fault.state} | {proofs} | {fault.note} |"


if __name__ == "__main__":
    sys.exit(main())
