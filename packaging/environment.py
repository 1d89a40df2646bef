"""Makes and checks the environment in `.venv` that run.py and test.py work in.

Runs on a bare Python 3.11 or later, before anything is installed: standard library only.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - before tomllib, which an older Python lacks
    sys.exit(
        f"FitStudio needs Python 3.11 or later; this is {sys.version.split()[0]}. "
        "Start the same command with a newer one, such as python3.12."
    )

import tomllib

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "fitstudio-environment.json"

# Which Debian or Ubuntu package holds a library that Qt loads. The first group is needed by every
# start, the second by a window on an X11 screen.
_LIBRARIES_ALWAYS = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libbrotlidec.so.1": "libbrotli1",
    "libX11.so.6": "libx11-6",
}
_LIBRARIES_X11 = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
}


class SetupError(Exception):
    """The environment cannot be made; the message says why and what to do."""


def say(text: str) -> None:
    """Prints one line of progress at once, also into a pipe."""
    print(text, flush=True)


def python_path() -> Path:
    """The interpreter of the environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure_environment(*, with_tools: bool) -> Path:
    """Makes `.venv` where it is missing or out of date, and returns its interpreter.

    Args:
        with_tools: Also install the `dev` dependency group (tests, lint, types).

    Raises:
        SetupError: If this Python lacks venv, or a package cannot be installed.
    """
    if _is_current(with_tools):
        return python_path()
    started = time.monotonic()
    _make_venv()
    say("Installing what FitStudio needs; the first time this takes a few minutes.")
    _install(with_tools)
    _write_stamp(with_tools)
    say(f"The environment is ready ({time.monotonic() - started:.0f} s).")
    return python_path()


def missing_library_message(*, x11: bool) -> str | None:
    """Names the system packages that Qt lacks here, with the command that installs them.

    Args:
        x11: Also look for what a window on an X11 screen needs.
    """
    if not sys.platform.startswith("linux"):
        return None
    wanted = _LIBRARIES_ALWAYS | (_LIBRARIES_X11 if x11 else {})
    missing = {library: package for library, package in wanted.items() if not _loads(library)}
    if not missing:
        return None
    packages = " ".join(dict.fromkeys(missing.values()))
    return (
        f"Qt cannot start: this system lacks {', '.join(missing)}.\n"
        f"On Debian or Ubuntu, this installs them:\n\n    sudo apt-get install {packages}\n"
    )


def has_display() -> bool:
    """Whether a window could be shown here."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    # QT_QPA_PLATFORM names another place to draw, such as "offscreen" or "vnc".
    given = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in given)


def has_x11_display() -> bool:
    """Whether a window here may need the libraries of an X11 screen."""
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("QT_QPA_PLATFORM")


def _is_current(with_tools: bool) -> bool:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (
        stamp.get("inputs") == _digest_of_inputs()
        and (stamp.get("tools") or not with_tools)
        and python_path().exists()
    )


def _digest_of_inputs() -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}{ROOT}".encode())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [project["project"]["dependencies"], project["dependency-groups"]["dev"]]
    digest.update(json.dumps(wanted).encode())
    digest.update(CONSTRAINTS.read_bytes())
    return digest.hexdigest()


def _write_stamp(with_tools: bool) -> None:
    # Last of all: an installation that was interrupted leaves no stamp and is taken up again.
    STAMP.write_text(
        json.dumps({"inputs": _digest_of_inputs(), "tools": with_tools}), encoding="utf-8"
    )


def _make_venv() -> None:
    if _python_answers():
        return
    if VENV.exists():
        say(f"{VENV.name} is damaged or of another Python: making it anew.")
        shutil.rmtree(VENV)
    say(f"Making the environment in {VENV.name} with Python {sys.version.split()[0]} …")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise SetupError(
            "This Python cannot make a virtual environment.\n"
            "On Debian or Ubuntu, this installs what is missing:\n\n"
            f"    sudo apt-get install python3-venv\n\n{made.stdout}{made.stderr}"
        )


def _python_answers() -> bool:
    probe = "import sys, pip; print(sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python_path()), "-c", probe], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == str(sys.version_info[:2])


def _install(with_tools: bool) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = project["dependency-groups"]["dev"] if with_tools else []
    # The tools are read from pyproject.toml here because the pip of Python 3.11 has no --group.
    command = [
        str(python_path()), "-m", "pip", "install", "--disable-pip-version-check",
        "--progress-bar", "off", "-c", str(CONSTRAINTS), "-e", str(ROOT), *tools,
    ]  # fmt: skip
    pip = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )
    assert pip.stdout is not None
    lines: list[str] = []
    for line in pip.stdout:
        lines.append(line)
        _show_progress(line.strip())
    if pip.wait():
        raise SetupError(
            "".join(lines[-25:])
            + "\nA package could not be installed (pip's own words are above). "
            "Is this machine connected? The same command goes on where it stopped."
        )


def _show_progress(line: str) -> None:
    if line.startswith("Collecting "):
        say(f"  {line.split()[1].split('(')[0]}")
    elif line.startswith("Downloading ") and "MB" in line:
        say(f"    downloading {line[line.rfind('(') + 1 :].rstrip(')')}")
    elif line.startswith("Installing collected packages"):
        say(f"  unpacking {line.count(',') + 1} packages …")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
