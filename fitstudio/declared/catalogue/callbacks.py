"""The callbacks that can be added to a run, with the reference's settings and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue import callback_words as words
from fitstudio.declared.catalogue.callback_entry import CallbackEntry, Stop, Waiting
from fitstudio.declared.kinds.composed import ListOf, OneOf
from fitstudio.declared.kinds.conditions import ALWAYS, AnyOf, Condition, Is
from fitstudio.declared.kinds.param import Level, Param, by_name
from fitstudio.declared.kinds.values import (
    Choice,
    Flag,
    Int,
    Kind,
    Option,
    Real,
    RelativePath,
    Text,
)
from fitstudio.words import marked, say

_COUNT = Int(minimum=0)


def _setting(
    name: str,
    kind: Kind,
    default: Any,
    title: str,
    sentence: str,
    *,
    unset: str = "",
    level: Level = Level.BASIC,
    applies: Condition = ALWAYS,
    unit: str = "",
) -> Param:
    return Param(
        section="callback",
        name=name,
        kind=kind,
        default=default,
        title=title,
        help=sentence,
        unset=unset,
        level=level,
        applies=applies,
        unit=unit,
    )


_MONITOR = _setting(
    "monitor",
    Text(
        what=marked("the name of a measured value, such as val_loss"),
        longest=200,
        empty_allowed=False,
    ),
    "val_loss",
    marked("Watches"),
    marked("The value that is watched; val_ means on the rows held out."),
)
_MODE = _setting(
    "mode",
    Choice(
        (
            Option(
                "auto", marked("Automatic"), marked("Accuracy should rise, everything else fall.")
            ),
            Option("min", marked("Lower is better")),
            Option("max", marked("Higher is better")),
        )
    ),
    "auto",
    marked("Better means"),
    marked("Whether a lower or a higher value is better."),
    level=Level.ADVANCED,
)
_VERBOSE = _setting(
    "verbose",
    Choice((Option(0, marked("No")), Option(1, marked("Yes")))),
    0,
    marked("Says so"),
    marked("Whether a line is printed each time it does something."),
    level=Level.EXPERT,
)


def _min_delta(default: float) -> Param:
    return _setting(
        "min_delta",
        Real(minimum=0.0),
        default,
        marked("Smallest gain"),
        marked("A gain of less than this does not count."),
        level=Level.ADVANCED,
    )


_SAVE_FREQ = _setting(
    "save_freq",
    OneOf((Choice((Option("epoch", marked("Every epoch")),)), Int(minimum=1))),
    "epoch",
    marked("How often"),
    marked("After each epoch, or after so many batches."),
    level=Level.ADVANCED,
)


def _no_gain(settings: Mapping[str, Any], waiting: Waiting) -> str:
    mode, monitor = settings["mode"], settings["monitor"]
    rises = mode == "max" or (mode == "auto" and EARLY_STOPPING.rises_on_auto(monitor))
    return words.no_gain_ending(settings, waiting, rises=rises)


EARLY_STOPPING = CallbackEntry(
    name="EarlyStopping",
    title=marked("Stop when it no longer improves"),
    help=marked("Ends training when the watched value has not improved for a while."),
    more=marked(
        "Patience is how many epochs without a gain are allowed; the counter starts again at "
        "each gain. A baseline is a value that has to be beaten as well."
    ),
    params=(
        _MONITOR,
        _setting(
            "patience",
            _COUNT,
            0,
            marked("Patience"),
            marked("After how many epochs without a gain it stops."),
            unit="epochs",
        ),
        _setting(
            "restore_best_weights",
            Flag(),
            False,
            marked("Go back to the best"),
            marked("Whether the model ends with the weights of its best epoch."),
        ),
        _min_delta(0.0),
        _MODE,
        _setting(
            "baseline",
            Real(),
            None,
            marked("Baseline"),
            marked("A value that must be beaten before the counter starts again."),
            unset=marked("none"),
            level=Level.EXPERT,
        ),
        _setting(
            "start_from_epoch",
            _COUNT,
            0,
            marked("Starts after"),
            marked("How many epochs go by before it begins to watch."),
            level=Level.EXPERT,
            unit="epochs",
        ),
        _VERBOSE,
    ),
    starts_with={"patience": 10, "restore_best_weights": True},
    watches=True,
    rising=("*acc", "*accuracy", "*auc"),
    stops=Stop.NO_GAIN,
    stands=True,
    summary=words.patience_summary,
    ending=_no_gain,
)
REDUCE_LR = CallbackEntry(
    name="ReduceLROnPlateau",
    title=marked("Lower the learning rate on a plateau"),
    help=marked("Makes the learning rate smaller when the watched value stands still."),
    more=marked(
        "After patience epochs without a gain the rate is multiplied by the factor, then it "
        "waits for the cool-down before it counts again."
    ),
    params=(
        _MONITOR,
        _setting(
            "factor",
            Real(minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True),
            0.1,
            marked("Factor"),
            marked("What the learning rate is multiplied by."),
        ),
        _setting(
            "patience",
            _COUNT,
            10,
            marked("Patience"),
            marked("After how many epochs without a gain it acts."),
            unit="epochs",
        ),
        _min_delta(1e-4),
        _MODE,
        _setting(
            "cooldown",
            _COUNT,
            0,
            marked("Cool-down"),
            marked("How many epochs go by before it counts again."),
            level=Level.ADVANCED,
            unit="epochs",
        ),
        _setting(
            "min_lr",
            Real(minimum=0.0),
            0.0,
            marked("Lowest rate"),
            marked("The learning rate is never made smaller than this."),
            level=Level.ADVANCED,
        ),
        _VERBOSE,
    ),
    starts_with={"factor": 0.5, "patience": 5},
    watches=True,
    rising=("*acc*",),
    sets_rate=True,
    stands=True,
    summary=words.plateau_summary,
    sentence=words.plateau_sentence,
)
MODEL_CHECKPOINT = CallbackEntry(
    name="ModelCheckpoint",
    title=marked("Save the model"),
    help=marked("Saves the weights while training runs, besides the last and the best ones."),
    more=marked(
        "The project always keeps the last and the best weights of a run. This helper saves "
        "more of them, under names of your own: {epoch} and measured values such as "
        "{val_loss} can stand in the name. Results and Predict offer them."
    ),
    params=(
        _setting(
            "filepath",
            RelativePath(),
            "epoch-{epoch:04d}",
            marked("Name"),
            marked("The name of each saved model; {epoch:04d} becomes the epoch."),
        ),
        _setting(
            "save_best_only",
            Flag(),
            False,
            marked("Only when better"),
            marked("Whether it saves only when the watched value has improved."),
        ),
        _MONITOR,
        _MODE,
        _SAVE_FREQ,
        _setting(
            "save_weights_only",
            Flag(),
            False,
            marked("Weights only"),
            marked("Whether the optimiser's state is left out."),
            level=Level.EXPERT,
        ),
        _setting(
            "initial_value_threshold",
            Real(),
            None,
            marked("First value to beat"),
            marked("With “only when better”: the value that the first save must beat."),
            unset=marked("none"),
            level=Level.EXPERT,
        ),
        _VERBOSE,
    ),
    starts_with={"save_best_only": True},
    watches=True,
    watches_when="save_best_only",
    rising=("*acc*", "fmeasure*"),
    writes="filepath",
    fills_names=True,
    stands=True,
    summary=words.saving_summary,
    sentence=words.saving_sentence,
)

_SHAPES = (
    Option("step", marked("Steps"), marked("Multiplied by a factor every few epochs.")),
    Option("exponential", marked("Exponential"), marked("Multiplied by a factor in every epoch.")),
    Option(
        "linear",
        marked("Straight line"),
        marked("From the first rate to the final one in a straight line."),
    ),
    Option(
        "cosine",
        marked("Cosine"),
        marked("From the first rate to the final one, slowly at both ends."),
    ),
    Option(
        "flat_cosine",
        marked("Flat, then cosine"),
        marked("The first rate for half of the epochs, then a cosine to the final one."),
    ),
    Option(
        "cosine_cycles",
        marked("Cosine cycles"),
        marked("Up and down several times, each time for twice as long (coslog)."),
    ),
    Option("table", marked("Table"), marked("A rate for each epoch; the last one stays.")),
)
_TO_A_FINAL_RATE = AnyOf(
    *(
        Is("callback.schedule", shape)
        for shape in ("linear", "cosine", "flat_cosine", "cosine_cycles")
    )
)

LEARNING_RATE_SCHEDULER = CallbackEntry(
    name="LearningRateScheduler",
    title=marked("Learning rate by schedule"),
    help=marked("Sets the learning rate before each epoch from a plan made beforehand."),
    more=marked(
        "The plan starts from the learning rate of the optimiser. A table lists the rate of "
        "the first epoch, the second and so on."
    ),
    params=(
        _setting(
            "schedule",
            Choice(_SHAPES),
            "step",
            marked("Plan"),
            marked("How the learning rate changes."),
        ),
        _setting(
            "factor",
            Real(minimum=0.0, maximum=10.0, open_minimum=True),
            0.5,
            marked("Factor"),
            marked("What the rate is multiplied by."),
            applies=AnyOf(Is("callback.schedule", "step"), Is("callback.schedule", "exponential")),
        ),
        _setting(
            "every",
            Int(minimum=1, maximum=1_000_000),
            10,
            marked("Every"),
            marked("After how many epochs a step comes."),
            applies=Is("callback.schedule", "step"),
            unit="epochs",
        ),
        _setting(
            "final",
            Real(minimum=0.0),
            0.0,
            marked("Final rate"),
            marked("The rate of the last epoch."),
            applies=_TO_A_FINAL_RATE,
        ),
        _setting(
            "cycles",
            Int(minimum=1, maximum=16),
            4,
            marked("Cycles"),
            marked("How many times the rate rises and falls."),
            applies=Is("callback.schedule", "cosine_cycles"),
        ),
        _setting(
            "warmup",
            _COUNT,
            0,
            marked("Warm-up"),
            marked("Over how many epochs the rate first rises to its start."),
            level=Level.ADVANCED,
            unit="epochs",
        ),
        _setting(
            "table",
            ListOf(item=Real(minimum=0.0), shortest=1, longest=10_000),
            None,
            marked("Table"),
            marked("The rate of the first epoch, the second and so on."),
            unset=marked("none"),
            applies=Is("callback.schedule", "table"),
        ),
        _VERBOSE,
    ),
    sets_rate=True,
    summary=words.plan_summary,
    sentence=words.plan_sentence,
)
CSV_LOGGER = CallbackEntry(
    name="CSVLogger",
    title=marked("Write a table of the epochs"),
    help=marked("Writes loss and metrics of each epoch to a CSV file in the run's folder."),
    more=marked(
        "Epochs count from 0 in the file, as in the reference. A run that is resumed goes on "
        "with its table, and one that trains longer begins with the rows of the run it goes "
        "on from. The run's folder has a history.csv in any case."
    ),
    params=(
        _setting(
            "filename",
            RelativePath(),
            "log.csv",
            marked("File"),
            marked("The file's name in the run's folder."),
        ),
        _setting(
            "separator",
            Choice(
                (
                    Option(",", marked("Comma")),
                    Option(";", marked("Semicolon")),
                    Option("\t", marked("Tab")),
                )
            ),
            ",",
            marked("Separator"),
            marked("What stands between the columns."),
            level=Level.ADVANCED,
        ),
        _setting(
            "append",
            Flag(),
            False,
            marked("Append"),
            marked("Whether an existing file is continued; a run's own table goes on in any case."),
            level=Level.EXPERT,
        ),
    ),
    writes="filename",
    summary=lambda settings: say("Into {filename}", filename=settings["filename"]),
    sentence=lambda settings, _waiting: say(
        "Each epoch is written to {filename}.", filename=settings["filename"]
    ),
)
TERMINATE_ON_NAN = CallbackEntry(
    name="TerminateOnNaN",
    title=marked("Stop when the loss is no number"),
    help=marked("Ends training at the batch whose loss is NaN or infinite."),
    more=marked(
        "A loss that is no number never recovers; the usual causes are a learning rate that "
        "is too high and missing values in the data."
    ),
    stops=Stop.NOT_FINITE,
    ending=lambda settings, _waiting: say("if the loss is no number"),
)
TENSORBOARD = CallbackEntry(
    name="TensorBoard",
    title=marked("Write for TensorBoard"),
    help=marked("Writes loss and metrics as event files for TensorBoard."),
    more=marked(
        "A run that is resumed goes on with its curves; one that trains longer has its own "
        "from there on. Writing needs nothing else. The program that shows the files, "
        "tensorboard, is not part of FitStudio: pip install tensorboard, then tensorboard "
        "--logdir with the run's folder."
    ),
    params=(
        _setting(
            "log_dir",
            RelativePath(),
            "logs",
            marked("Folder"),
            marked("The folder's name in the run's folder."),
        ),
        _setting(
            "update_freq",
            OneOf(
                (
                    Choice(
                        (
                            Option("epoch", marked("Every epoch")),
                            Option("batch", marked("Every batch")),
                        )
                    ),
                    Int(minimum=1),
                )
            ),
            "epoch",
            marked("How often"),
            marked("After each epoch, after each batch, or after so many batches."),
            level=Level.ADVANCED,
        ),
        _setting(
            "histogram_freq",
            _COUNT,
            0,
            marked("Histograms every"),
            marked("After how many epochs the weights' distribution is written; 0 is never."),
            level=Level.EXPERT,
            unit="epochs",
        ),
    ),
    writes="log_dir",
    summary=lambda settings: say("Into {log_dir}", log_dir=settings["log_dir"]),
    sentence=lambda settings, _waiting: say(
        "TensorBoard finds the run in {log_dir}.", log_dir=settings["log_dir"]
    ),
)

CALLBACKS = by_name(
    EARLY_STOPPING,
    REDUCE_LR,
    MODEL_CHECKPOINT,
    LEARNING_RATE_SCHEDULER,
    TERMINATE_ON_NAN,
    CSV_LOGGER,
    TENSORBOARD,
)
