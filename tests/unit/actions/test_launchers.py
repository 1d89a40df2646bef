"""Whatever is done with a run's worker is done by the run's launcher."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import fitstudio.actions
from fitstudio.actions.launchers import Launcher, RunHandle, launcher_of
from fitstudio.actions.launchers.local_process import LocalProcess, LocalRun
from fitstudio.errors import RunError
from fitstudio.journal import Journal
from fitstudio.project.lock import run_lock
from fitstudio.project.paths import RunPaths

FOLDER = Path(fitstudio.actions.__file__).parent


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_a_process_of_this_computer_does_all_that_a_launcher_does() -> None:
    for made, promised in ((LocalProcess, Launcher), (LocalRun, RunHandle)):
        names = public(promised)
        assert names <= public(made) | set(getattr(made, "__dataclass_fields__", ()))
        for name in names:
            one, other = getattr(made, name, None), getattr(promised, name)
            if inspect.isfunction(other):
                assert inspect.signature(one).parameters.keys() == (
                    inspect.signature(other).parameters.keys()
                ), name


def test_nobody_goes_past_the_launcher() -> None:
    for file in FOLDER.glob("*.py"):
        text = file.read_text()
        for word in ("local_process", "run_holder", 'worker_command("run"'):
            assert word not in text, f"{file.name}: {word}"


def test_who_trains_a_run_is_told_while_somebody_does(tmp_path: Path) -> None:
    paths = RunPaths(tmp_path)
    launcher = launcher_of(paths)
    assert launcher.describe(paths) is None and not launcher.is_alive(paths)
    assert not launcher.end(paths)
    with Journal(paths.journal), run_lock(tmp_path, program="a test"):
        assert launcher.is_alive(paths)
        said = launcher.describe(paths)
        assert said is not None and said.startswith("a test (process ")


def test_a_worker_elsewhere_is_not_ended_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = RunPaths(tmp_path)
    with Journal(paths.journal), run_lock(tmp_path):
        monkeypatch.setattr("fitstudio.storage.file_lock.platform.node", lambda: "elsewhere")
        with pytest.raises(RunError, match="is trained by") as refused:
            launcher_of(paths).end(paths)
    assert refused.value.remedy == "End it there."
