"""The optimisers that can be chosen, with the reference's settings and defaults."""

from __future__ import annotations

from typing import Any

from fitstudio.declared.kinds.param import Entry, Level, Param, by_name
from fitstudio.declared.kinds.values import Flag, Kind, Real

_POSITIVE = Real(minimum=0.0, open_minimum=True)
_DECAY = Real(minimum=0.0, maximum=1.0, open_maximum=True)


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
        "Learning rate",
        "How far the weights move in one step.",
        level=Level.BASIC,
    )


def _epsilon() -> Param:
    return _setting(
        "epsilon",
        Real(minimum=0.0),
        1e-7,
        "Epsilon",
        "A small number that keeps a division from exploding.",
        level=Level.EXPERT,
    )


def _beta(name: str, default: float, of: str) -> Param:
    sentence = f"How slowly the running mean of {of} forgets: near 1 is slow."
    return _setting(name, _DECAY, default, name.replace("_", " ").capitalize(), sentence)


_CLIPPING = (
    _setting(
        "clipnorm",
        _POSITIVE,
        None,
        "Clip by length",
        "Gradients longer than this are shortened to it, each weight array by itself.",
        unset="off",
    ),
    _setting(
        "clipvalue",
        _POSITIVE,
        None,
        "Clip by value",
        "Each number of a gradient is kept between minus and plus this.",
        unset="off",
    ),
    _setting(
        "global_clipnorm",
        _POSITIVE,
        None,
        "Clip all by length",
        "All gradients together are shortened to this length.",
        unset="off",
        level=Level.EXPERT,
    ),
)
_BETAS = (_beta("beta_1", 0.9, "the gradient"), _beta("beta_2", 0.999, "its square"))


def _optimizer(
    name: str, title: str, sentence: str, rate: float, *params: Param, more: str = ""
) -> Entry:
    return Entry(
        name=name,
        title=title,
        help=sentence,
        more=more,
        params=(_learning_rate(rate), *params, *_CLIPPING),
    )


OPTIMIZERS = by_name(
    _optimizer(
        "adam",
        "Adam",
        "Good first choice for most data",
        0.001,
        *_BETAS,
        _epsilon(),
        _setting(
            "amsgrad",
            Flag(),
            False,
            "AMSGrad",
            "Whether steps never grow again once the gradient was large.",
            level=Level.EXPERT,
        ),
        more="Each weight gets a step size of its own from running means of its gradient.",
    ),
    _optimizer(
        "adamw",
        "AdamW",
        "Adam that also keeps weights small",
        0.001,
        _setting(
            "weight_decay",
            Real(minimum=0.0, maximum=1.0),
            0.004,
            "Weight decay",
            "The part of each weight that is taken away in a step, times the learning rate.",
        ),
        *_BETAS,
        _epsilon(),
        _setting(
            "amsgrad",
            Flag(),
            False,
            "AMSGrad",
            "Whether steps never grow again once the gradient was large.",
            level=Level.EXPERT,
        ),
        more="Small weights generalise better when there are few rows for many weights.",
    ),
    _optimizer(
        "sgd",
        "SGD",
        "Plain steps downhill; needs a tuned rate",
        0.01,
        _setting(
            "momentum",
            _DECAY,
            0.0,
            "Momentum",
            "How much of the last step is kept in the next; 0.9 is usual.",
        ),
        _setting(
            "nesterov",
            Flag(),
            False,
            "Nesterov",
            "Whether momentum looks one step ahead.",
            level=Level.EXPERT,
        ),
        more="Stochastic gradient descent. With momentum 0.9 and a schedule of the rate it often "
        "ends in the best model, after the longest search for the rate.",
    ),
    _optimizer(
        "rmsprop",
        "RMSprop",
        "Steps scaled by recent gradients",
        0.001,
        _setting("rho", _DECAY, 0.9, "Rho", "How slowly the mean of squared gradients forgets."),
        _setting("momentum", _DECAY, 0.0, "Momentum", "How much of the last step is kept."),
        _epsilon(),
        _setting(
            "centered",
            Flag(),
            False,
            "Centred",
            "Whether the variance of the gradient scales the step, not its square.",
            level=Level.EXPERT,
        ),
        more="The reference's own default; often used for recurrent networks.",
    ),
    _optimizer(
        "nadam",
        "Nadam",
        "Adam with a look ahead",
        0.001,
        *_BETAS,
        _epsilon(),
        more="Adam with Nesterov's momentum.",
    ),
    _optimizer(
        "adamax",
        "Adamax",
        "Adam that is calm about rare large gradients",
        0.001,
        *_BETAS,
        _epsilon(),
        more="Adam scaled by the largest recent gradient.",
    ),
    _optimizer(
        "adagrad",
        "Adagrad",
        "Steps that shrink; for rare inputs",
        0.001,
        _setting(
            "initial_accumulator_value",
            Real(minimum=0.0),
            0.1,
            "Starting sum",
            "What the sum of squared gradients starts from.",
            level=Level.EXPERT,
        ),
        _epsilon(),
        more="Weights that were changed often move less and less.",
    ),
    _optimizer(
        "adadelta",
        "Adadelta",
        "Steps without a rate to tune",
        0.001,
        _setting("rho", _DECAY, 0.95, "Rho", "How slowly the running means forget."),
        _epsilon(),
        more="With the reference's learning rate of 0.001 it is slow; the original uses 1.0.",
    ),
    _optimizer(
        "ftrl",
        "Ftrl",
        "For very many rare inputs",
        0.001,
        _setting(
            "learning_rate_power",
            Real(maximum=0.0),
            -0.5,
            "Power of the rate",
            "How the rate falls with the number of changes; 0 is not at all.",
            level=Level.EXPERT,
        ),
        _setting(
            "initial_accumulator_value",
            Real(minimum=0.0),
            0.1,
            "Starting sum",
            "What the sum of squared gradients starts from.",
            level=Level.EXPERT,
        ),
        _setting(
            "l1_regularization_strength",
            Real(minimum=0.0),
            0.0,
            "L1 penalty",
            "Pulls weights to exactly 0.",
        ),
        _setting(
            "l2_regularization_strength",
            Real(minimum=0.0),
            0.0,
            "L2 penalty",
            "Pulls large weights down.",
        ),
        more="Follow the regularised leader: made for models with millions of inputs, most of "
        "them 0 in each row.",
    ),
)
