"""What the form offers is what the engine has: the same names, settings and defaults."""

from __future__ import annotations

import inspect

import pytest
import torch

from fitstudio.declared.catalogue.entries import CALLBACKS, LOSSES, METRICS, MODELS, OPTIMIZERS
from fitstudio.declared.catalogue.losses import output_activation
from fitstudio.declared.catalogue.measured_names import metric_name
from fitstudio.declared.plan.models import plan_model
from fitstudio.engine import callbacks, losses, metrics, optimizers
from fitstudio.engine.architectures import build
from fitstudio.engine.architectures.layers import ACTIVATIONS


def name_of(entry) -> str:
    return entry.name


def signature_defaults(made: type) -> dict[str, object]:
    """Defaults of a class's arguments, those of its bases that it passes on included."""
    found: dict[str, object] = {}
    for each in reversed(made.__mro__):
        if "__init__" in vars(each):
            for parameter in inspect.signature(each.__init__).parameters.values():
                found[parameter.name] = parameter.default
    return found


def check_defaults(entry, made: type, *, without: tuple[str, ...] = ()) -> None:
    taken = signature_defaults(made)
    for param in entry.params:
        if param.name in without:
            continue
        assert param.name in taken, f"{entry.name} has no {param.name}"
        default = taken[param.name]
        if default is not inspect.Parameter.empty and param.default is not None:
            assert default == param.default, param.name


@pytest.mark.parametrize("entry", OPTIMIZERS.values(), ids=name_of)
def test_optimizers(entry) -> None:
    made = optimizers.get(entry.name)
    check_defaults(entry, type(made))
    assert float(made.learning_rate) == entry.defaults()["learning_rate"]
    settings = {param.name: param.default for param in entry.params if param.default is not None}
    optimizers.get({"name": entry.name, **settings})


@pytest.mark.parametrize("entry", LOSSES.values(), ids=name_of)
def test_losses(entry) -> None:
    for name in (entry.name, *entry.aliases):
        assert losses.get(name) is not None
    check_defaults(entry, type(losses.get(entry.name)))
    losses.get(entry.name, entry.defaults())
    for target in entry.suits:
        assert output_activation(entry.name, target) in ACTIVATIONS | {"linear": None}


@pytest.mark.parametrize("entry", METRICS.values(), ids=name_of)
def test_metrics(entry) -> None:
    item = {"kind": entry.name, **entry.starts_with} if entry.starts_with else entry.name
    made = metrics.get(item, output_shape=(8, 3), target_shape=(8,))
    assert made.name == metric_name(item)
    if entry.params:
        settings = entry.defaults() | dict(entry.starts_with)
        made = metrics.get({"kind": entry.name, **settings})
        assert made.name == metric_name({"kind": entry.name})


@pytest.mark.parametrize("entry", CALLBACKS.values(), ids=name_of)
def test_callbacks(entry) -> None:
    made = getattr(callbacks, entry.name)
    # The plan of a schedule is data here and a function there.
    own = ("schedule", "factor", "every", "final", "warmup", "table", "cycles")
    check_defaults(entry, made, without=own if entry.name == "LearningRateScheduler" else ())


@pytest.mark.parametrize("entry", MODELS.values(), ids=name_of)
@pytest.mark.parametrize("shape", [(16,), (16, 2), (16, 16), (16, 16, 2)], ids=str)
def test_models_have_the_weights_and_shapes_of_their_plan(entry, shape) -> None:
    plan = plan_model(entry.name, {}, shape, 3, "softmax")
    if not plan.ok:
        # A picture has two axes at least.
        assert entry.finds_patterns and not entry.along_a_line
        assert len(shape) < 3
        return
    module = build(plan)
    learned = sum(each.numel() for each in module.parameters() if each.requires_grad)
    assert learned == plan.parameters
    with torch.no_grad():
        assert tuple(module(torch.zeros(4, *shape)).shape) == (4, *plan.output_shape)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("mlp", {"batch_norm": True, "dropout": 0.3, "activation": "gelu"}),
        ("cnn1d", {"padding": "valid", "strides": 2, "global_pool": "average", "pool": 1}),
        ("cnn2d", {"batch_norm": True, "global_pool": "max"}),
        ("lstm", {"units": [5, 4], "bidirectional": True, "dense_units": [3]}),
        ("gru", {"return_sequences": True}),
    ],
)
def test_settings_of_models_count_the_same_weights(kind, settings) -> None:
    shape = (16, 16, 2) if kind == "cnn2d" else (32, 3)
    plan = plan_model(kind, settings, shape, 2, "linear")
    assert plan.ok, plan.findings
    module = build(plan)
    learned = sum(each.numel() for each in module.parameters() if each.requires_grad)
    assert learned == plan.parameters
    with torch.no_grad():
        assert tuple(module(torch.zeros(4, *shape)).shape) == (4, *plan.output_shape)


@pytest.mark.parametrize("entry", METRICS.values(), ids=name_of)
def test_metrics_get_better_the_way_they_say(entry) -> None:
    truth, good, bad = _answers(next(iter(sorted(entry.suits))))
    item = {"kind": entry.name, **entry.starts_with} if entry.starts_with else entry.name

    def measured(answers: torch.Tensor) -> float:
        metric = metrics.get(item, output_shape=answers.shape, target_shape=truth.shape)
        metric.update(truth, answers, None)
        return float(torch.as_tensor(metric.result()).mean())

    assert (measured(good) > measured(bad)) is entry.higher_is_better


def _answers(encoding: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Targets of one encoding, with good answers and with bad ones."""
    draw = torch.Generator().manual_seed(3)
    if encoding == "number":
        truth = torch.rand(64, 3, generator=draw) * 4 + 1
        return truth, truth * 1.05, truth.roll(1, dims=1) * 2
    classes = 2 if encoding == "binary" else 8
    labels = torch.randint(classes, (64,), generator=draw)
    if encoding == "binary":
        truth = labels[:, None].float()
        return truth, 0.1 + 0.8 * truth, 0.9 - 0.8 * truth
    columns = torch.nn.functional.one_hot(labels, classes).float()
    good = 0.02 + 0.86 * columns
    bad = good.roll(4, dims=1).softmax(1) - 0.1 * columns
    return (labels if encoding == "index" else columns), good, bad / bad.sum(1, keepdim=True)
