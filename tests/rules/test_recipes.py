"""The page on how FitStudio is built tells the truth: places exist, recipes work as told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE_TEXT = (ROOT / "resources" / "help" / "architecture.md").read_text(encoding="utf-8")

# What each recipe adds: file, the line it goes before or behind ("" for the end), and the text.
LOSS = (
    (
        "engine/losses/regression.py",
        "__all__ = [\n",
        '    "Cauchy",\n    "cauchy",\n',
    ),
    (
        "engine/losses/regression.py",
        "",
        '''

@formula
def cauchy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of log(1 + squared difference)."""
    return torch.log1p((y_pred - align(y_true, y_pred)).square()).mean(-1)


@loss("cauchy")
class Cauchy(FunctionLoss):
    """Far off counts little."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "cauchy") -> None:
        super().__init__(cauchy, reduction, name)
''',
    ),
    (
        "declared/catalogue/losses.py",
        "LOSSES = by_name(\n",
        '    _loss("cauchy", "Cauchy", "For numbers; far off counts little", _NUMBERS),\n',
    ),
)
METRIC = (
    ("engine/metrics/means.py", "__all__ = [\n", '    "MeanSignedError",\n'),
    (
        "engine/metrics/means.py",
        "",
        '''

@metric("MeanSignedError")
class MeanSignedError(Mean):
    """Whether predictions are too high on the whole, or too low."""

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Any = None) -> None:
        super().update(y_pred - align(y_true, y_pred), sample_weight)
''',
    ),
    (
        "declared/catalogue/metrics.py",
        "METRICS = by_name(\n",
        '    metric("MeanSignedError", "signed error", "Too high or low", _NUMBERS, rises=True),\n',
    ),
)
FINDING = (
    (
        "declared/checks/fit.py",
        "    yield from _validation(checked, checked.facts)\n",
        '    yield advice("fit.toy", "fit.epochs", "Seven is a nice number.",'
        ' Fix("Train 7", {"fit.epochs": 7}))\n',
    ),
)
MODEL = (
    (
        "declared/catalogue/models.py",
        "MODELS = by_name(\n",
        '    ModelEntry(name="line", called="Line", title="Straight line", help="One layer."),\n',
    ),
    (
        "declared/plan/models.py",
        '    "gru": _gru,\n',
        '    "line": lambda planner, values: planner.flatten(),\n',
    ),
)
PAGE = (
    (
        "gui/pages/registry.py",
        "PAGES = (\n",
        '    PageEntry("notes", "Notes", "note", _notes),\n',
    ),
    (
        "gui/pages/registry.py",
        "# start.\n",
        """

def _notes(session: ProjectSession) -> Page:
    from fitstudio.gui.pages.notes.page import NotesPage

    return NotesPage(session)

""",
    ),
    ("gui/pages/notes/__init__.py", None, ""),
    (
        "gui/pages/notes/page.py",
        None,
        '''"""A page of notes."""

from __future__ import annotations

from fitstudio.gui.pages.page import Page
from fitstudio.viewmodel.notes.page import NotesModel
from fitstudio.viewmodel.shell.session import ProjectSession


class NotesPage(Page):
    """Notes."""

    def __init__(self, session: ProjectSession) -> None:
        super().__init__("page.notes", NotesModel(session).title, "")
''',
    ),
    ("viewmodel/notes/__init__.py", None, ""),
    (
        "viewmodel/notes/page.py",
        None,
        '''"""What the page of notes knows."""

from __future__ import annotations

from fitstudio.viewmodel.shell.session import ProjectSession


class NotesModel:
    """Notes."""

    def __init__(self, session: ProjectSession) -> None:
        self.title = f"Notes of {session.project.name}"
''',
    ),
)

# All of them are seen to arrive in one process: its start is what costs.
USE = """
import io, contextlib, json, sys
import numpy as np, torch, fitstudio
from pathlib import Path
from fitstudio.actions import projects, runs
from fitstudio.cli import program
from fitstudio.declared import help_pages
from fitstudio.declared.catalogue.measured_names import higher_is_better, measured_words
from fitstudio.declared.run_spec import RunSpec

seen = {}
x = np.ones((8, 2), "f4")
model = fitstudio.Model(torch.nn.Linear(2, 1))
model.compile("sgd", "cauchy", metrics=["MeanSignedError"])
history = model.fit(x, np.zeros(8, "f4") + 3, verbose=0, epochs=2).history
seen["loss trains"] = history["loss"][1] < history["loss"][0]
seen["metric is measured"] = history["mean_signed_error"][0] < 0
seen["metric has a direction"] = higher_is_better("val_mean_signed_error") is True
seen["metric has a title"] = measured_words("val_mean_signed_error") == "signed error"
made = {"compile": {"loss": "cauchy", "metrics": ["MeanSignedError"]}, "model": {"kind": "line"}}
seen["form takes all"] = not RunSpec(**made).problems()
text = "".join(help_pages.pages().values())
seen["help tells of all"] = all(each in text for each in ("cauchy", "MeanSignedError", "Straight"))

table = Path("table.csv")
table.write_text("a,b\\n" + "".join(f"{n},{2 * n}.5\\n" for n in range(60)))
project = projects.create_project(Path("p"), data=table, target="b", settings={
    "compile.loss": "cauchy", "compile.metrics": ["MeanSignedError"], "model.kind": "line"})
resolved = runs.check(project)
seen["finding is found"] = "fit.toy" in [each.code for each in resolved.findings]
seen["nothing speaks against it"] = resolved.ok
seen["model is planned"] = resolved.model_plan is not None and resolved.model_plan.parameters == 2
project.close()
said = io.StringIO()
with contextlib.redirect_stdout(said):
    program.main(["check", "p", "--json"])
seen["terminal tells it"] = "Seven is a nice number." in said.getvalue()

from fitstudio.gui.app import create_window, make_application
application = make_application()
window = create_window("p")
item = window.findChild(object, "rail.notes")
seen["page is on the rail"] = item is not None
from PySide6.QtCore import QEventLoop, QTimer
loop, look = QEventLoop(), QTimer()
look.timeout.connect(lambda: loop.quit() if window.session is not None else None)
look.start(20)
QTimer.singleShot(30_000, loop.quit)
loop.exec()
window.show_page("notes")
page = window.pages.get("notes")
seen["page opens"] = page is not None and page.accessibleName() == "Notes of p"
window.close()
print(json.dumps([name for name, is_so in seen.items() if not is_so]))
"""


def test_every_place_on_the_page_exists():
    named = set(re.findall(r"`((?:fitstudio|tests|packaging)/[\w/.]+)`", PAGE_TEXT))
    rooms = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", PAGE_TEXT, re.MULTILINE)
    rooms = {name for row in rooms for name in re.findall(r"`([\w/]+)`", row)}
    assert len(named) > 8 and len(rooms) > 10
    missing = {name for name in named if "NAME" not in name and not (ROOT / name).exists()}
    missing |= {name for name in rooms if not (ROOT / "fitstudio" / name).is_dir()}
    assert not missing


@pytest.mark.parametrize("heading", re.findall(r"^## (Add .+)$", PAGE_TEXT, re.MULTILINE))
def test_a_recipe_has_at_most_ten_lines(heading: str):
    steps = PAGE_TEXT.split(f"## {heading}\n")[1].split("\n## ")[0].strip().splitlines()
    assert len(steps) <= 10


@pytest.fixture(scope="module")
def missing(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Follows every recipe in a copy of the package; what did not arrive."""
    house = tmp_path_factory.mktemp("house")
    package = house / "fitstudio"
    shutil.copytree(ROOT / "fitstudio", package, ignore=shutil.ignore_patterns("__pycache__"))
    (house / "resources").symlink_to(ROOT / "resources")
    for name, behind, text in (*LOSS, *METRIC, *FINDING, *MODEL, *PAGE):
        file = package / name
        if behind is None:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            continue
        code = file.read_text(encoding="utf-8")
        assert not behind or code.count(behind) == 1, (name, behind)
        added = code.replace(behind, behind + text) if behind else code + text
        file.write_text(added, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=house,
        env={
            **os.environ,
            "PYTHONPATH": str(house),
            "QT_QPA_PLATFORM": "offscreen",
            "FITSTUDIO_HOME": str(house / "home"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("what", ["loss", "metric", "finding", "model", "page"])
def test_what_a_recipe_adds_arrives_everywhere(what: str, missing: list[str]):
    assert [each for each in missing if what in each.split()] == []


def test_form_help_and_terminal_know_of_it(missing: list[str]):
    assert missing == []


@pytest.mark.parametrize(
    ("heading", "added"),
    [
        ("Add a loss", LOSS),
        ("Add a metric", METRIC),
        ("Add a finding", FINDING),
        ("Add a model to the gallery", MODEL),
        ("Add a page", PAGE),
    ],
)
def test_a_recipe_names_the_places_that_it_needs(heading: str, added):
    steps = PAGE_TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    for name, _, _ in added:
        places = (f"fitstudio/{name}", *(f"fitstudio/{up}/" for up in Path(name).parents))
        assert any(f"`{place}`" in steps for place in places), name
