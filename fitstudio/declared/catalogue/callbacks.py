"""The callbacks that can be added to a run, with the reference's settings and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue import callback_words as words
from fitstudio.declared.catalogue.callback_entry import CallbackEntry, Stop, Waiting
from fitstudio.declared.catalogue.callback_settings import (
    COUNT,
    MODE,
    MONITOR,
    SAVE_FREQ,
    SHAPES,
    TO_A_FINAL_RATE,
    VERBOSE,
    min_delta,
    setting,
)
from fitstudio.declared.kinds.composed import ListOf, OneOf
from fitstudio.declared.kinds.conditions import AnyOf, Is
from fitstudio.declared.kinds.param import Level, by_name
from fitstudio.declared.kinds.values import (
    Choice,
    Flag,
    Int,
    Option,
    Real,
    RelativePath,
)
from fitstudio.words import marked, say


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
        MONITOR,
        setting(
            "patience",
            COUNT,
            0,
            marked("Patience"),
            marked("After how many epochs without a gain it stops."),
            unit="epochs",
        ),
        setting(
            "restore_best_weights",
            Flag(),
            False,
            marked("Go back to the best"),
            marked("Whether the model ends with the weights of its best epoch."),
        ),
        min_delta(0.0),
        MODE,
        setting(
            "baseline",
            Real(),
            None,
            marked("Baseline"),
            marked("A value that must be beaten before the counter starts again."),
            unset=marked("none"),
            level=Level.EXPERT,
        ),
        setting(
            "start_from_epoch",
            COUNT,
            0,
            marked("Starts after"),
            marked("How many epochs go by before it begins to watch."),
            level=Level.EXPERT,
            unit="epochs",
        ),
        VERBOSE,
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
        MONITOR,
        setting(
            "factor",
            Real(minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True),
            0.1,
            marked("Factor"),
            marked("What the learning rate is multiplied by."),
        ),
        setting(
            "patience",
            COUNT,
            10,
            marked("Patience"),
            marked("After how many epochs without a gain it acts."),
            unit="epochs",
        ),
        min_delta(1e-4),
        MODE,
        setting(
            "cooldown",
            COUNT,
            0,
            marked("Cool-down"),
            marked("How many epochs go by before it counts again."),
            level=Level.ADVANCED,
            unit="epochs",
        ),
        setting(
            "min_lr",
            Real(minimum=0.0),
            0.0,
            marked("Lowest rate"),
            marked("The learning rate is never made smaller than this."),
            level=Level.ADVANCED,
        ),
        VERBOSE,
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
        setting(
            "filepath",
            RelativePath(),
            "epoch-{epoch:04d}",
            marked("Name"),
            marked("The name of each saved model; {epoch:04d} becomes the epoch."),
        ),
        setting(
            "save_best_only",
            Flag(),
            False,
            marked("Only when better"),
            marked("Whether it saves only when the watched value has improved."),
        ),
        MONITOR,
        MODE,
        SAVE_FREQ,
        setting(
            "save_weights_only",
            Flag(),
            False,
            marked("Weights only"),
            marked("Whether the optimiser's state is left out."),
            level=Level.EXPERT,
        ),
        setting(
            "initial_value_threshold",
            Real(),
            None,
            marked("First value to beat"),
            marked("With “only when better”: the value that the first save must beat."),
            unset=marked("none"),
            level=Level.EXPERT,
        ),
        VERBOSE,
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


LEARNING_RATE_SCHEDULER = CallbackEntry(
    name="LearningRateScheduler",
    title=marked("Learning rate by schedule"),
    help=marked("Sets the learning rate before each epoch from a plan made beforehand."),
    more=marked(
        "The plan starts from the learning rate of the optimiser. A table lists the rate of "
        "the first epoch, the second and so on."
    ),
    params=(
        setting(
            "schedule",
            Choice(SHAPES),
            "step",
            marked("Plan"),
            marked("How the learning rate changes."),
        ),
        setting(
            "factor",
            Real(minimum=0.0, maximum=10.0, open_minimum=True),
            0.5,
            marked("Factor"),
            marked("What the rate is multiplied by."),
            applies=AnyOf(Is("callback.schedule", "step"), Is("callback.schedule", "exponential")),
        ),
        setting(
            "every",
            Int(minimum=1, maximum=1_000_000),
            10,
            marked("Every"),
            marked("After how many epochs a step comes."),
            applies=Is("callback.schedule", "step"),
            unit="epochs",
        ),
        setting(
            "final",
            Real(minimum=0.0),
            0.0,
            marked("Final rate"),
            marked("The rate of the last epoch."),
            applies=TO_A_FINAL_RATE,
        ),
        setting(
            "cycles",
            Int(minimum=1, maximum=16),
            4,
            marked("Cycles"),
            marked("How many times the rate rises and falls."),
            applies=Is("callback.schedule", "cosine_cycles"),
        ),
        setting(
            "warmup",
            COUNT,
            0,
            marked("Warm-up"),
            marked("Over how many epochs the rate first rises to its start."),
            level=Level.ADVANCED,
            unit="epochs",
        ),
        setting(
            "table",
            ListOf(item=Real(minimum=0.0), shortest=1, longest=10_000),
            None,
            marked("Table"),
            marked("The rate of the first epoch, the second and so on."),
            unset=marked("none"),
            applies=Is("callback.schedule", "table"),
        ),
        VERBOSE,
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
        setting(
            "filename",
            RelativePath(),
            "log.csv",
            marked("File"),
            marked("The file's name in the run's folder."),
        ),
        setting(
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
        setting(
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
        setting(
            "log_dir",
            RelativePath(),
            "logs",
            marked("Folder"),
            marked("The folder's name in the run's folder."),
        ),
        setting(
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
        setting(
            "histogram_freq",
            COUNT,
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
