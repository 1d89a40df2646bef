"""The page on how FitStudio is built tells the truth: places exist, recipes work as told."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "resources" / "help" / "architecture.md").read_text(encoding="utf-8")

FORMULA = '''

@formula
def cauchy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of log(1 + squared difference)."""
    return torch.log1p((y_pred - align(y_true, y_pred)).square()).mean(-1)


@loss("cauchy")
class Cauchy(FunctionLoss):
    """Far off counts little."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "cauchy") -> None:
        super().__init__(cauchy, reduction, name)
'''
NAMES = "__all__ = [\n"
ENTRY = '    _loss("cauchy", "Cauchy", "For numbers; far off counts little", _NUMBERS),\n'
USE = """
import numpy as np, torch, fitstudio
from fitstudio.declared.run_spec import RunSpec

x = np.ones((8, 2), "f4")
model = fitstudio.Model(torch.nn.Linear(2, 1))
model.compile("sgd", "cauchy")
history = model.fit(x, np.zeros(8, "f4") + 3, verbose=0, epochs=2).history["loss"]
assert history[1] < history[0], history
assert not RunSpec(compile={"loss": "cauchy"}).problems()
"""


def test_every_place_on_the_page_exists():
    named = set(re.findall(r"`((?:fitstudio|tests|packaging)/[\w/.]+)`", PAGE))
    rooms = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    rooms = {name for row in rooms for name in re.findall(r"`([\w/]+)`", row)}
    assert len(named) > 8 and len(rooms) > 10
    missing = {name for name in named if "NAME" not in name and not (ROOT / name).exists()}
    missing |= {name for name in rooms if not (ROOT / "fitstudio" / name).is_dir()}
    assert not missing


@pytest.mark.parametrize("heading", re.findall(r"^## (Add .+)$", PAGE, re.MULTILINE))
def test_a_recipe_has_at_most_ten_lines(heading: str):
    steps = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].strip().splitlines()
    assert len(steps) <= 10


def test_a_loss_is_added_by_its_formula_and_its_entry_alone(tmp_path: Path):
    shutil.copytree(
        ROOT / "fitstudio", tmp_path / "fitstudio", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    formulas = tmp_path / "fitstudio" / "engine" / "losses" / "regression.py"
    entries = tmp_path / "fitstudio" / "declared" / "catalogue" / "losses.py"
    code = formulas.read_text(encoding="utf-8")
    assert code.count(NAMES) == 1
    code = code.replace(NAMES, f'{NAMES}    "Cauchy",\n    "cauchy",\n') + FORMULA
    formulas.write_text(code, encoding="utf-8")
    table = entries.read_text(encoding="utf-8")
    head = "LOSSES = by_name(\n"
    assert table.count(head) == 1
    entries.write_text(table.replace(head, head + ENTRY), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
