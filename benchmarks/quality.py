"""Measures what FitStudio's defaults are worth on real tables, and writes it down in QUALITY.md.

    python benchmarks/quality.py --setup             once: the packages that hold the tables
    python benchmarks/quality.py --quick             9 small tables, one split: about ten minutes
    python benchmarks/quality.py                     all tables, three splits: hours
    python benchmarks/quality.py --only iris,wine --seeds 0,1
    python benchmarks/quality.py --page              only writes the page anew

FitStudio is given the file of training rows and the target's name and nothing else, through the
command line, and predicts the test rows; the others are fitted by `quality_peers.py`, in an
environment of their own. Each has one thread. What was measured is kept in `quality.json`, so that
a run can be broken off and gone on with; figures of other tables stay on the page.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import quality_report
from quality_sets import SETS, Set, write

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ENVIRONMENT = HERE / ".quality"
RECORD = HERE / "quality.json"
TARGET = HERE / "QUALITY.md"
LIBRARIES = ("scikit-learn==1.9.1",)
# Only their files are wanted, not what they need to run.
HOLDERS = (
    "mlxtend==0.25.0", "river==0.26.1", "statsmodels==0.15.0", "scikit-lego==0.9.10",
    "palmerpenguins==0.1.6", "lifelines==0.30.3",
)  # fmt: skip
OURS = "fitstudio"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--setup", action="store_true", help="install what holds the tables")
    parser.add_argument("--quick", action="store_true", help="small tables, one split")
    parser.add_argument("--only", default="", help="names of tables, with commas between")
    parser.add_argument("--seeds", default="", help="the splits, such as 0,1,2")
    parser.add_argument("--again", action="store_true", help="measure FitStudio anew")
    parser.add_argument("--page", action="store_true", help="only write the page")
    arguments = parser.parse_args()
    if arguments.setup:
        return set_up()
    if not arguments.page:
        names = set(filter(None, arguments.only.split(",")))
        chosen = [each for each in SETS if each.name in names or not names]
        if arguments.quick and not names:
            chosen = [each for each in chosen if each.quick]
        seeds = arguments.seeds or ("0" if arguments.quick else "0,1,2")
        for each in chosen:
            for seed in map(int, seeds.split(",")):
                measure(each, seed, again=arguments.again)
    TARGET.write_text(quality_report.page(known(), machine()), "utf-8")
    print(f"Wrote {TARGET.relative_to(ROOT)}.")
    return 0


def set_up() -> int:
    """The environment of the other libraries."""
    if not python().exists():
        venv.create(ENVIRONMENT, with_pip=True)
    install = [str(python()), "-m", "pip", "install", "--quiet"]
    for command in ([*install, *LIBRARIES], [*install, "--no-deps", *HOLDERS]):
        code = subprocess.run(command, check=False).returncode
        if code:
            return code
    return 0


def python() -> Path:
    """The interpreter of that environment."""
    return ENVIRONMENT / "bin" / "python"


def packages() -> Path:
    """Where its packages lie."""
    found = sorted((ENVIRONMENT / "lib").glob("python3*/site-packages"))
    if not found:
        raise SystemExit("The tables are not here yet: python benchmarks/quality.py --setup")
    return found[0]


def known() -> dict[str, Any]:
    """What was measured so far, by "table seed", then by contender."""
    return json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}


def measure(each: Set, seed: int, *, again: bool) -> None:
    """Measures all contenders on one split of a table, and keeps it at once."""
    key = f"{each.name} {seed}"
    found = known().get(key, {})
    with tempfile.TemporaryDirectory() as folder:
        train, test = write(each, packages(), Path(folder), seed)
        if OURS not in found or again:
            found[OURS] = ours(each, train, test, seed, Path(folder))
        if len(found) == 1:
            found |= others(each, train, test, seed)
    RECORD.write_text(json.dumps(known() | {key: found}, indent=1, sort_keys=True), "utf-8")
    line = ", ".join(f"{name} {score['score']:.3f}" for name, score in found.items())
    print(f"{key}: {line}", flush=True)


def ours(each: Set, train: Path, test: Path, seed: int, folder: Path) -> dict[str, float]:
    """FitStudio's default: `new`, `train`, `predict`, and nothing set but the seed."""
    began = time.monotonic()
    project, answers = folder / "project", folder / "answers.csv"
    fitstudio("new", str(project), "--data", str(train), "--target", each.target)
    fitstudio("train", str(project), "--seed", str(seed), "--verbose", "0")
    fitstudio("predict", str(project), "1", "--data", str(test), "--output", str(answers))
    column = f"predicted {each.target}"
    told = [row[column] for row in read(answers)]
    return {
        "score": score(each, [row[each.target] for row in read(test)], told),
        "seconds": time.monotonic() - began,
    }


def others(each: Set, train: Path, test: Path, seed: int) -> dict[str, dict[str, float]]:
    """The other libraries, in their environment."""
    command = [
        str(python()), str(HERE / "quality_peers.py"), str(train), str(test), each.target,
        "classes" if each.classes else "numbers", str(seed),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment())
    return json.loads(done.stdout.splitlines()[-1])


def score(each: Set, true: list[str], told: list[str]) -> float:
    """Accuracy, or R²; a row without an answer counts as wrong, or as told the mean."""
    if each.classes:
        return sum(_alike(a, b) for a, b in zip(true, told, strict=True)) / len(true)
    numbers = [float(value) for value in true]
    mean = sum(numbers) / len(numbers)
    rest = [
        value - (float(answer) if answer else mean)
        for value, answer in zip(numbers, told, strict=True)
    ]
    return 1.0 - sum(r * r for r in rest) / sum((value - mean) ** 2 for value in numbers)


def _alike(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fitstudio(*words: str) -> None:
    """A command of FitStudio's, one thread each.

    Raises:
        SystemExit: If it fails, with what it said.
    """
    command = [sys.executable, "-m", "fitstudio", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise SystemExit(f"fitstudio {' '.join(words)} failed:\n{done.stdout}{done.stderr}")


def environment() -> dict[str, str]:
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(threads, "1"), "PYTHONPATH": str(ROOT)}


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
