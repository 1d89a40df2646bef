"""The settings of the project's data: which file, how it is read and prepared."""

from __future__ import annotations

from fitstudio.declared.formats.registry import FORMAT_NAMES
from fitstudio.declared.kinds.composed import OneOf, Settings
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Option, Text

_DATA = "Data"
_PATH = Text(what="a file's path", longest=4_000, empty_allowed=False)

DATA: tuple[Param, ...] = (
    Param(
        section="data",
        name="file",
        kind=_PATH,
        title="File",
        help="The data file: a path inside the project's folder, or a full one.",
        unset="not chosen",
        group=_DATA,
    ),
    Param(
        section="data",
        name="kind",
        kind=Choice(FORMAT_NAMES),
        title="Format",
        help="What the file is.",
        unset="by the file's ending",
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="y_file",
        kind=_PATH,
        title="File of targets",
        help="For NPY: the second file, with the targets.",
        unset="none",
        group=_DATA,
    ),
    Param(
        section="data",
        name="options",
        kind=Settings("options of the format by name"),
        title="Reading options",
        help="How the file is read: separator, decimal mark, header line and the like.",
        more="Each format has its own, listed below; the page on data files says what is found out "
        "where nothing is set.",
        unset="guessed from the file",
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="columns",
        kind=Settings("settings of columns by name"),
        title="Columns",
        help="What single columns are taken for: a number or a category.",
        unset="guessed from the file",
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="missing",
        kind=Choice(
            (
                Option("drop", "Leave rows out", "Rows with a missing value are not used."),
                Option("fill", "Fill in", "The middle value of the training rows stands in."),
            )
        ),
        default="drop",
        title="Missing values",
        help="What happens to rows with a missing value.",
        group=_DATA,
    ),
    Param(
        section="data",
        name="scale",
        kind=Choice(
            (
                Option("standard", "Mean 0, spread 1"),
                Option("minmax", "From 0 to 1"),
                Option("none", "As they are"),
            )
        ),
        title="Scale inputs",
        help="How input numbers are scaled, by what the training rows show.",
        unset="automatic",
        group=_DATA,
    ),
    Param(
        section="data",
        name="scale_target",
        kind=Choice(
            (
                Option("standard", "Mean 0, spread 1", "Answers come back in their own units."),
                Option("none", "As it is"),
            )
        ),
        default="standard",
        title="Scale target",
        help="Whether a target of numbers is scaled for training, by what the training rows show.",
        more="Networks learn numbers around 0 most easily. Loss and metrics are then in multiples "
        "of the target's spread; results and predictions are in its own units. Losses that need "
        "the true size of a number (percentages, logarithms, counts) leave the target as it is.",
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="row_order",
        kind=Choice(
            (
                Option("file", "As in the file"),
                Option("random", "At random", "Mixed once, with the run's seed."),
            )
        ),
        default="file",
        title="Order of rows",
        help="The order of the rows before some of them are held out.",
        more="The last rows are held out. In a sorted file these are all alike: mix the rows.",
        group=_DATA,
        level=Level.EXPERT,
    ),
    Param(
        section="data",
        name="mixing",
        kind=Choice(
            (
                Option(
                    "windows",
                    "In windows",
                    "The pieces are mixed, and the rows of several pieces with each other.",
                ),
                Option("rows", "Every row", "Each piece is read over and over in each epoch."),
            )
        ),
        default="windows",
        title="Mixing of large files",
        help="How far rows are mixed that are read from pieces of a file while training runs.",
        more="Only for HDF5 that is stored in pieces (chunked, compressed) and does not fit into "
        "memory. A piece is read whole for whatever row of it is wanted, so mixing every row with "
        "every other takes many times as long.",
        group=_DATA,
        level=Level.EXPERT,
    ),
    Param(
        section="data",
        name="feed",
        kind=Choice(
            (
                Option("arrays", "As arrays", "Read before training starts."),
                Option("batches", "In batches", "Read while training runs, for large files."),
            )
        ),
        default="arrays",
        title="Reading",
        help="Whether rows are read before training or while it runs.",
        more="In batches, rows to hold out are named by a second file or a column, and readers "
        "(workers) and batches read ahead (max_queue_size) apply.",
        group=_DATA,
        level=Level.EXPERT,
    ),
    Param(
        section="data",
        name="fingerprint",
        kind=OneOf((Settings("size, time and hash"), Text(what="text"))),
        title="Fingerprint",
        help="What the file looked like when it was chosen.",
        more="A check and the start of a run compare: where the file has changed, they say so.",
        unset="not taken",
        group=_DATA,
        level=Level.EXPERT,
    ),
)
