"""Trains every workload with FitStudio and its peers side by side, and writes RESULTS.md.

    python benchmarks/setup_peers.py             # once
    python benchmarks/run.py [--quick] [--only w1,w2] [--without lightning,skorch] [--rounds 3]

All contenders have the same data and initial weights and one thread each. First each trains one
epoch in order, and the losses have to agree; then epochs are measured in turn, contender after
contender, round after round, so that whatever else the machine does hits all alike. What counts is
the least CPU time per step over the rounds, of all threads of the process. Machines differ and are
shared: only ratios within one run mean anything.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import report  # noqa: E402
from serve import CANNOT, CONTENDERS  # noqa: E402
from workloads import WORKLOADS, wide_file  # noqa: E402

PEERS_PYTHON = HERE / ".peers" / "bin" / "python"
TOLERANCE = 0.005
PARTS = (*WORKLOADS, "memory", "w6", "events")


@dataclass
class Measured:
    """What a contender did on a workload."""

    first_loss: float
    cpu_us: list[float] = field(default_factory=list)
    wall_us: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    @property
    def best(self) -> float:
        return min(self.cpu_us)


class Contender:
    """A process that trains when it is told to (see serve.py)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.versions: dict[str, str] = {}
        ours = name in ("fitstudio", "limit")
        python = sys.executable if ours else str(PEERS_PYTHON)
        one_thread = dict.fromkeys(
            ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
             "TF_NUM_INTEROP_THREADS"), "1",
        )  # fmt: skip
        environment = (
            os.environ
            | one_thread
            | {
                "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}" if ours else str(HERE),
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "CUDA_VISIBLE_DEVICES": "",
            }
        )
        self.process = subprocess.Popen(
            [python, str(HERE / "serve.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if name in ("keras-tensorflow", "tf-keras") else None,
            text=True,
            env=environment,
        )

    def ask(self, **order: Any) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended while it was told to {order}")
        answer = json.loads(line)
        self.versions |= answer.get("versions", {})
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


def measure(
    name: str, contenders: list[Contender], rounds: int, quick: bool
) -> dict[str, Measured]:
    """One workload: parity first, then rounds."""
    workload = WORKLOADS[name]
    rows, epochs = workload.rows[quick], workload.epochs[quick]
    if name == "w5":
        wide_file(rows)
    able = [each for each in contenders if name not in CANNOT.get(each.name, set())]
    found: dict[str, Measured] = {}
    for each in able:
        each.ask(do="prepare", workload=name, rows=rows)
        first = each.ask(do="train", epochs=1, shuffle=False)
        found[each.name] = Measured(first["loss"])
    reference = found["torch-sliced" if "torch-sliced" in found else able[0].name].first_loss
    for each in able:
        loss = found[each.name].first_loss
        if not abs(loss - reference) <= TOLERANCE * abs(reference):
            print(f"  {name}: {each.name} differs: first loss {loss:.5f}, not {reference:.5f}")
    for _ in range(rounds):
        for each in able:
            answer = each.ask(do="train", epochs=epochs, shuffle=True)
            measured = found[each.name]
            measured.cpu_us.append(answer["cpu_us"])
            measured.wall_us.append(answer["wall_us"])
            measured.peak_mb = answer["peak_mb"]
    shown = ", ".join(f"{each} {found[each].best:,.0f}" for each in found)
    print(f"{name}: CPU µs a step: {shown}", flush=True)
    return found


def memory_of_wide_file(quick: bool) -> float:
    """Peak MB of a fresh FitStudio process that trains on w5."""
    contender = Contender("fitstudio")
    contender.ask(do="prepare", workload="w5", rows=WORKLOADS["w5"].rows[quick])
    peak = contender.ask(do="train", epochs=1, shuffle=True)["peak_mb"]
    contender.close()
    return peak


def machine() -> str:
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((x.split(":")[1].strip() for x in lines if "model name" in x), processor)
    python = platform.python_version()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {python}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less data, under three minutes")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--without", default="", help="contenders to leave out")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of measuring (3; 2 if quick)")
    parser.add_argument("--output", default=str(HERE / "RESULTS.md"), help="where the table goes")
    arguments = parser.parse_args()
    wanted = [each for each in arguments.only.split(",") if each] or list(PARTS)
    rounds = arguments.rounds or (2 if arguments.quick else 3)
    left_out = set(arguments.without.split(","))
    if not PEERS_PYTHON.exists():
        print("There are no peers: run python benchmarks/setup_peers.py first. Without them now.")
        left_out |= set(CONTENDERS) - {"fitstudio", "limit"}
    contenders = [Contender(name) for name in CONTENDERS if name not in left_out]
    results = report.Results(machine(), " ".join(sys.argv[1:]), arguments.quick, rounds)
    started = time.monotonic()
    try:
        for part in wanted:
            run_part(part, contenders, results)
            # After each part, so that a run that is cut short has its tables too.
            results.seconds = time.monotonic() - started
            Path(arguments.output).write_text(report.as_markdown(results), encoding="utf-8")
    finally:
        for each in contenders:
            each.close()
    print(f"Written to {arguments.output} after {results.seconds:.0f} s.")
    return 0


def run_part(part: str, contenders: list[Contender], results: report.Results) -> None:
    """One workload, or what else there is to measure."""
    by_name = {each.name: each for each in contenders}
    quick = results.is_quick
    if part in WORKLOADS:
        results.workloads[part] = measure(part, contenders, results.rounds, quick)
        for each in contenders:
            results.versions |= each.versions
    elif part == "memory":
        results.wide_file_mb = memory_of_wide_file(quick)
    elif part == "w6":
        results.sequences = {
            name: by_name[name].ask(do="sequences", quick=quick)["rows"]
            for name in ("fitstudio", "keras-torch")
            if name in by_name
        }
    elif part == "events":
        results.events = by_name["fitstudio"].ask(do="events", quick=quick)["rows"]
    else:
        raise SystemExit(f"There is no workload {part!r}; there are {', '.join(PARTS)}.")


if __name__ == "__main__":
    sys.exit(main())
