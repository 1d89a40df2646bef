"""The optimisers that can be chosen, with the reference's settings and defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.param import Entry, Level, Param, by_name
from fitstudio.declared.kinds.values import Flag, Kind, Real
from fitstudio.words import marked

_POSITIVE = Real(minimum=0.0, open_minimum=True)
_DECAY = Real(minimum=0.0, maximum=1.0, open_maximum=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class OptimizerEntry(Entry):
    """An optimizer.

    Args:
        high_rate: Above this rate its steps overshoot, for inputs scaled to mean 0 and spread 1.
    """

    high_rate: float = 0.1


def _setting(
    name: str,
    kind: Kind,
    default: Any,
    title: str,
    sentence: str,
    *,
    unset: str = "",
    level: Level = Level.ADVANCED,
) -> Param:
    return Param(
        section="compile",
        name=name,
        kind=kind,
        default=default,
        title=title,
        help=sentence,
        unset=unset,
        level=level,
    )


def _learning_rate(default: float) -> Param:
    return _setting(
        "learning_rate",
        Real(minimum=0.0, maximum=1_000.0),
        default,
        marked("Learning rate"),
        marked("How far the weights move in one step."),
        level=Level.BASIC,
    )


def _epsilon() -> Param:
    return _setting(
        "epsilon",
        Real(minimum=0.0),
        1e-7,
        marked("Epsilon"),
        marked("A small number that keeps a division from exploding."),
        level=Level.EXPERT,
    )


def _beta(name: str, default: float, sentence: str) -> Param:
    return _setting(name, _DECAY, default, name.replace("_", " ").capitalize(), sentence)


_CLIPPING = (
    _setting(
        "clipnorm",
        _POSITIVE,
        None,
        marked("Clip by length"),
        marked("Gradients longer than this are shortened to it, each weight array by itself."),
        unset=marked("off"),
    ),
    _setting(
        "clipvalue",
        _POSITIVE,
        None,
        marked("Clip by value"),
        marked("Each number of a gradient is kept between minus and plus this."),
        unset=marked("off"),
    ),
    _setting(
        "global_clipnorm",
        _POSITIVE,
        None,
        marked("Clip all by length"),
        marked("All gradients together are shortened to this length."),
        unset=marked("off"),
        level=Level.EXPERT,
    ),
)
_BETAS = (
    _beta(
        "beta_1",
        0.9,
        marked("How slowly the running mean of the gradient forgets: near 1 is slow."),
    ),
    _beta(
        "beta_2",
        0.999,
        marked("How slowly the running mean of its square forgets: near 1 is slow."),
    ),
)


def _optimizer(
    name: str,
    title: str,
    sentence: str,
    rate: float,
    *params: Param,
    more: str = "",
    high_rate: float = 0.1,
) -> OptimizerEntry:
    return OptimizerEntry(
        name=name,
        title=title,
        help=sentence,
        more=more,
        high_rate=high_rate,
        params=(_learning_rate(rate), *params, *_CLIPPING),
    )


OPTIMIZERS = by_name(
    _optimizer(
        "adam",
        marked("Adam"),
        marked("Good first choice for most data"),
        0.001,
        *_BETAS,
        _epsilon(),
        _setting(
            "amsgrad",
            Flag(),
            False,
            marked("AMSGrad"),
            marked("Whether steps never grow again once the gradient was large."),
            level=Level.EXPERT,
        ),
        more=marked("Each weight gets a step size of its own from running means of its gradient."),
    ),
    _optimizer(
        "adamw",
        marked("AdamW"),
        marked("Adam that also keeps weights small"),
        0.001,
        _setting(
            "weight_decay",
            Real(minimum=0.0, maximum=10.0),
            0.004,
            marked("Weight decay"),
            marked(
                "The part of each weight that is taken away in a step, times the learning rate."
            ),
        ),
        *_BETAS,
        _epsilon(),
        _setting(
            "amsgrad",
            Flag(),
            False,
            marked("AMSGrad"),
            marked("Whether steps never grow again once the gradient was large."),
            level=Level.EXPERT,
        ),
        more=marked("Small weights generalise better when there are few rows for many weights."),
    ),
    _optimizer(
        "sgd",
        marked("SGD"),
        marked("Plain steps downhill; needs a tuned rate"),
        0.01,
        _setting(
            "momentum",
            _DECAY,
            0.0,
            marked("Momentum"),
            marked("How much of the last step is kept in the next; 0.9 is usual."),
        ),
        _setting(
            "nesterov",
            Flag(),
            False,
            marked("Nesterov"),
            marked("Whether momentum looks one step ahead."),
            level=Level.EXPERT,
        ),
        more=marked(
            "Stochastic gradient descent. With momentum 0.9 and a schedule of the rate it "
            "often ends in the best model, after the longest search for the rate."
        ),
        high_rate=1.0,
    ),
    _optimizer(
        "rmsprop",
        marked("RMSprop"),
        marked("Steps scaled by recent gradients"),
        0.001,
        _setting(
            "rho",
            _DECAY,
            0.9,
            marked("Rho"),
            marked("How slowly the mean of squared gradients forgets."),
        ),
        _setting(
            "momentum",
            _DECAY,
            0.0,
            marked("Momentum"),
            marked("How much of the last step is kept."),
        ),
        _epsilon(),
        _setting(
            "centered",
            Flag(),
            False,
            marked("Centred"),
            marked("Whether the variance of the gradient scales the step, not its square."),
            level=Level.EXPERT,
        ),
        more=marked("The reference's own default; often used for recurrent networks."),
    ),
    _optimizer(
        "nadam",
        marked("Nadam"),
        marked("Adam with a look ahead"),
        0.001,
        *_BETAS,
        _epsilon(),
        more=marked("Adam with Nesterov's momentum."),
    ),
    _optimizer(
        "adamax",
        marked("Adamax"),
        marked("Adam that is calm about rare large gradients"),
        0.001,
        *_BETAS,
        _epsilon(),
        more=marked("Adam scaled by the largest recent gradient."),
    ),
    _optimizer(
        "adagrad",
        marked("Adagrad"),
        marked("Steps that shrink; for rare inputs"),
        0.001,
        _setting(
            "initial_accumulator_value",
            Real(minimum=0.0),
            0.1,
            marked("Starting sum"),
            marked("What the sum of squared gradients starts from."),
            level=Level.EXPERT,
        ),
        _epsilon(),
        more=marked("Weights that were changed often move less and less."),
    ),
    _optimizer(
        "adadelta",
        marked("Adadelta"),
        marked("Steps without a rate to tune"),
        0.001,
        _setting(
            "rho", _DECAY, 0.95, marked("Rho"), marked("How slowly the running means forget.")
        ),
        _epsilon(),
        more=marked(
            "With the reference's learning rate of 0.001 it is slow; the original uses 1.0."
        ),
        high_rate=10.0,
    ),
    _optimizer(
        "ftrl",
        marked("Ftrl"),
        marked("For very many rare inputs"),
        0.001,
        _setting(
            "learning_rate_power",
            Real(maximum=0.0),
            -0.5,
            marked("Power of the rate"),
            marked("How the rate falls with the number of changes; 0 is not at all."),
            level=Level.EXPERT,
        ),
        _setting(
            "initial_accumulator_value",
            Real(minimum=0.0),
            0.1,
            marked("Starting sum"),
            marked("What the sum of squared gradients starts from."),
            level=Level.EXPERT,
        ),
        _setting(
            "l1_regularization_strength",
            Real(minimum=0.0),
            0.0,
            marked("L1 penalty"),
            marked("Pulls weights to exactly 0."),
        ),
        _setting(
            "l2_regularization_strength",
            Real(minimum=0.0),
            0.0,
            marked("L2 penalty"),
            marked("Pulls large weights down."),
        ),
        more=marked(
            "Follow the regularised leader: made for models with millions of inputs, most of "
            "them 0 in each row."
        ),
    ),
)
