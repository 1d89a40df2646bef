"""Every parameter of compile(), declared once; the learning rate stands beside the optimizer."""

from __future__ import annotations

from fitstudio.declared.catalogue.entries import LOSSES, METRICS, OPTIMIZERS
from fitstudio.declared.kinds.composed import ListOf, Settings
from fitstudio.declared.kinds.entries import Chosen, EntryList
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Option, Real
from fitstudio.declared.parameters import groups
from fitstudio.words import marked

OPTIMIZER = Param(
    section="compile",
    name="optimizer",
    kind=Chosen(OPTIMIZERS, marked("an optimiser")),
    default="adam",
    title=marked("Optimiser"),
    help=marked("The rule by which the weights are changed after each batch."),
    more=marked(
        "Adam is a good first choice for most data. Keras's own default is rmsprop; FitStudio "
        "starts from adam, because compile() is always called with an optimiser."
    ),
    group=groups.LEARNING,
)
LEARNING_RATE = Param(
    section="compile",
    name="learning_rate",
    kind=Real(minimum=0.0, maximum=1_000.0),
    title=marked("Learning rate"),
    help=marked("How far the weights move in one step."),
    more=marked(
        "Too high and the loss jumps or becomes NaN; too low and it hardly falls. Steps of "
        "three (0.001, 0.003, 0.01) are a good way to look. Not set, it is the optimiser's "
        "own default."
    ),
    unset=marked("automatic"),
    group=groups.LEARNING,
)
OPTIMIZER_SETTINGS = Param(
    section="compile",
    name="optimizer_settings",
    kind=Settings(marked("the optimiser's settings by name")),
    title=marked("Optimiser's settings"),
    help=marked("What else the optimiser can be told, such as momentum or clipping."),
    unset=marked("its defaults"),
    group=groups.LEARNING,
    level=Level.EXPERT,
)
LOSS = Param(
    section="compile",
    name="loss",
    kind=Chosen(LOSSES, marked("a loss")),
    title=marked("Loss"),
    help=marked("The number that training makes small."),
    more=marked(
        "Not set, it follows the target: cross-entropy for classes, mean squared error for "
        "numbers. The model's last layer is made to fit the loss."
    ),
    unset=marked("automatic"),
    group=groups.LEARNING,
)
LOSS_SETTINGS = Param(
    section="compile",
    name="loss_settings",
    kind=Settings(marked("the loss's settings by name")),
    title=marked("Loss's settings"),
    help=marked("What else the loss can be told, such as label smoothing."),
    unset=marked("its defaults"),
    group=groups.LEARNING,
    level=Level.EXPERT,
)
METRICS_PARAM = Param(
    section="compile",
    name="metrics",
    kind=EntryList(METRICS, marked("a metric")),
    title=marked("Also report"),
    help=marked("What is measured beside the loss, in training and in each check."),
    more=marked(
        "Metrics are only watched: they change nothing about what is learned. They do not "
        "take row weights or class weights into account."
    ),
    unset=marked("nothing"),
    group=groups.LEARNING,
)
LOSS_WEIGHTS = Param(
    section="compile",
    name="loss_weights",
    kind=ListOf(item=Real(minimum=0.0)),
    title=marked("Loss weights"),
    help=marked("How much the loss of each output counts."),
    more=marked(
        "A list with one number for each output of the model. The models made here have one "
        "output, so that a single number scales the loss."
    ),
    unset=marked("all 1"),
    group=groups.MORE,
    level=Level.EXPERT,
)
WEIGHTED_METRICS = Param(
    section="compile",
    name="weighted_metrics",
    kind=EntryList(METRICS, marked("a metric")),
    title=marked("Weighted metrics"),
    help=marked("What is measured with row weights and class weights taken into account."),
    more=marked(
        "Without weights they equal the plain metrics. A metric in both lists is reported as "
        "weighted_ and its name."
    ),
    unset=marked("nothing"),
    group=groups.LEARNING,
    level=Level.EXPERT,
)
SAMPLE_WEIGHT_MODE = Param(
    section="compile",
    name="sample_weight_mode",
    kind=Choice(
        (Option("temporal", marked("Each time step"), marked("Weights for single time steps.")),)
    ),
    title=marked("Row weights count for"),
    help=marked("Whether a row weight belongs to the row or to each of its time steps."),
    more=marked(
        "Accepted as in the reference and without effect: the shape of the weights decides."
    ),
    unset=marked("the whole row"),
    group=groups.MORE,
    level=Level.EXPERT,
)

COMPILE: tuple[Param, ...] = (
    OPTIMIZER,
    LEARNING_RATE,
    OPTIMIZER_SETTINGS,
    LOSS,
    LOSS_SETTINGS,
    METRICS_PARAM,
    LOSS_WEIGHTS,
    WEIGHTED_METRICS,
    SAMPLE_WEIGHT_MODE,
)
