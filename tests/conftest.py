"""What holds for every test: no network, settings of its own, one thread for torch.

Fixtures for the window are in gui/conftest.py, those for real workers in process/conftest.py.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hypothesis
import pytest

_OFFLINE = str(Path(__file__).parent / "offline")
# Children (workers, readers) inherit both: they are guarded and single-threaded too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    part for part in (_OFFLINE, os.environ.get("PYTHONPATH", "")) if part
)
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

sys.path.insert(0, _OFFLINE)
import sitecustomize  # noqa: E402, F401 - guards this process

# How long one example takes says more about a busy machine than about the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Keeps recent projects and window settings of a test out of the person's own."""
    monkeypatch.setenv("FITSTUDIO_HOME", str(tmp_path_factory.mktemp("settings")))


@pytest.fixture(autouse=True)
def _torch_as_it_was():
    """What a training sets for its whole process must not decide another test."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None:
        if torch.are_deterministic_algorithms_enabled():
            torch.use_deterministic_algorithms(False)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.set_grad_enabled(True)
