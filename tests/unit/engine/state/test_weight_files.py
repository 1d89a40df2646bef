"""Files of weights: the same weights are the same file, and nothing of them changes on the way."""

from __future__ import annotations

from pathlib import Path

import torch

from fitstudio.engine.state import weight_files


def test_the_same_weights_are_the_same_bytes(tmp_path: Path):
    weights = {f"layer.{name}": torch.full((3,), float(name)) for name in range(4)}
    weights["größe"] = torch.ones(2, dtype=torch.float16)
    optimizer = {"iterations": 3, "slots": {"m": torch.ones(3)}, "rate": 0.5}
    path = tmp_path / "w.safetensors"
    written = set()
    for _ in range(8):
        weight_files.write(path, weights, optimizer, progress=(2, 1))
        written.add(path.read_bytes())
    assert len(written) == 1
    back, state = weight_files.read(path)
    assert back.keys() == weights.keys()
    assert all(torch.equal(back[name], weights[name]) for name in weights)
    assert state is not None and state["iterations"] == 3
    assert torch.equal(state["slots"]["m"], torch.ones(3))
