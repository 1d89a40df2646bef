"""Each preparation inside an export answers as FitStudio does, or is refused by name."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from fitstudio import resources
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.coding.steps import Step
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.preparing.recipe.slots import RecipeInput
from fitstudio.data.preparing.roles import find_task
from fitstudio.data.source import open_source
from fitstudio.declared.catalogue.preparations import (
    CATEGORY_WAYS,
    NUMBER_WAYS,
    SINGLE_CATEGORY_WAYS,
    SINGLE_WAYS,
    TEXT_WAYS,
)
from fitstudio.declared.parameters.column_settings import GAPS
from fitstudio.declared.plan.models import plan_task
from fitstudio.declared.run_spec import RunSpec
from fitstudio.engine.architectures.build import build
from fitstudio.engine.model import Model
from fitstudio.errors import UsageError
from fitstudio.worker.exporting.facts import _column
from fitstudio.worker.exporting.onnx_file import fed
from fitstudio.worker.exporting.onnx_model import make_onnx
from fitstudio.worker.exporting.preparation import refuse_preparation
from fitstudio.worker.exporting.raw_rows import raw_rows
from fitstudio.worker.saving.model_card import BirthCertificate

onnxruntime = pytest.importorskip("onnxruntime")
NUMBERS = sorted({**NUMBER_WAYS, **SINGLE_WAYS}.keys() - {"date"})
CLASSES = sorted({**CATEGORY_WAYS, **SINGLE_CATEGORY_WAYS, **TEXT_WAYS})
SETTINGS = {"periodic": {"period": 24}, "ordinal": {"order": ["b", "z", "a", "c", "rare"]}}
NOT_IN_ONNX = {"hashed", "ngrams", "quantile"}


def table(ways: list[str]) -> str:
    """A column for each way, with a gap in each, and one class that is rare."""
    lines = [",".join([*ways, "code", "y"])]
    for row in range(40):
        number = "" if row == 5 else str(1 + row * row / 7)
        word = "" if row == 9 else "rare" if row == 8 else "abcz"[row % 4]
        cells = [number if way in NUMBERS else word for way in ways]
        lines.append(",".join([*cells, str(row % 3), str(row * 0.5)]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("missing", sorted(GAPS))
@pytest.mark.parametrize("kind", ["numpy", "onnx"])
def test_an_export_prepares_as_fitstudio_does(tmp_path: Path, missing: str, kind: str):
    ways = [way for way in (*NUMBERS, *CLASSES) if kind == "numpy" or way not in NOT_IN_ONNX]
    columns: dict[str, dict] = {"code": {"type": "category"}}
    for way in ways:
        columns[way] = {"prepare": way, "missing": missing, **SETTINGS.get(way, {})}
        if missing == "constant":
            columns[way]["constant"] = 3.0 if way in NUMBERS else "a"
    columns["one_hot"]["rare"] = 0.1
    (tmp_path / "t.csv").write_text(table(ways))
    spec = RunSpec().with_values(
        {
            "data.file": "t.csv", "fit.x": [*ways, "code"], "fit.y": ["y"], "data.columns": columns,
        }
    )  # fmt: skip
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
        plan = plan_task(find_task(source, spec), "mlp", {"units": [4]})
    module = build(plan).eval()
    certificate = BirthCertificate(plan, recipe, {}, {})
    rows = raw_rows(Model(module), certificate, spec.data, tmp_path)
    assert rows.real
    # The rare class is another's gap where it has no place in an order.
    assert rows.count == (38 if missing == "drop" else 40)
    weights = {name: value.numpy() for name, value in module.state_dict().items()}
    refuse_preparation(recipe, kind)
    if kind == "numpy":
        found = by_script(tmp_path, certificate, weights, rows.columns)
    else:
        content = make_onnx(certificate, weights, {"run": "test"}).SerializeToString()
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        (found,) = session.run(None, fed(recipe, rows.columns))
    np.testing.assert_allclose(found, rows.answers, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("way", sorted(NOT_IN_ONNX))
def test_what_onnx_cannot_hold_is_refused_by_name(way: str):
    steps = (Step(kind="curve", numbers=(0.0, 1.0)),) if way == "quantile" else ()
    column = RecipeColumn(
        name="blood sugar",
        role="number" if steps else "category",
        before=steps,
        encoding="one_hot" if steps else "hashed" if way == "hashed" else "ngrams",
    )
    recipe = Recipe(inputs=(RecipeInput(name="inputs", columns=(column,)),))
    with pytest.raises(UsageError, match="blood sugar is prepared"):
        refuse_preparation(recipe, "onnx")


def by_script(folder: Path, certificate: BirthCertificate, weights, columns) -> np.ndarray:
    """What the script that needs numpy alone answers."""
    place = resources.path("export", "predict.py")
    specification = importlib.util.spec_from_file_location("predict", place)
    assert specification is not None and specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    recipe = certificate.recipe
    fills = recipe.missing == "fill"
    facts = {
        "inputs": [_column(each, fills=fills) for each in recipe.input.columns],
        "targets": [_column(each, fills=False) for each in recipe.output.columns],
        "classes": [], "logits": False, "graph": certificate.plan.to_json(),
    }  # fmt: skip
    (folder / "model.json").write_text(json.dumps(facts))
    np.savez(folder / "weights.npz", **weights)
    cells = [
        {
            name: value if isinstance(value, str) else "" if np.isnan(value) else repr(float(value))
            for name, value in zip(columns, row, strict=True)
        }
        for row in zip(*columns.values(), strict=True)
    ]
    answers, _ = script.Model(folder).answers_of_rows(cells)
    return np.asarray(answers, np.float64)
