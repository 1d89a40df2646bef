"""Makes the environment with the development tools, then runs every check and every test.

python3 packaging/test.py              everything, as CI does
python3 packaging/test.py --lint       lint, format, types and import contracts only
python3 packaging/test.py tests/unit   the checks, then these tests (arguments go to pytest)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import environment

_CHECKS = {
    "lint (ruff)": ["-m", "ruff", "check", "."],
    "format (ruff)": ["-m", "ruff", "format", "--check", "."],
    "types (pyright)": ["-m", "pyright"],
    "import contracts (import-linter)": [
        "-c",
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())",
    ],
}


def main(arguments: list[str]) -> int:
    """Returns 0 when every check and every test passed."""
    try:
        python = str(environment.ensure_environment(with_tools=True))
    except environment.SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    missing = environment.missing_library_message(x11=False)
    if missing:
        print(missing, file=sys.stderr)
        return 1
    lint_only = "--lint" in arguments
    failed = [name for name in _CHECKS if not _passes(name, python)]
    if not lint_only and not _tests_pass(python, arguments):
        failed.append("tests (pytest)")
    # Part of everything; whoever names tests wants these alone.
    if not arguments and not _floors_hold(python):
        failed.append("coverage")
    if failed:
        print(f"\nFailed: {', '.join(failed)}.", flush=True)
        return 1
    print("\nAll checks passed.", flush=True)
    return 0


def _passes(name: str, python: str) -> bool:
    started = time.monotonic()
    print(f"── {name} …", flush=True)
    command = [python, *_CHECKS[name]]
    status = subprocess.call(command, cwd=environment.ROOT)
    print(f"   {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return status == 0


def _tests_pass(python: str, arguments: list[str]) -> bool:
    print("── tests (pytest) …", flush=True)
    # Hundreds of processes are started; each would compile the sources anew where an environment
    # variable forbids Python to keep what it compiled.
    subprocess.call([python, "-m", "compileall", "-q", "fitstudio", "tests"], cwd=environment.ROOT)
    # One torch thread a process: two test processes on two cores would otherwise fight for them.
    offscreen = {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    command = [python, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *arguments]
    return subprocess.call(command, cwd=environment.ROOT, env=os.environ | offscreen) == 0


def _floors_hold(python: str) -> bool:
    print("── coverage of storage, words and formulas …", flush=True)
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    command = [python, str(environment.ROOT / "packaging" / "coverage_check.py")]
    return subprocess.call(command, cwd=environment.ROOT, env=environ) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
