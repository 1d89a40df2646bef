"""Every parameter of fit(), declared once, in the reference's order.

Names and defaults are those of Keras; titles and sentences are for people who never saw Keras.
What each parameter does is written down in the numbered facts that the conformance tests replay.
"""

from __future__ import annotations

from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.kinds.conditions import All, AnyOf, Fact, Given, Is, Not, Reads
from fitstudio.declared.kinds.entries import EntryList
from fitstudio.declared.kinds.fit_values import (
    ClassWeights,
    DataRef,
    ValidationData,
    ValidationFreq,
)
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Option, Real
from fitstudio.declared.parameters import groups
from fitstudio.declared.parameters.split import COLUMN
from fitstudio.words import marked

#: Rows of a batch where neither a batch size nor the steps of an epoch are set.
DEFAULT_BATCH_SIZE = 32

_ARRAYS = Reads("arrays")
_BATCHES = Reads("batches")
_CHECKED = Fact("validation")

X = Param(
    section="fit",
    name="x",
    kind=DataRef(many=True),
    title=marked("Inputs"),
    help=marked("The columns that the model is given."),
    more=marked(
        "Each column is one input of the model. Numbers are scaled and categories become one "
        "column of 0 and 1 for each class before the model sees them; both are learned from "
        "the training rows only and stored with the model. They are chosen on the Data page."
    ),
    unset=marked("not chosen"),
    group=groups.MORE,
)
Y = Param(
    section="fit",
    name="y",
    kind=DataRef(many=True),
    title=marked("Target"),
    help=marked("The column that the model learns to predict."),
    more=marked(
        "A column of categories makes it a classification; columns of numbers make it a "
        "regression with one output for each. It is chosen on the Data page."
    ),
    unset=marked("not chosen"),
    group=groups.MORE,
)
BATCH_SIZE = Param(
    section="fit",
    name="batch_size",
    kind=Int(minimum=1),
    title=marked("Batch size"),
    help=marked("How many rows go through the model before its weights are changed once."),
    more=marked(
        "Small batches learn in more, noisier steps; large ones use the device better and "
        "need more memory. When steps per epoch is set and this is not, it is the training "
        "rows divided by the steps, rounded up. The last batch of an epoch holds what is left."
    ),
    unset=marked("automatic"),
    group=groups.HOW_LONG,
)
EPOCHS = Param(
    section="fit",
    name="epochs",
    kind=Int(minimum=1),
    default=1,
    title=marked("Epochs"),
    help=marked("How many times the model goes through the training rows."),
    more=marked(
        "This is the number of the last epoch, not a count: with a first epoch of 10, "
        "training to epoch 50 takes 40 epochs. A helper such as “stop when it no longer "
        "improves” may end it sooner."
    ),
    group=groups.HOW_LONG,
)
VERBOSE = Param(
    section="fit",
    name="verbose",
    kind=Choice(
        (
            Option(0, marked("Silent"), marked("Nothing is printed.")),
            Option(1, marked("Progress bar"), marked("A bar that moves, one for each epoch.")),
            Option(2, marked("One line"), marked("One line at the end of each epoch.")),
        )
    ),
    default=1,
    title=marked("Progress printed"),
    help=marked("What a terminal prints while training runs."),
    more=marked(
        "It changes nothing about the result, and the Monitor page shows the same either way."
    ),
    group=groups.WHILE_IT_RUNS,
    level=Level.EXPERT,
)
CALLBACKS_PARAM = Param(
    section="fit",
    name="callbacks",
    kind=EntryList(CALLBACKS, marked("a callback"), always_settings=True),
    title=marked("Helpers"),
    help=marked("What watches the training: stops it, saves the model, changes the learning rate."),
    more=marked(
        "Helpers work in the order of the list. The project keeps the last and the best "
        "weights of each run whether or not a helper saves the model."
    ),
    unset=marked("none"),
    group=groups.WHILE_IT_RUNS,
)
VALIDATION_SPLIT = Param(
    section="fit",
    name="validation_split",
    kind=Real(minimum=0.0, maximum=1.0, open_maximum=True),
    default=0.0,
    title=marked("Hold out"),
    help=marked("The part of the rows that is kept from training, to check the model on."),
    more=marked(
        "The last rows are held out, as they stand before any shuffling. If the file is "
        "sorted, pick rows at random first (order of rows on the Data page), or the check "
        "says nothing about the rest. Other ways to choose the rows: split (data.split)."
    ),
    applies=All(
        AnyOf(_ARRAYS, Given("data.split"), Given("data.test_share")),
        Not(Given("fit.validation_data")),
        Not(Is("data.split", COLUMN)),
    ),
    group=groups.CHECKING,
)
VALIDATION_DATA = Param(
    section="fit",
    name="validation_data",
    kind=ValidationData(),
    title=marked("Check on other data"),
    help=marked("A second file, or the rows that a column marks, to check the model on."),
    more=marked(
        "It takes the place of “Hold out”: then all other rows train. The data are prepared "
        "as the training rows are, never shuffled, and class weights do not count in them."
    ),
    unset=marked("none"),
    group=groups.CHECKING,
    level=Level.EXPERT,
)
SHUFFLE = Param(
    section="fit",
    name="shuffle",
    kind=Choice(
        (
            Option(
                True, marked("Every epoch"), marked("A new random order of the rows in each epoch.")
            ),
            Option(
                False, marked("Off"), marked("The rows in the order of the file, in each epoch.")
            ),
            Option(
                "batch", marked("Batch"), marked("Whole batches change places; rows stay together.")
            ),
        )
    ),
    default=True,
    title=marked("Shuffle rows"),
    help=marked("Whether the training rows change their order."),
    more=marked(
        "“Batch” moves whole chunks of one batch size and reads files that are too large for "
        "memory quickly. Rows of HDF5 that lie in pieces of such a file are mixed in windows "
        "(data.mixing). Rows to check on are never shuffled. For data that comes in batches, "
        "the batches change places and their rows do not."
    ),
    group=groups.HOW_LONG,
    level=Level.ADVANCED,
)
CLASS_WEIGHT = Param(
    section="fit",
    name="class_weight",
    kind=ClassWeights(),
    title=marked("Class weights"),
    help=marked("How much a row of each class counts in the loss."),
    more=marked(
        "Balanced weights are rows ÷ (classes × rows of the class), so that each class counts "
        "the same in all. They multiply with row weights and never touch the check."
    ),
    unset=marked("all 1"),
    applies=Fact("classes"),
    group=groups.CLASS_WEIGHTS,
)
SAMPLE_WEIGHT = Param(
    section="fit",
    name="sample_weight",
    kind=DataRef(),
    title=marked("Row weights"),
    help=marked("A column that says how much each row counts in the loss."),
    more=marked(
        "A weight of 2 counts like the same row twice; 0 leaves the row out of the loss. Rows "
        "held out keep their weights in the check. A column with one weight for each time "
        "step weighs single steps."
    ),
    unset=marked("none"),
    group=groups.MORE,
    level=Level.ADVANCED,
)
INITIAL_EPOCH = Param(
    section="fit",
    name="initial_epoch",
    kind=Int(minimum=0),
    default=0,
    title=marked("First epoch"),
    help=marked("How many epochs count as already done."),
    more=marked(
        "Training starts after this epoch and ends with the last one (epochs). Useful to go "
        "on with a schedule of the learning rate."
    ),
    group=groups.HOW_LONG,
    level=Level.EXPERT,
)
STEPS_PER_EPOCH = Param(
    section="fit",
    name="steps_per_epoch",
    kind=Int(minimum=1),
    title=marked("Steps per epoch"),
    help=marked("After how many batches an epoch ends."),
    more=marked(
        "Not set, an epoch is one pass through all training rows. Set, the rows make one "
        "stream of as many passes as there are epochs and each epoch takes the next batches "
        "of it; if the stream ends sooner, training ends with it."
    ),
    unset=marked("all rows"),
    group=groups.HOW_LONG,
    level=Level.EXPERT,
)
VALIDATION_STEPS = Param(
    section="fit",
    name="validation_steps",
    kind=Int(minimum=1),
    title=marked("Checking steps"),
    help=marked("How many batches each check uses."),
    more=marked(
        "Not set, each check uses all rows held out. A smaller number makes the check quicker "
        "and less certain; it always takes the first rows."
    ),
    unset=marked("all"),
    applies=_CHECKED,
    group=groups.CHECKING,
    level=Level.ADVANCED,
)
VALIDATION_FREQ = Param(
    section="fit",
    name="validation_freq",
    kind=ValidationFreq(),
    default=1,
    title=marked("Check every"),
    help=marked("After how many epochs the model is checked, or in which epochs."),
    more=marked(
        "A list names epochs, counted from 1: 1, 2, 5, 10. Helpers that watch the check see "
        "nothing in the other epochs."
    ),
    applies=_CHECKED,
    group=groups.CHECKING,
    level=Level.ADVANCED,
    unit="epoch",
)
MAX_QUEUE_SIZE = Param(
    section="fit",
    name="max_queue_size",
    kind=Int(minimum=1, maximum=10_000),
    default=10,
    title=marked("Batches read ahead"),
    help=marked("How many batches may wait, ready for the model."),
    more=marked("More of them smooth out a slow disk and need more memory."),
    applies=_BATCHES,
    group=groups.MORE,
    level=Level.EXPERT,
)
WORKERS = Param(
    section="fit",
    name="workers",
    kind=Int(minimum=0, maximum=256),
    default=1,
    title=marked("Readers"),
    help=marked("How many threads or processes read batches at the same time."),
    more=marked("0 reads on the training thread itself. The number never changes values or order."),
    applies=_BATCHES,
    group=groups.MORE,
    level=Level.EXPERT,
)
USE_MULTIPROCESSING = Param(
    section="fit",
    name="use_multiprocessing",
    kind=Flag(),
    default=False,
    title=marked("Read in processes"),
    help=marked("Whether the readers are processes instead of threads."),
    more=marked("Processes help when a batch takes much computing; each needs memory of its own."),
    applies=_BATCHES,
    group=groups.MORE,
    level=Level.EXPERT,
)
VALIDATION_BATCH_SIZE = Param(
    section="fit",
    name="validation_batch_size",
    kind=Int(minimum=1),
    title=marked("Checking batch size"),
    help=marked("How many rows go through the model at a time in a check."),
    more=marked(
        "It changes speed and memory, not the result. Not set, it is the batch size of training."
    ),
    unset=marked("automatic"),
    applies=_CHECKED,
    group=groups.CHECKING,
    level=Level.EXPERT,
)

FIT: tuple[Param, ...] = (
    X,
    Y,
    BATCH_SIZE,
    EPOCHS,
    VERBOSE,
    CALLBACKS_PARAM,
    VALIDATION_SPLIT,
    VALIDATION_DATA,
    SHUFFLE,
    CLASS_WEIGHT,
    SAMPLE_WEIGHT,
    INITIAL_EPOCH,
    STEPS_PER_EPOCH,
    VALIDATION_STEPS,
    VALIDATION_FREQ,
    MAX_QUEUE_SIZE,
    WORKERS,
    USE_MULTIPROCESSING,
    # Keyword-only, behind the reference's eighteen.
    VALIDATION_BATCH_SIZE,
)

#: Those that are no data and no list of callbacks: what a run specification hands on to fit() as it
#: stands there.
SETTINGS: tuple[Param, ...] = tuple(
    param for param in FIT if param not in (X, Y, CALLBACKS_PARAM, VALIDATION_DATA, SAMPLE_WEIGHT)
)
