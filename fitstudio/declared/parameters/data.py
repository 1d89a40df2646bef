"""The settings of the project's data: which file, how it is read and prepared."""

from __future__ import annotations

from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Option
from fitstudio.declared.parameters import sources

_DATA = "Data"

DATA: tuple[Param, ...] = (
    Param(
        section="data",
        name="file",
        kind=sources.PATH,
        title="File",
        help="The data file: a path inside the project's folder, or a full one.",
        unset="not chosen",
        group=_DATA,
    ),
    Param(
        section="data",
        name="kind",
        kind=sources.FORMAT,
        title="Format",
        help="What the file is.",
        unset="by the file's ending",
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="y_file",
        kind=sources.PATH,
        title="File of targets",
        help="For NPY: the second file, with the targets.",
        unset="none",
        group=_DATA,
    ),
    Param(
        section="data",
        name="options",
        kind=sources.OPTIONS,
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
        kind=sources.COLUMNS,
        title="Columns",
        help="What single columns are taken for: a number or a category.",
        unset="guessed from the file",
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="sources",
        kind=sources.Sources(),
        title="Files",
        help="Several files as one dataset: each with its path, and how its rows belong to the "
        "first one's.",
        more="Each file has a name, and columns are then called `name/column`. Rows belong "
        "together one by one, so that all files need the same number of them; or a file has `by`, "
        "a column of it that holds what the column `to` of the first file says (`to` is the same "
        "name where nothing is said). A row of the first file that finds none counts as missing "
        "there. The other settings of a file are `format`, `options`, `columns` and `targets`; "
        "each can be set alone, such as `data.sources.spectra.options`. The settings above read "
        "and write the first file.",
        unset="one file, or none",
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
        kind=sources.FINGERPRINT,
        title="Fingerprint",
        help="What the file looked like when the project last read it.",
        unset="not taken",
        group=_DATA,
        level=Level.EXPERT,
    ),
)
