"""Which setting stands in which card of the training form, and what is folded away at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitstudio.declared.kinds.param import Level
from fitstudio.declared.parameters import groups
from fitstudio.declared.parameters.augmentation import AUGMENTATION
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.fit import FIT
from fitstudio.declared.parameters.registry import FIXED

# Which rows stand in which card, in order; everything of fit() and compile() is somewhere.
_CARDS: Mapping[str, tuple[str, ...]] = {
    groups.LEARNING: (
        "compile.optimizer",
        "compile.learning_rate",
        "compile.loss",
        "compile.metrics",
        "compile.optimizer_settings",
        "compile.loss_settings",
        "compile.weighted_metrics",
    ),
    groups.HOW_LONG: (
        "fit.epochs",
        "fit.batch_size",
        "fit.shuffle",
        "fit.steps_per_epoch",
        "fit.initial_epoch",
        "run.time_budget_min",
    ),
    groups.CHECKING: (
        "fit.validation_split",
        "data.split",
        "data.split_column",
        "data.row_order",
        "data.test_share",
        "data.split_seed",
        "fit.validation_data",
        "fit.validation_freq",
        "fit.validation_steps",
        "fit.validation_batch_size",
    ),
    groups.CLASS_WEIGHTS: ("fit.class_weight",),
    groups.WHILE_IT_RUNS: ("fit.callbacks", "fit.verbose", "run.on_nan", "run.keep_epochs"),
    groups.AT_RANDOM: tuple(param.key for param in AUGMENTATION),
    groups.MORE: (
        "fit.x",
        "fit.y",
        "fit.sample_weight",
        "compile.sample_weight_mode",
        "compile.loss_weights",
        "data.scale",
        "data.scale_target",
        "data.feed",
        "fit.workers",
        "fit.max_queue_size",
        "fit.use_multiprocessing",
        "run.seed",
        "run.repeatable",
        "run.device",
        "run.precision",
        "run.threads",
        "run.oom_rescue",
    ),
}


@dataclass(frozen=True)
class CardModel:
    """One card: a question and the settings that answer it."""

    group: groups.Group
    keys: tuple[str, ...]


CARDS: tuple[CardModel, ...] = tuple(
    CardModel(group, _CARDS[group.title]) for group in groups.GROUPS
)

TRAINING_KEYS: tuple[str, ...] = tuple(key for card in CARDS for key in card.keys)
assert {param.key for param in (*FIT, *COMPILE)} <= set(TRAINING_KEYS)


def level_of(key: str) -> Level:
    """The level from which on a row stands unfolded."""
    return FIXED[key].level
