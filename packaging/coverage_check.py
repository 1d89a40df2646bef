"""Runs the unit tests of what is held to be covered, counts lines, and compares with the floors.

Run by `packaging/test.py` in the environment; the files and their floors stand in
`tests/coverage_floors.py`. Counting lines in the whole suite would slow all of it: these tests take
seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.coverage_floors import FLOORS, TESTS, below  # noqa: E402


def main() -> int:
    """Returns 0 where every file reaches its floor."""
    with tempfile.TemporaryDirectory(prefix="fitstudio-coverage-") as folder:
        data, report = f"--data-file={folder}/data", Path(folder) / "report.json"
        coverage = [sys.executable, "-m", "coverage"]
        files = ",".join(FLOORS)
        tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
        # No --source: that would import the package before the tests do.
        ran = subprocess.call([*coverage, "run", data, f"--include={files}", *tests], cwd=ROOT)
        if ran != 0:
            return ran
        written = subprocess.call(
            [*coverage, "json", data, "-q", "-o", str(report)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        if written != 0:
            return written
        found = json.loads(report.read_text(encoding="utf-8"))["files"]
    measured = {
        Path(name).as_posix(): each["summary"]["percent_covered"] for name, each in found.items()
    }
    problems = below(measured)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
