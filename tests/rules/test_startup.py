"""What a fresh interpreter has loaded: the window and the command line stay light."""

import json
import subprocess
import sys

SLOW = ("torch", "polars", "h5py", "sklearn", "scipy", "pandas")


def loaded_after(code: str) -> set[str]:
    """Top-level packages in sys.modules after running `code` in a fresh interpreter."""
    tail = "; import json, sys; print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_slow():
    assert not loaded_after("import fitstudio").intersection({*SLOW, "numpy", "PySide6"})


def test_the_command_line_loads_neither_torch_nor_qt():
    loaded = loaded_after("from fitstudio.cli import program; program.build_parser()")

    assert not loaded.intersection({*SLOW, "PySide6", "pyqtgraph"})


def test_actions_are_safe_for_the_window():
    doors = "projects, runs, requests, queue, data, environment"
    code = (
        f"from fitstudio.actions import {doors}; from fitstudio.actions.models import using_models"
    )

    assert not loaded_after(code).intersection({*SLOW, "PySide6"})


def test_public_names_come_on_first_use():
    loaded = loaded_after("import fitstudio; fitstudio.Model; fitstudio.callbacks.EarlyStopping")

    assert "torch" in loaded
    assert "PySide6" not in loaded
