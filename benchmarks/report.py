"""Turns measurements into the tables of RESULTS.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from serve import CONTENDERS
from workloads import WORKLOADS

# How many times faster than a peer is a must, and a goal; against the limit: at most that slow.
TARGETS: dict[str, dict[str, tuple[float, float]]] = {
    "keras-torch": {
        "w1": (15, 29), "w2": (2.2, 2.9), "w3": (3.5, 4.9), "w4": (12, 14), "w5": (2.3, 3.5),
        "w7": (2.1, 2.6), "wd": (10, 19),
    },
    "lightning": {
        "w1": (12, 24), "w2": (1.8, 2.2), "w3": (2.0, 2.9), "w4": (1.3, 1.5), "w5": (20, 33),
        "w7": (1.8, 2.1), "wd": (8, 17),
    },
    "skorch": {
        "w1": (6, 12), "w2": (1.35, 1.6), "w3": (2.0, 2.7), "w4": (1.0, 1.1), "w7": (1.4, 1.65),
        "wd": (4, 6.9),
    },
    "tf-keras": {
        "w1": (6, 13), "w2": (1.35, 1.6), "w3": (0.95, 1.15), "w4": (2.2, 2.6), "w5": (1.8, 2.3),
        "w7": (1.5, 1.85), "wd": (6, 11),
    },
    "torch-sliced": {
        "w1": (4, 6), "w2": (1.5, 1.9), "w3": (1.9, 2.4), "w4": (1.0, 1.12), "w5": (1.25, 1.5),
        "w7": (1.45, 1.8), "wd": (2.5, 4),
    },
}  # fmt: skip
LIMITS = {
    "w1": (1.3, 1.0), "w2": (1.1, 1.0), "w3": (1.1, 0.9), "w4": (1.1, 0.95), "w5": (1.15, 1.0),
    "w7": (1.15, 1.0), "wd": (1.4, 1.0),
}  # fmt: skip
NAMES = {
    "fitstudio": "FitStudio",
    "limit": "the limit",
    "torch-sliced": "torch, batches sliced from tensors",
    "torch-dataloader": "torch, DataLoader (the tutorial loop)",
    "keras-torch": "Keras 3 (torch)",
    "keras-tensorflow": "Keras 3 (TensorFlow)",
    "tf-keras": "tf_keras",
    "lightning": "Lightning",
    "skorch": "skorch",
}


@dataclass
class Results:
    """Everything one run of the benchmark found."""

    machine: str
    command: str
    is_quick: bool
    rounds: int
    versions: dict[str, str] = field(default_factory=dict)
    workloads: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequences: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    wide_file_mb: float = 0.0
    seconds: float = 0.0


def as_markdown(results: Results) -> str:
    parts = [_head(results)]
    if results.workloads:
        parts += [_faster(results), _absolute(results)]
    if results.wide_file_mb:
        parts.append(
            "**Memory.** A fresh process that trains on w5 peaks at "
            f"{results.wide_file_mb:,.0f} MB (at most 600 wanted), whatever the file's size.\n"
        )
    if results.sequences:
        parts.append(_sequences(results))
    if results.events:
        parts.append(_events(results))
    return "\n".join(parts)


def _head(results: Results) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(results.versions.items()))
    listed = "\n".join(f"- **{name}**: {WORKLOADS[name].title}" for name in results.workloads)
    quick = " Quick run: less data than in the descriptions." if results.is_quick else ""
    return (
        "# How fast FitStudio trains\n\n"
        f"`python benchmarks/run.py {results.command}`, {results.seconds:.0f} s.{quick}\n\n"
        f"Machine: {results.machine}; {versions}. One thread each.\n\n"
        "All contenders have the same data and initial weights; the losses of a first epoch in "
        "order were compared before anything was measured. Measured is the CPU time per step of "
        f"all threads of a process, the least of {results.rounds} rounds in which contenders took "
        "turns. Only the ratios within one run mean anything: machines differ and are shared.\n\n"
        f"{listed}\n"
    )


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(title: str, names: list[str], rows: list[list[str]]) -> str:
    rule = "|" + "|".join(["---"] + ["--:"] * len(names)) + "|"
    return "\n".join([title, "", _row(["", *names]), rule, *map(_row, rows), ""])


def _faster(results: Results) -> str:
    names = list(results.workloads)
    rows = []
    for contender in CONTENDERS:
        if contender in ("fitstudio", "limit"):
            continue
        cells = [NAMES[contender]]
        for name in names:
            found = results.workloads[name]
            if contender not in found or "fitstudio" not in found:
                cells.append("–")
                continue
            ratio = found[contender].best / found["fitstudio"].best
            target = TARGETS.get(contender, {}).get(name)
            cells.append(_judged(ratio, target))
        if any(cell != "–" for cell in cells[1:]):
            rows.append(cells)
    cells = ["FitStudio ÷ the limit (at most)"]
    for name in names:
        found = results.workloads[name]
        if "limit" not in found or "fitstudio" not in found:
            cells.append("–")
            continue
        ratio = found["fitstudio"].best / found["limit"].best
        must, goal = LIMITS[name]
        mark = "**" if ratio <= goal else "" if ratio <= must else "_"
        cells.append(f"{mark}{ratio:.2f}{mark} ({must:g} / {goal:g})")
    rows.append(cells)
    title = (
        "## Times faster than the peer\n\n"
        "In brackets the target: must / goal. Bold reaches the goal, italics miss the must."
    )
    return _table(title, names, rows)


def _judged(ratio: float, target: tuple[float, float] | None) -> str:
    if target is None:
        return f"{ratio:.2f}"
    must, goal = target
    mark = "**" if ratio >= goal else "" if ratio >= must else "_"
    return f"{mark}{ratio:.2f}{mark} ({must:g} / {goal:g})"


def _absolute(results: Results) -> str:
    names = list(results.workloads)
    rows = []
    for contender in CONTENDERS:
        cells = [NAMES[contender]]
        for name in names:
            measured = results.workloads[name].get(contender)
            cells.append("–" if measured is None else f"{measured.best:,.0f}")
        if any(cell != "–" for cell in cells[1:]):
            rows.append(cells)
    losses = ["loss of the first epoch (FitStudio)"]
    for name in names:
        ours = results.workloads[name].get("fitstudio")
        losses.append("–" if ours is None else f"{ours.first_loss:.4f}")
    spread = ["largest difference of a peer's"]
    for name in names:
        found = results.workloads[name]
        ours = found.get("fitstudio")
        if ours is None:
            spread.append("–")
            continue
        apart = max(abs(each.first_loss / ours.first_loss - 1) for each in found.values())
        spread.append(f"{apart:.2%}")
    return _table("## CPU µs a step", names, [*rows, losses, spread])


def _sequences(results: Results) -> str:
    lines = [
        "## w6: a Sequence whose batches cost 5 ms to make",
        "",
        "Wall ms a batch; ideal is the larger of step and transform (their sum on one thread).",
        "",
        _row(
            ["contender", "transform", "workers", "step", "transform ms", "ms a batch", "÷ ideal"]
        ),
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for contender, rows in results.sequences.items():
        for row in rows:
            ideal = max(row["step_ms"], row["transform_ms"])
            lines.append(
                _row(
                    [
                        NAMES[contender],
                        row["kind"],
                        row["workers"],
                        f"{row['step_ms']:.1f}",
                        f"{row['transform_ms']:.1f}",
                        f"{row['batch_ms']:.1f}",
                        f"{row['batch_ms'] / ideal:.2f}",
                    ]
                )
            )
    return "\n".join([*lines, ""])


def _events(results: Results) -> str:
    lines = [
        "## What watching costs",
        "",
        "CPU µs a step of FitStudio alone and with something on, measured in turns.",
        "",
        _row(["workload", "what is on", "without", "with", "cost"]),
        "|---|---|--:|--:|--:|",
    ]
    for row in results.events:
        cost = row["with_us"] / row["without_us"] - 1
        lines.append(
            _row(
                [
                    row["workload"],
                    row["what"],
                    f"{row['without_us']:.1f}",
                    f"{row['with_us']:.1f}",
                    f"{cost:+.1%}",
                ]
            )
        )
    return "\n".join([*lines, ""])
