"""The calls of Model beyond the recorded cases: single batches, data of every kind, refusals."""

from __future__ import annotations

import gc
import inspect
import warnings
import weakref

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from fitstudio import Model, Sequence, callbacks
from fitstudio.errors import ArgumentError, FitStudioError, NotCompiledError
from tests.keras_signature import KERAS_FIT

RANDOM = np.random.default_rng(1)
X = RANDOM.standard_normal((20, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], dtype="float32") + 0.3


def linear(inputs: int = 3, outputs: int = 1, loss="mse", **arguments) -> Model:
    torch.manual_seed(0)
    model = Model(nn.Linear(inputs, outputs))
    model.compile("sgd", loss, **arguments)
    return model


def test_the_signature_is_the_references():
    parameters = list(inspect.signature(Model.fit).parameters.values())[1:]
    reference = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    assert [(p.name, p.default) for p in reference] == list(KERAS_FIT.items())


# -- one batch at a time


def test_train_on_batch_is_one_step_of_fit():
    one, other = linear(metrics=["mae"]), linear(metrics=["mae"])
    history = one.fit(X, Y, batch_size=20, shuffle=False, epochs=2, verbose=0).history
    first = other.train_on_batch(X, Y)
    second = other.train_on_batch(X, Y, return_dict=True)
    assert first == [history["loss"][0], history["mae"][0]]
    assert second == {"loss": history["loss"][1], "mae": history["mae"][1]}
    assert torch.equal(one.module.weight, other.module.weight)


def test_numbers_of_batches_can_add_up():
    model = linear(metrics=["mae"])
    model.module.requires_grad_(False)
    expected = model.evaluate(X, Y, verbose=0)
    model.test_on_batch(X[:5], Y[:5])
    assert model.test_on_batch(X[5:], Y[5:], reset_metrics=False) == pytest.approx(expected)
    model.train_on_batch(X[:5], Y[:5])
    assert model.train_on_batch(X[5:], Y[5:], reset_metrics=False) == pytest.approx(expected)
    assert model.test_on_batch(X, Y) == pytest.approx(expected)


def test_predict_on_batch():
    model = linear()
    assert np.array_equal(model.predict_on_batch(X), model.predict(X))
    assert model.predict(torch.tensor(X)).shape == (20, 1)


# -- data of every kind


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x.astype("float64"),
        lambda x: x.astype(">f8"),
        lambda x: x.tolist(),
        lambda x: np.asfortranarray(x),
        lambda x: x[::-1].copy()[::-1],
        lambda x: torch.tensor(x, requires_grad=True),
        lambda x: x.astype(object),
        lambda x: np.broadcast_to(x, x.shape),
    ],
    ids=["float64", "big-endian", "lists", "fortran", "reversed", "tensor", "objects", "read-only"],
)
def test_the_same_numbers_give_the_same_training(convert):
    expected = linear().fit(X, Y, batch_size=6, shuffle=False, verbose=0).history
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = linear().fit(convert(X), convert(Y), batch_size=6, shuffle=False, verbose=0)
    assert got.history["loss"] == pytest.approx(expected["loss"], rel=1e-6)


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "bool"])
def test_whole_numbers_become_floats_where_the_module_wants_them(kind):
    x = (np.abs(X) * 3).astype(kind)
    expected = linear().fit(x.astype("float32"), Y, shuffle=False, verbose=0).history
    assert linear().fit(x, Y, shuffle=False, verbose=0).history == expected


@pytest.mark.parametrize("kind", ["uint8", "int32", "int64"])
def test_whole_numbers_stay_where_the_module_looks_them_up(kind):
    tokens = (np.arange(20) % 7).astype(kind)
    model = Model(nn.Sequential(nn.Embedding(7, 4), nn.Linear(4, 1)))
    model.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match="out of range"):
        model.fit(tokens + 1, Y, verbose=0)
    assert model.fit(tokens, Y, verbose=0).epoch == [0]


def test_a_float64_model_computes_in_double():
    model = Model(nn.Linear(3, 1).double())
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(X, Y, sample_weight=np.ones(20), verbose=0)
    assert model.predict(X).dtype == np.float64


def test_lazy_modules_learn_their_shape():
    model = Model(nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1)))
    model.compile("adam", "mse")
    assert model.fit(X, Y, verbose=0).epoch == [0]


def test_an_optional_input_may_be_left_out():
    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 1)

        def forward(self, x, mask=None):
            return self.layer(x if mask is None else x * mask)

    model = Model(Masked())
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.fit([X, np.ones_like(X)], Y, verbose=0)
    model.fit({"x": X, "mask": np.ones_like(X)}, Y, verbose=0)


def test_evaluate_and_predict_read_every_source():
    class Chunks(Sequence):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return X[5 * index : 5 * index + 5], Y[5 * index : 5 * index + 5]

    model = linear(metrics=["mae"])
    numbers, outputs = model.evaluate(X, Y, verbose=0), model.predict(X)
    loader = DataLoader(TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size=6)
    for make in (Chunks, lambda: loader, lambda: iter(Chunks())):
        assert model.evaluate(make(), verbose=0) == pytest.approx(numbers, rel=1e-6)
        assert model.predict(make()) == pytest.approx(outputs, rel=1e-6)
    assert len(model.predict(Chunks(), steps=2)) == 10
    with pytest.warns(UserWarning, match="ran out of data"):
        assert len(model.predict(Chunks(), steps=9)) == 20


def test_a_sequence_written_for_the_reference_is_one():
    class Theirs:
        ended = 0

        def __len__(self):
            return 4

        def __getitem__(self, index):
            return X[5 * index : 5 * index + 5], Y[5 * index : 5 * index + 5]

        def on_epoch_end(self):
            self.ended += 1

    source = Theirs()
    model = linear()
    model.fit(source, epochs=2, verbose=0, workers=2)
    assert source.ended == 2
    assert model.optimizer.iterations == 8


def test_predict_keeps_the_form_of_the_outputs():
    class Two(nn.Module):
        def __init__(self, form):
            super().__init__()
            self.layer, self.form = nn.Linear(3, 2), form

        def forward(self, x):
            left, right = self.layer(x).split(1, 1)
            return {"b": left, "a": right} if self.form == "dict" else (left, right)

    assert list(Model(Two("dict")).predict(X)) == ["a", "b"]
    assert [part.shape for part in Model(Two("tuple")).predict(X)] == [(20, 1), (20, 1)]


# -- what a callback may do in the middle


def test_evaluating_in_a_batch_hook_disturbs_nothing():
    class Peek(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate(X, Y, verbose=0)
            self.model.predict(X[:3])

    def train(*chosen):
        torch.manual_seed(0)
        model = Model(nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 1)))
        model.compile("adam", "mse", metrics=["mae"])
        return model.fit(X, Y, epochs=3, batch_size=6, seed=3, verbose=0, callbacks=list(chosen))

    assert train(Peek()).history == train().history


def test_freezing_a_layer_in_a_hook_takes_effect():
    class Freeze(callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.module.weight.requires_grad_(False)
                self.before = self.model.module.weight.detach().clone()

    freeze = Freeze()
    model = linear()
    model.fit(X, Y, epochs=3, batch_size=4, callbacks=[freeze], verbose=0)
    assert torch.equal(model.module.weight, freeze.before)


def test_an_error_in_a_hook_passes_unchanged_and_leaves_a_usable_model():
    class Break(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise ZeroDivisionError("mine")

    model = linear()
    with pytest.raises(ZeroDivisionError, match="mine"):
        model.fit(X, Y, callbacks=[Break()], verbose=0)
    assert model.batch_rows(0, 0) is not None
    assert model.fit(X, Y, verbose=0).epoch == [0]


def test_data_are_let_go_after_fit():
    x = np.ones((20, 3), dtype="float64")
    model = linear()
    gone = weakref.ref(x)
    model.fit(x, Y, validation_split=0.2, verbose=0)
    del x
    gc.collect()
    assert gone() is None


def test_micro_batches_give_the_same_training():
    def train(size):
        torch.manual_seed(0)
        model = Model(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)))
        model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
        weights = np.linspace(0.2, 2, 20)
        history = model.fit(
            X,
            Y,
            batch_size=8,
            epochs=3,
            sample_weight=weights,
            seed=1,
            verbose=0,
            micro_batch_size=size,
        )
        return history.history, model.predict(X)

    (expected, outputs), (got, parts) = train(None), train(3)
    for name, values in expected.items():
        assert got[name] == pytest.approx(values, rel=1e-5)
    assert parts == pytest.approx(outputs, rel=1e-4, abs=1e-6)


# -- refusals


class Samples(Dataset):
    def __getitem__(self, index):
        return X[index], Y[index]

    def __len__(self):
        return 20


def batches(*parts):
    yield parts


REFUSED = {
    "x is text": ({"x": "hello", "y": Y}, "x is text"),
    "text in x": ({"x": np.array([["a"] * 3] * 20), "y": Y}, "x holds text"),
    "text in y": ({"y": ["a"] * 20}, "y holds text"),
    "text in weights": ({"sample_weight": ["a"] * 20}, "sample_weight holds text"),
    "x a number": ({"x": 3.0}, "x is a float"),
    "x a function": ({"x": batches}, "Call it: batches"),
    "x a torch Dataset": ({"x": Samples(), "y": None}, "DataLoader"),
    "no array": ({"x": []}, "1 input .*0 arrays"),
    "features": ({"x": X[:, :2]}, r"shape \(20, 2\)"),
    "rows": ({"y": Y[:7]}, "cardinality.*x has 20; y has 7"),
    "rows of weights": ({"sample_weight": np.ones(7)}, "sample_weight has 7"),
    "weights' shape": ({"sample_weight": np.ones((20, 3))}, r"\(20, 3\)"),
    "targets' shape": ({"y": np.ones((20, 3, 3))}, r"\(20, 3, 3\)"),
    "no targets": ({"y": None}, "y is missing"),
    "epochs True": ({"epochs": True}, "Epochs must be a whole number"),
    "epochs text": ({"epochs": "3"}, "Epochs .*not '3'"),
    "batch_size": ({"batch_size": 2.5}, "Batch size must be a whole number, 1 or more"),
    "shuffle": ({"shuffle": "rows"}, r"\(shuffle\) must be true, false"),
    "verbose": ({"verbose": 3}, r"\(verbose\) must be 0"),
    "split": ({"validation_split": 1.0}, r"\(validation_split\) must be a number, 0 or more"),
    "split NaN": ({"validation_split": float("nan")}, r"\(validation_split\) .*not nan"),
    "split empties": ({"validation_split": 0.99}, "validation_split=0.99 of 20.*training"),
    "freq": ({"validation_freq": 1.5}, "validation_freq"),
    "freq 0 in a list": ({"validation_freq": [0, 1]}, r"\(validation_freq\) .*number 1: it must"),
    "validation_data": ({"validation_data": (X,)}, "validation_data should be"),
    "validation_data dict": ({"validation_data": {"x": X}}, "validation_data should be"),
    "validation rows": ({"validation_data": (X, Y[:3])}, "cardinality"),
    "validation shape": ({"validation_data": (X[:, :2], Y)}, "x does not fit"),
    "class_weight list": ({"class_weight": [1, 2]}, "class_weight should be a dict"),
    "class_weight keys": ({"class_weight": {1: 1.0, 2: 1.0}}, "0 to 1 without a gap"),
    "class_weight values": ({"class_weight": {0: "a"}}, "class_weight should hold numbers"),
    "callback class": ({"callbacks": [callbacks.History]}, r"Write History\(\)"),
    "callback": ({"callbacks": 3}, "no callback"),
    "workers": ({"workers": -1}, r"\(workers\) must be a whole number from 0 to 256"),
    "max_queue_size": ({"max_queue_size": 0}, r"\(max_queue_size\) must be a whole number from 1"),
    "use_multiprocessing": (
        {"use_multiprocessing": "yes"},
        r"\(use_multiprocessing\) must be true or false",
    ),
    "validation_steps": (
        {"validation_steps": 0},
        r"\(validation_steps\) must be a whole number, 1",
    ),
    "seed": ({"seed": -1}, "Seed must be a whole number from 0"),
    "four parts": ({"x": batches(X, Y, Y, Y), "y": None}, "4 parts"),
    "no parts": ({"x": batches(), "y": None}, "0 parts"),
    "rows in a batch": ({"x": batches(X, Y[:3]), "y": None}, "cardinality"),
    "empty generator": ({"x": iter(()), "y": None}, "no batch"),
    "empty batch": ({"x": batches(X[:0], Y[:0]), "y": None}, "no rows"),
    "None for a batch": ({"x": iter([None]), "y": None}, "gave None"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_and_changes_nothing(name):
    arguments, words = REFUSED[name]
    model = linear(metrics=["mae"])
    before = model.get_weights()
    with pytest.raises(ArgumentError, match=words):
        model.fit(**{"x": X, "y": Y, "verbose": 0} | arguments)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert model.fit(X, Y, verbose=0).epoch == [0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"loss": "no_such"}, "no_such"),
        ({"loss": "mse", "metrics": ["maee"]}, "mae"),
        ({"loss": "mse", "optimizer": "adamm"}, "adam"),
        ({"loss": "mse", "sample_weight_mode": "rows"}, "sample_weight_mode"),
        ({"loss": "mse", "precision": "float8"}, "precision"),
    ],
)
def test_compile_refuses_what_does_not_exist(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        Model(nn.Linear(1, 1)).compile(**arguments)


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_before_compile(method):
    with pytest.raises(NotCompiledError, match=rf"compiled before {method}"):
        getattr(Model(nn.Linear(3, 1)), method)(X, Y)


def test_a_model_needs_a_module():
    with pytest.raises(ArgumentError, match="torch module"):
        Model(nn.Linear)  # type: ignore[arg-type]


def test_every_refusal_can_be_told_in_full():
    with pytest.raises(FitStudioError) as caught:
        linear().fit(X, Y[:3], verbose=0)
    told = caught.value.to_json()
    assert told["code"] == "fit.cardinality"
    assert {"message", "remedy", "safe"} <= set(told)
