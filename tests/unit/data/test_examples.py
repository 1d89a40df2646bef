"""The shipped examples are small, described in full, and prepare without a word of trouble."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fitstudio import resources
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.kinds.param import Severity
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec

FOLDERS = sorted(path.parent for path in resources.path("examples").glob("*/example.json"))


def test_the_promised_examples_are_there():
    assert {"penguins", "digits", "diabetes", "bearings"} <= {path.name for path in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_an_example_is_whole(folder: Path, tmp_path: Path):
    content = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    assert content["name"] == folder.name
    assert content["title"] and content["sentence"] and content["licence"]
    assert len(content["facts"]) == 3
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2 << 20
    spec = RunSpec.from_json(content["settings"])
    assert spec.problems() == ()
    assert spec.get("data.file") == f"data/{content['files'][0]}"
    data = dict(spec.data) | {"file": content["files"][0]}
    with open_source(data, folder) as source:
        assert f"{source.rows:,}" in content["facts"][1]
        summary = source.summary()
        assert all(f.severity is Severity.ADVICE for f in summary.findings)
        done = prepare(source, spec, base=folder, seed=1)
    assert np.isfinite(np.asarray(done.x)).all()
    # What the window foretells is what training gets.
    resolved = resolve(spec, summary)
    facts = resolved.facts
    assert resolved.ok and facts is not None
    assert done.x.shape[1:] == facts.input_shape == done.recipe.input.slot.shape
    assert (len(done.training_rows), len(done.validation_rows)) == (
        facts.training_rows,
        facts.validation_rows,
    )
    assert (done.class_names or ()) == facts.class_names
    assert done.task == facts.task
    assert done.recipe.output.encoding == facts.target_encoding
