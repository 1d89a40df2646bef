"""Checkpoints: what is saved comes back exactly; damage is noticed before anything is loaded."""

from __future__ import annotations

import errno
import math
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from fitstudio.engine.state import checkpoint, codec
from fitstudio.engine.state.checkpoint import CheckpointWriter, Snapshot
from fitstudio.errors import CheckpointError, StorageError
from fitstudio.storage import ops
from tests.support.faults import FailingOps


def training_state(epoch: int = 0) -> dict:
    generator = torch.Generator().manual_seed(epoch)
    return {
        "weights": {
            "dense_1.layer.weight": torch.rand(4, 3, generator=generator),
            "dense_1.layer.bias": torch.rand(4, generator=generator).to(torch.bfloat16),
        },
        "optimizer": {
            "name": "adam",
            "iterations": 12,
            "moments": [torch.rand(4, 3, generator=generator), torch.tensor(3, dtype=torch.int64)],
        },
        "callbacks": [{"best": math.inf, "wait": 2}, {}],
        "random": {
            "torch": torch.get_rng_state(),
            "numpy": np.arange(5, dtype=np.uint8),
            "python": (3, (1, 2, 3), None),
            "words": b"\x00\xff",
        },
        "numbers": {1: "one", 2: "two"},
    }


def same(left: object, right: object) -> bool:
    if isinstance(left, torch.Tensor):
        return isinstance(right, torch.Tensor) and left.dtype == right.dtype and left.equal(right)
    if isinstance(left, np.ndarray):
        return isinstance(right, np.ndarray) and bool((left == right).all())
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and list(left) == list(right)
            and all(same(left[key], right[key]) for key in left)
        )
    if isinstance(left, (list, tuple)):
        return type(left) is type(right) and len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def save(target: Path, epoch: int = 0, *, keep_as: Path | None = None) -> Path:
    snapshot = Snapshot()
    snapshot.take(training_state(epoch), {"epoch": epoch, "step": 0})
    snapshot.write(target, keep_as=keep_as)
    return target


def test_everything_comes_back_exactly(tmp_path: Path) -> None:
    loaded = checkpoint.load(save(tmp_path / "last", 3))
    assert same(loaded.state, training_state(3))
    assert loaded.facts["epoch"] == 3


def test_the_weights_file_is_plain_safetensors(tmp_path: Path) -> None:
    weights = safetensors.torch.load_file(save(tmp_path / "last") / checkpoint.WEIGHTS)
    assert same(dict(sorted(weights.items())), dict(sorted(training_state()["weights"].items())))
    assert sorted(checkpoint.load_weights(tmp_path / "last")) == sorted(weights)


def test_a_state_without_further_tensors_is_saved_as_well(tmp_path: Path) -> None:
    snapshot = Snapshot()
    state = {"weights": {"empty": torch.zeros(0, 3), "one": torch.tensor(1.5)}}
    snapshot.take(state, {"epoch": 0, "step": 0})
    snapshot.write(tmp_path / "last")
    assert same(checkpoint.load(tmp_path / "last").state, state)


def test_what_cannot_be_saved_is_named() -> None:
    with pytest.raises(TypeError, match=r"set at 'callbacks/0/seen'"):
        codec.take_apart({"callbacks": [{"seen": {1, 2}}]})


def test_59_each_of_300_flipped_bits_is_noticed(tmp_path: Path) -> None:
    folder = save(tmp_path / "last")
    files = sorted(folder.iterdir())
    sizes = [file.stat().st_size for file in files]
    draw = random.Random(59)
    for _ in range(300):
        (file,) = draw.choices(files, weights=sizes)
        content = bytearray(file.read_bytes())
        intact = bytes(content)
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        file.write_bytes(content)
        with pytest.raises(CheckpointError):
            checkpoint.load(folder)
        file.write_bytes(intact)
    assert same(checkpoint.load(folder).state, training_state())


def test_59_cut_and_missing_files_are_noticed(tmp_path: Path) -> None:
    folder = save(tmp_path / "last")
    for file in sorted(folder.iterdir()):
        intact = file.read_bytes()
        for length in (0, 1, len(intact) // 2, len(intact) - 1):
            file.write_bytes(intact[:length])
            with pytest.raises(CheckpointError):
                checkpoint.load(folder)
        file.unlink()
        with pytest.raises(CheckpointError):
            checkpoint.load(folder)
        file.write_bytes(intact)


def test_59_the_next_older_one_is_used_and_said(tmp_path: Path) -> None:
    for epoch in range(3):
        save(tmp_path / "last", epoch, keep_as=tmp_path / "previous")
    found, passed_over = checkpoint.newest(tmp_path)
    assert found is not None and found.facts["epoch"] == 2 and passed_over == []

    for damaged in (checkpoint.WEIGHTS, "manifest.json"):
        copy = tmp_path / f"copy-{damaged}"
        shutil.copytree(tmp_path, copy, ignore=shutil.ignore_patterns("copy-*"))
        (copy / "last" / damaged).write_bytes(b"damaged")
        found, passed_over = checkpoint.newest(copy)
        assert found is not None and found.facts["epoch"] == 1
        assert len(passed_over) == 1 and "'last'" in passed_over[0]


def test_the_end_of_an_epoch_is_newer_than_a_place_within_it(tmp_path: Path) -> None:
    for name, epoch, step in [("last", 2, 0), ("snapshot-0003-000007", 2, 7), ("best", 1, 0)]:
        checkpoint.save(tmp_path / name, training_state(), epoch=epoch, step=step)
    found, _ = checkpoint.newest(tmp_path)
    assert found is not None and found.folder.name == "last"
    shutil.rmtree(tmp_path / "last")
    found, _ = checkpoint.newest(tmp_path)
    assert found is not None and found.folder.name.startswith("snapshot")


def test_newest_of_nothing(tmp_path: Path) -> None:
    assert checkpoint.newest(tmp_path / "missing") == (None, [])


def test_training_may_go_on_while_the_copy_is_written(tmp_path: Path) -> None:
    state = training_state(1)
    writer = CheckpointWriter()
    writer.start(state, {"epoch": 1, "step": 0}, [(tmp_path / "last", None)])
    state["weights"]["dense_1.layer.weight"].zero_()
    assert writer.wait() and writer.problem is None
    assert same(checkpoint.load(tmp_path / "last").state, training_state(1))


def test_7_a_full_disk_keeps_the_old_one_and_can_be_tried_again(tmp_path: Path) -> None:
    save(tmp_path / "last", 0)
    writer = CheckpointWriter()
    with ops.use(FailingOps(3, errno.ENOSPC, lasting=True)):
        writer.start(
            training_state(1), {"epoch": 1, "step": 0}, [(tmp_path / "last", tmp_path / "previous")]
        )
        writer.wait()
    assert isinstance(writer.problem, StorageError) and writer.problem.code == "storage.full"
    assert same(checkpoint.load(tmp_path / "last").state, training_state(0))

    writer.retry()
    assert writer.wait() and writer.problem is None
    assert same(checkpoint.load(tmp_path / "last").state, training_state(1))
    assert same(checkpoint.load(tmp_path / "previous").state, training_state(0))
