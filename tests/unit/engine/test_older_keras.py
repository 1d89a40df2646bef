"""What scripts for TF 2.1 say: taken with its meaning, or refused in words."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch
from torch import nn

from fitstudio.engine import callbacks
from fitstudio.engine.model import Model
from fitstudio.errors import ArgumentError

X = np.random.default_rng(0).normal(size=(8, 3)).astype("f4")
Y = X.sum(1, keepdims=True)


def compiled(*arguments, **keywords) -> Model:
    torch.manual_seed(0)
    model = Model(nn.Linear(3, 1))
    model.compile(*(arguments or ("sgd", "mse", ["mae"])), **keywords)
    return model


def batches():
    while True:
        yield X[:4], Y[:4]
        yield X[4:], Y[4:]


def test_the_fifth_argument_of_compile_may_be_either() -> None:
    for mode in ("temporal", {"output_1": "temporal"}, [None]):
        model = compiled("sgd", "mse", ["mae"], None, mode, ["mape"])
        assert list(model.fit(X, Y, verbose=0).history) == ["loss", "mae", "mape"]
    model = compiled("sgd", "mse", ["mae"], None, ["mape"], "temporal")
    assert list(model.fit(X, Y, verbose=0).history) == ["loss", "mae", "mape"]
    with pytest.raises(ArgumentError, match="no metric called 'tempora'"):
        compiled("sgd", "mse", ["mae"], None, "tempora")


def test_arguments_of_speed_change_nothing() -> None:
    plain = compiled().fit(X, Y, verbose=0).history
    others = {"run_eagerly": True, "target_tensors": None, "distribute": None, "jit_compile": True}
    assert compiled("sgd", "mse", ["mae"], **others).fit(X, Y, verbose=0).history == plain


@pytest.mark.parametrize(("name", "words"), [("target_tensors", "as y"), ("distribute", "device")])
def test_arguments_that_would_do_something_are_refused(name, words) -> None:
    with pytest.raises(ArgumentError, match=f"{name}.*{words}"):
        compiled("sgd", "mse", **{name: object()})


def test_an_unknown_argument_is_one() -> None:
    with pytest.raises(TypeError, match="'metric'"):
        compiled("sgd", "mse", metric=["mae"])


@pytest.mark.parametrize("steps", [2.0, np.float64(2.0), np.int64(2)])
def test_steps_may_be_whole_floats(steps) -> None:
    model = compiled()
    wanted = compiled().fit(X, Y, 4, 2, 0, steps_per_epoch=2, shuffle=False).history
    found = model.fit(
        X, Y, 4, 2, 0, steps_per_epoch=steps, validation_data=(X, Y), validation_steps=steps,
        shuffle=False,
    ).history  # fmt: skip
    assert found["loss"] == wanted["loss"]
    assert len(model.predict(X, 2, steps=steps)) == 4


@pytest.mark.parametrize("steps", [2.5, 0.0, float("nan"), float("inf"), True, "2"])
def test_other_steps_are_refused(steps) -> None:
    with pytest.raises(ArgumentError, match="Steps per epoch must be"):
        compiled().fit(X, Y, verbose=0, steps_per_epoch=steps)


def test_names_of_metrics_are_known_before_fit() -> None:
    model = compiled("sgd", "mse", ["mae", "accuracy"], weighted_metrics=["mae"])
    names = model.metrics_names
    assert names == ["loss", "mae", "accuracy", "weighted_mae"]
    model.fit(X, Y, verbose=0)
    assert model.metrics_names == names
    assert [each.name for each in model.metrics] == ["mae", "accuracy", "mae"]
    assert float(model.metrics[0].result()) > 0
    model.reset_metrics()
    assert float(model.metrics[0].result()) == 0
    assert model.loss == "mse"


def test_generator_methods_are_fit_evaluate_and_predict() -> None:
    wanted = compiled().fit(batches(), steps_per_epoch=2, epochs=2, verbose=0)
    model = compiled()
    found = model.fit_generator(batches(), 2, 2, 0)
    assert found.history == wanted.history
    assert model.evaluate_generator(batches(), 2) == pytest.approx(
        model.evaluate(X, Y, batch_size=4, verbose=0)
    )
    np.testing.assert_allclose(model.predict_generator(batches(), 2), model.predict(X), rtol=1e-6)
    assert model(X).requires_grad
    np.testing.assert_allclose(model(X).detach(), model.predict(X), rtol=1e-6)


def test_summary_counts_what_is_learned() -> None:
    model = Model(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)))
    for weight in model.module[0].parameters():  # pyright: ignore[reportIndexIssue]
        weight.requires_grad = False
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    shown = "\n".join(lines)
    assert "0 (Linear)" in shown
    for words in ("Total params: 21", "Trainable params: 5", "Non-trainable params: 16"):
        assert words in shown


def test_model_checkpoint_saves_every_period(tmp_path) -> None:
    with pytest.warns(FutureWarning, match="period of ModelCheckpoint"):
        saving = callbacks.ModelCheckpoint(
            tmp_path / "{epoch}.safetensors", save_weights_only=True, period=3
        )
    compiled().fit(X, Y, epochs=8, verbose=0, callbacks=[saving])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["3.safetensors", "6.safetensors"]
    again = callbacks.ModelCheckpoint(tmp_path / "x", initial_value_threshold=1.0)
    again.set_state(saving.get_state())
    assert again.get_state() == saving.get_state()
    assert saving.get_state()["epochs"] == 2


def test_best_only_looks_only_at_the_end_of_a_period(tmp_path) -> None:
    with pytest.warns(FutureWarning):
        saving = callbacks.ModelCheckpoint(
            tmp_path / "{epoch}", monitor="loss", save_best_only=True, period=2
        )
    compiled().fit(X, Y, epochs=5, verbose=0, callbacks=[saving])
    assert {each.name for each in tmp_path.iterdir()} <= {"2", "4"}


@pytest.mark.parametrize("period", [0, -1, 1.5, True, "2"])
def test_a_period_that_cannot_be_is_refused(period) -> None:
    with pytest.raises(ArgumentError, match="period of ModelCheckpoint"):
        callbacks.ModelCheckpoint("w", period=period)


def test_model_checkpoint_begins_with_the_newest_file(tmp_path) -> None:
    trained = compiled()
    trained.fit(X, Y, epochs=5, verbose=0)
    for number, moment in ((1, 300), (2, 100)):
        path = tmp_path / f"w-{number}.safetensors"
        trained.save_weights(path)
        os.utime(path, (moment, moment))
        trained.fit(X, Y, epochs=1, verbose=0)
    (tmp_path / "other.safetensors").write_text("not of this name")
    expected = compiled()
    expected.load_weights(tmp_path / "w-1.safetensors")
    with pytest.warns(FutureWarning, match="load_weights"):
        saving = callbacks.ModelCheckpoint(
            tmp_path / "w-{epoch}.safetensors", load_weights_on_restart=True
        )
    model = compiled()
    model.fit(X, Y, initial_epoch=1, epochs=1, verbose=0, callbacks=[saving])
    for mine, theirs in zip(model.module.parameters(), expected.module.parameters(), strict=True):
        assert torch.equal(mine, theirs)

    (tmp_path / "w-9.safetensors").write_text("no weights at all")
    with pytest.raises(ArgumentError, match=r"w-9.*cannot be loaded"):
        compiled().fit(X, Y, verbose=0, callbacks=[saving])


def test_nothing_to_begin_with_is_no_fault(tmp_path) -> None:
    with pytest.warns(FutureWarning):
        saving = callbacks.ModelCheckpoint(
            tmp_path / "none" / "w", save_weights_only=True, load_weights_on_restart=True
        )
    plain = compiled().fit(X, Y, verbose=0).history
    assert compiled().fit(X, Y, verbose=0, callbacks=[saving]).history == plain


@pytest.mark.parametrize("given", [[None], (None,), [[None]], [callbacks.History(), None]])
def test_none_among_callbacks_is_refused(given) -> None:
    for call in (compiled().fit, compiled().evaluate):
        with pytest.raises(ArgumentError, match="callbacks holds None"):
            call(X, Y, verbose=0, callbacks=given)
    with pytest.raises(ArgumentError, match="callbacks holds None"):
        compiled().predict(X, callbacks=given)
    compiled().fit(X, Y, verbose=0, callbacks=None)
    compiled().fit(X, Y, verbose=0, callbacks=[])
