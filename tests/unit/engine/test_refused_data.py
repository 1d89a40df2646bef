"""Data and arguments that cannot be trained with are named, with what is wrong and the way out."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
import polars
import pytest
import torch
from torch import nn

from fitstudio.engine.model import Model
from fitstudio.errors import ArgumentError

X = np.random.default_rng(0).normal(size=(33, 3)).astype("f4")
Y = X.sum(1, keepdims=True)


def model_of(*layers: nn.Module, loss: Any = "mse") -> Model:
    torch.manual_seed(0)
    model = Model(nn.Sequential(*(layers or (nn.Linear(3, 1),))))
    model.compile("sgd", loss)
    return model


def normalised() -> Model:
    return model_of(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))


class NA:
    """Like pandas' mark of a missing value."""

    def __repr__(self) -> str:
        return "<NA>"

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


NA.__name__ = "NAType"


@pytest.mark.parametrize("argument", ["x", "y", "sample_weight"])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("n.d.", r"such as 'n\.d\.' in row 2"),
        (None, "holds None where numbers are wanted, 1 in all; the first is in row 2"),
        (NA(), "holds <NA> where numbers are wanted, 1 in all; the first is in row 2"),
        ([1.0, 2.0], "rows have different lengths"),
    ],
    ids=["word", "None", "NA", "ragged"],
)
def test_the_value_that_is_no_number_is_named(argument, bad, words) -> None:
    data = {"x": X.astype(object), "y": Y[:, 0].astype(object), "sample_weight": np.ones(33, "O")}
    data[argument][(2, 1) if argument == "x" else 2] = bad
    with pytest.raises(ArgumentError, match=f"{argument} .*{words}"):
        model_of().fit(**data, verbose=0)


def test_the_word_among_texts_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"x holds text, such as 'n\.d\.' in row 1"):
        model_of().fit([["0.5", "1", "2"], ["0.5", "n.d.", "2"]], [0.0, 1.0], verbose=0)


def test_a_table_with_a_word_names_it() -> None:
    table = polars.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0], "c": ["0.5", "cat"]})
    with pytest.raises(ArgumentError, match=r"'cat' in row 1"):
        model_of().fit(table, [0.0, 1.0], verbose=0)


@pytest.mark.parametrize("argument", ["y", "sample_weight"])
@pytest.mark.parametrize("source", ["arrays", "generator"])
def test_complex_numbers_are_refused(argument, source) -> None:
    data = {"x": X, "y": Y, "sample_weight": np.ones(33)}
    data[argument] = data[argument] * 1j
    with pytest.raises(ArgumentError, match=f"{argument} holds complex numbers"):
        if source == "arrays":
            model_of().fit(**data, verbose=0)
        else:
            model_of().fit(iter([tuple(data.values())]), verbose=0)


def test_complex_inputs_are_for_models_that_take_them() -> None:
    with pytest.raises(ArgumentError, match="x holds complex numbers"):
        model_of().fit(X * 1j, Y, verbose=0)

    class Sizes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = nn.Linear(3, 1)

        def forward(self, x):
            return self.line(x.abs().float())

    assert np.isfinite(model_of(Sizes()).fit(X * 1j, Y, verbose=0).history["loss"][0])


@pytest.mark.parametrize("given", [np.array([2.0, 1.0]), [2.0, 1.0], 3, "balanced"])
def test_class_weight_that_is_no_dict(given) -> None:
    for method in (model_of().fit, model_of().train_on_batch):
        with pytest.raises(ArgumentError, match="class_weight should be a dict"):
            method(X, Y > 0, class_weight=given)


def test_class_weights_by_output_or_without_a_number() -> None:
    with pytest.raises(ArgumentError, match="class_weight gives weights by output"):
        model_of().fit(X, Y > 0, class_weight={"a": {0: 1.0, 1: 2.0}, "b": {0: 1.0}}, verbose=0)
    with pytest.raises(ArgumentError, match="class_weight should hold numbers"):
        model_of().fit(X, Y > 0, class_weight={0: 1.0, 1: float("nan")}, verbose=0)


@pytest.mark.parametrize("weights", ["a", ["a"], 2.0 + 1j])
def test_loss_weights_that_are_no_numbers(weights) -> None:
    model = Model(nn.Linear(3, 1))
    model.compile("sgd", "mse", loss_weights=weights)
    with pytest.raises(ArgumentError, match="loss_weights should be"):
        model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("argument", ["x", "y", "validation_data"])
def test_a_closed_file_is_named(argument, tmp_path) -> None:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = X, Y
    with h5py.File(tmp_path / "data.h5") as file:
        closed = {"x": file["x"], "y": file["y"], "validation_data": (file["x"], Y)}[argument]
    with pytest.raises(ArgumentError, match="an h5py dataset whose file is closed"):
        model_of().fit(**{"x": X, "y": Y, argument: closed}, verbose=0)


# -- losses for classes


@pytest.mark.parametrize(
    "loss",
    [
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_hinge",
        "kl_divergence",
        {"kind": "categorical_crossentropy", "from_logits": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("ending", [nn.Sigmoid(), nn.Softmax(-1)], ids=repr)
def test_one_unit_is_no_choice_of_classes(loss, ending) -> None:
    y = np.arange(33) % 2 if "sparse" in str(loss) else (np.arange(33) % 2)[:, None]
    model = model_of(nn.Linear(3, 1), ending, loss=loss)
    for method in (model.fit, model.evaluate):
        with pytest.raises(ArgumentError, match=r"one unit.*binary_crossentropy"):
            method(X, y, verbose=0)


def test_a_softmax_over_one_unit_is_no_probability() -> None:
    model = model_of(nn.Linear(3, 1), nn.Softmax(-1), loss="binary_crossentropy")
    with pytest.raises(ArgumentError, match="softmax over one unit"):
        model.fit(X, np.arange(33) % 2, verbose=0)


def test_class_numbers_are_whole() -> None:
    model = model_of(nn.Linear(3, 2), nn.Softmax(-1), loss="sparse_categorical_crossentropy")
    with pytest.raises(ArgumentError, match=r"which are whole; y holds 0\.5"):
        model.fit(X, np.full(33, 0.5), verbose=0)


# -- a batch of one row


@pytest.mark.parametrize(
    ("rows", "arguments"),
    [
        (33, {}),
        (33, {"batch_size": 1}),
        (1, {}),
        (41, {"validation_split": 0.2, "batch_size": 31}),
        (33, {"steps_per_epoch": 2, "epochs": 2, "batch_size": 16}),
        (32, {"micro_batch_size": 31}),
        (33, {"shuffle": "batch"}),
    ],
    ids=str,
)
def test_a_batch_of_one_row_is_found_before_training(rows, arguments) -> None:
    model = normalised()
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    x = np.resize(X, (rows, 3))
    with pytest.raises(ArgumentError, match="one row only") as error:
        model.fit(x, x.sum(1), verbose=0, **arguments)
    assert error.value.safe == "Nothing has been trained."
    for name, value in model.module.state_dict().items():
        assert torch.equal(value, before[name])


def test_a_batch_of_one_row_that_is_never_reached_or_never_normalised_is_fine() -> None:
    normalised().fit(X, Y, steps_per_epoch=1, batch_size=32, verbose=0)
    model_of().fit(X, Y, verbose=0)
    normalised().fit(X[:32], Y[:32], validation_data=(X, Y), verbose=0)
    normalised().evaluate(X, Y, verbose=0)


def test_the_batch_size_that_is_named_works() -> None:
    with pytest.raises(ArgumentError, match="such as 33") as error:
        normalised().fit(X, Y, verbose=0)
    assert "33" in str(error.value)
    normalised().fit(X, Y, batch_size=33, verbose=0)


def test_a_source_that_gives_one_row_is_told_of_in_words() -> None:
    source = iter([(X[:32], Y[:32]), (X[32:], Y[32:])])
    with pytest.raises(ArgumentError, match="Batch 2 of epoch 1 has one row only"):
        normalised().fit(source, verbose=0)
