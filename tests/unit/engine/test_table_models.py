"""Models made for tables: what goes where, how members learn, and that each reaches a score."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import fitstudio
from fitstudio.callbacks import LearningRateScheduler
from fitstudio.declared.catalogue.schedules import rate_at
from fitstudio.declared.catalogue.table_models import TABLE_MODELS
from fitstudio.declared.plan.models import plan_model
from fitstudio.declared.task.task import SlotColumn
from fitstudio.engine import architectures, optimizers
from fitstudio.engine.architectures.table_layers import Ensemble, TableEmbedding
from fitstudio.engine.objective.objective import Objective
from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.engine.steps.forward import ForwardWithLosses

COLUMNS = (
    SlotColumn(name="small", role="category", width=2),
    SlotColumn(name="a", role="number"),
    SlotColumn(name="large", role="category", width=12),
    SlotColumn(name="b", role="number"),
)
NAMES = [entry.name for entry in TABLE_MODELS]


def test_numbers_get_waves_and_large_categories_vectors() -> None:
    plan = plan_model("realmlp", {}, (16,), 3, "softmax", columns=COLUMNS)
    settings = plan.layers[0].settings
    assert settings["numbers"] == [2, 15]
    assert settings["categories"] == [[3, 12]]
    # Two classes as they are, four for each number, eight for the large category.
    assert plan.layers[0].output_shape == (2 + 2 * 4 + 8,)
    module = architectures.build(plan)
    first = module[0]
    assert isinstance(first, TableEmbedding)
    x = torch.zeros(2, 16)
    x[:, 1], x[:, 2], x[0, 3 + 5], x[1, 3 + 11] = 1.0, 0.5, 1.0, 1.0
    out = first(x)
    assert out[:, :2].tolist() == [[0.0, 1.0]] * 2, "what was plain is as it was"
    assert out[:, 2].tolist() == [0.5] * 2, "a number is itself and three more"
    assert out[0, -8:].equal(first.vectors[0][5]) and out[1, -8:].equal(first.vectors[0][11])


def test_arrays_are_numbers_and_categories_alone_need_no_waves() -> None:
    assert plan_model("realmlp", {}, (4, 3), 1, "linear").layers[1].settings["numbers"] == list(
        range(12)
    )
    only = (SlotColumn(name="c", role="category", width=3),)
    plan = plan_model("realmlp", {}, (3,), 1, "linear", columns=only)
    assert plan.layers[0].op == "feature_scale"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("activation", ["softmax", "linear"])
def test_the_module_is_the_plan(name, activation) -> None:
    plan = plan_model(name, {}, (16,), 3, activation, columns=COLUMNS)
    module = architectures.build(plan)
    assert architectures.count_parameters(module) == plan.parameters
    answers = module.eval()(torch.rand(5, 16))
    assert answers.shape == (5, 3) and torch.isfinite(answers).all()
    same = architectures.build(plan).state_dict()
    assert all(same[key].equal(value) for key, value in module.state_dict().items())


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "mean_squared_error"])
def test_each_member_learns_by_itself_and_all_answer_together(loss) -> None:
    classes = loss.startswith("sparse")
    plan = plan_model("tabm", {"members": 4, "dropout": 0.0}, (3,), 2, "softmax")
    module = architectures.build(plan)
    assert isinstance(module, Ensemble)
    x = torch.rand(6, 3)
    y = torch.tensor([0, 1, 1, 0, 1, 0]) if classes else torch.rand(6, 2)
    weights = torch.arange(6.0)
    objective = Objective(loss)
    forward = ForwardWithLosses(module, objective, precision="float32")
    objective.bind_losses(OutputForm.of(module(x)))
    (total,), (answers,) = forward.losses((x,), (y,), (weights,))

    apart = module.answers_apart()
    assert apart is not None and apart.shape == (6, 4, 2)
    own = [objective.losses((apart[:, member],), (y,), (weights,))[0].item() for member in range(4)]
    assert total.item() == pytest.approx(np.mean(own), rel=1e-5)
    assert answers.equal(apart.mean(dim=1))
    module.eval()
    (measured,), _ = forward.losses((x,), (y,), (weights,))
    together = objective.losses((answers,), (y,), (weights,))[0].item()
    assert measured.item() == pytest.approx(together, rel=1e-5)
    assert measured.item() <= total.item() + 1e-6


SMALL = {
    "realmlp": {"units": [32, 32]},
    "tabm": {"units": [32], "members": 4},
    "residual_mlp": {"blocks": 2, "width": 32, "inner_width": 32},
    "ft_transformer": {"blocks": 2, "width": 32, "heads": 4},
}


@pytest.mark.parametrize("name", NAMES)
def test_each_learns_what_no_line_can_tell_apart(name) -> None:
    """The sign of a product: a linear model tells half of the rows right."""
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 3)).astype("f4")
    y = (x[:, 0] * x[:, 1] > 0).astype("i8")
    plan = plan_model(name, SMALL[name], (3,), 2, "softmax")
    model = fitstudio.Model(architectures.build(plan, seed=1))
    rate = 0.005
    model.compile(
        optimizer=optimizers.get("adamw", {"learning_rate": rate, "beta_2": 0.95}),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    cycles = {"schedule": "cosine_cycles", "cycles": 2}
    schedule = LearningRateScheduler(lambda epoch: rate_at(cycles, epoch, rate, 24))
    model.fit(x[:300], y[:300], epochs=24, verbose=0, callbacks=[schedule], seed=1)
    found = model.evaluate(x[300:], y[300:], verbose=0, return_dict=True)
    assert found["accuracy"] >= 0.9
