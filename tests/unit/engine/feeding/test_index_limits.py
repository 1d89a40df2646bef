"""What would be an assertion inside a GPU's kernel is refused in words before it gets there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fitstudio import Model
from fitstudio.engine.feeding.binding import Binding
from fitstudio.engine.feeding.index_limits import IndexLimit
from fitstudio.errors import ArgumentError

ROWS = 64
TOKENS = np.arange(ROWS * 4).reshape(ROWS, 4) % 10
LABELS = np.arange(ROWS) % 3


@pytest.fixture(autouse=True)
def as_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model trains on the CPU here, and is told that the device can't explain itself."""
    monkeypatch.setattr(Binding, "_cannot_explain", True)


class Words(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(10, 5), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.embed(x).mean(1))


class Columns(Words):
    """Looks up one column of a table only; the others are plain numbers."""

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.embed(x[:, 1]) + x[:, :1])


class Shifted(Words):
    """Computes the tokens, so that they are none of the inputs."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x + 1)


def compiled(module: nn.Module, loss: Any = None, metrics: Any = None) -> Model:
    model = Model(module)
    model.compile("sgd", loss or "sparse_categorical_crossentropy", metrics)
    return model


def spoilt(values: np.ndarray, row: int, wrong: Any, column: int | None = None) -> np.ndarray:
    values = values.copy()
    values[row if column is None else (row, column)] = wrong
    return values


@pytest.mark.parametrize("row", [1, 40])
@pytest.mark.parametrize("wrong", [3, -1])
@pytest.mark.parametrize("source", ["arrays", "generator", "validation"])
def test_a_label_out_of_range_is_named_with_its_row(source: str, wrong: int, row: int) -> None:
    model, labels = compiled(Words()), spoilt(LABELS, row, wrong)
    with pytest.raises(ArgumentError, match=rf"y holds {wrong} in row \d+.*3 classes") as caught:
        if source == "arrays":
            model.fit(TOKENS, labels, batch_size=16, verbose=0)
        elif source == "validation":
            model.fit(TOKENS, LABELS, validation_data=(TOKENS, labels), verbose=0)
        else:
            starts = range(0, ROWS, 16)
            parts = [(TOKENS[i : i + 16], labels[i : i + 16]) for i in starts]
            model.fit(iter(parts), steps_per_epoch=4, verbose=0)
    assert caught.value.code == "fit.label-range"
    if source != "generator":
        assert f"row {row}," in str(caught.value)


@pytest.mark.parametrize("wrong", [3.0, -1.0, np.nan, np.inf])
def test_labels_in_floating_point_are_looked_at_too(wrong: float) -> None:
    labels = spoilt(LABELS.astype(np.float32), 50, wrong)
    with pytest.raises(ArgumentError, match=r"y holds .* in row 50"):
        compiled(Words()).fit(TOKENS, labels, batch_size=16, verbose=0)


@pytest.mark.parametrize("row", [1, 40])
@pytest.mark.parametrize("wrong", [10, -1])
@pytest.mark.parametrize(("module", "column"), [(Words, 3), (Columns, 1)])
def test_a_token_out_of_range_is_named_with_its_row(
    module: type[Words], column: int, wrong: int, row: int
) -> None:
    tokens = spoilt(TOKENS, row, wrong, column)
    with pytest.raises(ArgumentError, match=rf"x holds {wrong} in row {row}.*10 rows") as caught:
        compiled(module()).fit(tokens, LABELS, batch_size=16, verbose=0)
    assert caught.value.code == "fit.token-range"
    with pytest.raises(ArgumentError, match=f"row {row}"):
        compiled(module()).predict(tokens, batch_size=16)


def test_other_columns_of_a_table_hold_what_they_like() -> None:
    compiled(Columns()).fit(spoilt(TOKENS, 5, 1_000, 0), LABELS, batch_size=16, verbose=0)


def test_tokens_that_the_model_computes_are_looked_at_in_the_first_batch() -> None:
    with pytest.raises(ArgumentError, match="10 rows of the embedding 'embed'"):
        compiled(Shifted()).fit(TOKENS, LABELS, batch_size=16, verbose=0)


def test_a_file_is_looked_at_block_by_block(tmp_path) -> None:
    path = tmp_path / "labels.npy"
    np.save(path, spoilt(LABELS, 40, 7))
    labels = np.load(path, mmap_mode="r")
    for shuffle in (True, False, "batch"):
        with pytest.raises(ArgumentError, match="y holds 7 in row 40"):
            compiled(Words()).fit(TOKENS, labels, batch_size=16, shuffle=shuffle, verbose=0)


def test_a_label_that_the_loss_leaves_out_is_allowed() -> None:
    model = compiled(Words(), nn.CrossEntropyLoss(ignore_index=-100))
    model.fit(TOKENS, spoilt(LABELS, 3, -100), batch_size=16, verbose=0)
    with pytest.raises(ArgumentError, match="holds 5 in row 9"):
        model.fit(TOKENS, spoilt(LABELS, 9, 5), batch_size=16, verbose=0)


def test_data_of_another_kind_in_between_change_no_limit() -> None:
    model = compiled(Words())
    model.fit(TOKENS, LABELS, batch_size=16, verbose=0)
    model.fit(TOKENS, LABELS.astype(np.float32), batch_size=16, verbose=0)
    with pytest.raises(ArgumentError, match="row 40"):
        model.fit(TOKENS, spoilt(LABELS, 40, 3), batch_size=16, verbose=0)


def numbers() -> Iterator[tuple[Tensor, bool]]:
    yield torch.tensor([0, 1, 2]), True
    yield torch.tensor([0, 1, 3]), False
    yield torch.tensor([[0.0, 2.9], [1.0, -0.5]]), False
    yield torch.tensor([], dtype=torch.int64), True
    yield torch.tensor([True, False]), True
    yield torch.tensor([0.0, float("nan")]), False


@pytest.mark.parametrize(("given", "is_fine"), list(numbers()))
def test_limits_of_all_kinds_of_numbers(given: Tensor, is_fine: bool) -> None:
    limit = IndexLimit("y", 3, "classes", "Number them from 0.")
    if is_fine:
        limit.check(given)
    else:
        with pytest.raises(ArgumentError):
            limit.check(given, torch.arange(100, 100 + len(given)))
