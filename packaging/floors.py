"""How much of the code that everything else stands on its own tests must run, by file.

Run by `packaging/test.py` in a short pass of its own: tracing every line would slow all tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: The least share of statements that are run, in percent, by folder.
FLOORS = {
    "fitstudio/storage": 100,
    "fitstudio/words": 100,
    "fitstudio/engine/losses": 95,
    "fitstudio/engine/metrics": 90,
    "fitstudio/engine/optimizers": 90,
}
#: The formulas themselves, which are most of these files.
FORMULAS = (
    "fitstudio/engine/losses/crossentropy.py",
    "fitstudio/engine/losses/margins.py",
    "fitstudio/engine/losses/regression.py",
    "fitstudio/engine/metrics/accuracies.py",
    "fitstudio/engine/metrics/classes.py",
    "fitstudio/engine/metrics/confusion.py",
    "fitstudio/engine/metrics/curves.py",
    "fitstudio/engine/metrics/means.py",
    "fitstudio/engine/metrics/of_losses.py",
    "fitstudio/engine/optimizers/adam.py",
    "fitstudio/engine/optimizers/adaptive.py",
    "fitstudio/engine/optimizers/gradient_descent.py",
    "fitstudio/engine/optimizers/schedules.py",
)
_FORMULA_FLOOR = 95
#: The tests that run them, and nothing but them.
TESTS = (
    "tests/unit/storage",
    "tests/unit/words",
    "tests/unit/engine/test_losses.py",
    "tests/unit/engine/test_metrics.py",
    "tests/unit/engine/test_optimizers.py",
    "tests/unit/engine/test_formula_settings.py",
    "tests/unit/engine/test_direct_use.py",
    "tests/unit/engine/test_older_keras.py",
    "tests/unit/engine/test_own_parts.py",
)


def measured_tests_pass(python: str, root: Path) -> bool:
    """Runs these tests with their lines traced, and compares with the floors.

    Args:
        python: The environment's interpreter.
        root: The checkout.
    """
    with tempfile.TemporaryDirectory(prefix="fitstudio-floors-") as folder:
        report = Path(folder) / "coverage.json"
        command = [python, "-m", "pytest", "-n", "2", "-q", *TESTS, f"--cov-report=json:{report}"]
        command += [f"--cov={name.replace('/', '.')}" for name in FLOORS]
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "OMP_NUM_THREADS": "1",
            "COVERAGE_FILE": str(Path(folder) / "data"),
        }
        if subprocess.call(command, cwd=root, env=environment) != 0:
            return False
        below = list(problems(json.loads(report.read_text())["files"]))
    for sentence in below:
        print(sentence, flush=True)
    return not below


def problems(files: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """What lies below its floor, in sentences.

    Args:
        files: Of coverage's report as JSON: by path from the checkout on.
    """
    found = []
    for folder, floor in FLOORS.items():
        inside = [each for name, each in files.items() if name.startswith(f"{folder}/")]
        statements = sum(each["summary"]["num_statements"] for each in inside)
        covered = sum(each["summary"]["covered_lines"] for each in inside)
        share = 100 * covered / statements if statements else 0.0
        if share < floor:
            found.append(f"{folder}: its tests run {share:.2f} % of it; {floor} % are wanted.")
    for name in FORMULAS:
        share = files.get(name, {}).get("summary", {}).get("percent_covered", 0.0)
        if share < _FORMULA_FLOOR:
            wanted = f"{_FORMULA_FLOOR} % are wanted"
            found.append(f"{name}: its tests run {share:.2f} % of it; {wanted}.")
    return found


if __name__ == "__main__":
    sys.exit(0 if measured_tests_pass(sys.executable, Path(__file__).parent.parent) else 1)
