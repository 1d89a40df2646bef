"""Data that are read row by row train exactly like data in memory."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import torch

import fitstudio
from fitstudio.data.preparing.coding.lazy import LazyArray
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec


@pytest.mark.parametrize("order", ["file", "random"])
def test_rows_read_from_the_file_train_the_same(tmp_path, monkeypatch, order):
    rng = np.random.default_rng(0)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=rng.normal(size=(50, 4)).astype("f4"), chunks=(8, 4))
        file["y"] = rng.integers(0, 3, 50)
    spec = RunSpec().with_values(
        {
            "data.file": "a.h5", "fit.x": ["x"], "fit.y": ["y"], "data.row_order": order,
            "fit.validation_split": 0.2, "data.mixing": "rows",
        }
    )  # fmt: skip

    def train(lazily: bool) -> dict[str, list[float]]:
        monkeypatch.setattr(
            "fitstudio.data.preparing.coding.lazy.in_memory", lambda array: not lazily
        )
        with open_source(spec.data, tmp_path) as source:
            done = prepare(source, spec, base=tmp_path, seed=3)
            assert isinstance(done.x, LazyArray) is lazily
            torch.manual_seed(0)
            model = fitstudio.Model(torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Softmax(1)))
            model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
            history = model.fit(
                done.x, done.y, epochs=2, batch_size=8, validation_split=0.2, verbose=0, seed=1
            )
        return history.history

    lazy, resident = train(lazily=True), train(lazily=False)
    assert lazy["loss"] == resident["loss"]
    # Rows that check are read as they lie in the file: their sum is one of other roundings.
    assert lazy["val_loss"] == pytest.approx(resident["val_loss"], rel=1e-6)


def test_a_table_of_100_000_rows_is_read(tmp_path):
    rng = np.random.default_rng(0)
    rows = [
        f"{a:.6f},{b:.6f},{c:.4f},{k},{y}"
        for a, b, c, k, y in zip(
            *rng.normal(size=(3, 100_000)), rng.choice(["u", "v"], 100_000),
            rng.integers(0, 2, 100_000), strict=True,
        )
    ]  # fmt: skip
    (tmp_path / "t.csv").write_text("a,b,c,k,y\n" + "\n".join(rows) + "\n")
    with open_source({"file": "t.csv"}, tmp_path) as source:
        assert source.summary().rows == 100_000
