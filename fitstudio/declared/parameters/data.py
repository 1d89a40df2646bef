"""The settings of the project's data: which file, how it is read and prepared."""

from __future__ import annotations

from fitstudio.declared.catalogue.preparations import (
    CATEGORY_WAYS,
    GAP_WAYS,
    NUMBER_WAYS,
    ONE_HOT,
    options_of,
)
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Option
from fitstudio.declared.parameters import column_settings, sources
from fitstudio.declared.parameters.split import SPLIT
from fitstudio.words import marked

_DATA = marked("Data")

DATA: tuple[Param, ...] = (
    Param(
        section="data",
        name="file",
        kind=sources.PATH,
        title=marked("File"),
        help=marked("The data file: a path inside the project's folder, or a full one."),
        unset=marked("not chosen"),
        group=_DATA,
    ),
    Param(
        section="data",
        name="kind",
        kind=sources.FORMAT,
        title=marked("Format"),
        help=marked("What the file is."),
        unset=marked("by the file's ending"),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="y_file",
        kind=sources.PATH,
        title=marked("File of targets"),
        help=marked("For NPY: the second file, with the targets."),
        unset=marked("none"),
        group=_DATA,
    ),
    Param(
        section="data",
        name="options",
        kind=sources.OPTIONS,
        title=marked("Reading options"),
        help=marked("How the file is read: separator, decimal mark, header line and the like."),
        more=marked(
            "Each format has its own, listed below; the page on data files says what is found "
            "out where nothing is set."
        ),
        unset=marked("guessed from the file"),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="columns",
        kind=sources.COLUMNS,
        title=marked("Columns"),
        help=marked(
            "What single columns are taken for, and how they are prepared where that differs from "
            "the others."
        ),
        more=marked(
            'Such as `{"angle": {"prepare": "periodic", "period": 360}}`, or for one column alone '
            "`data.columns.angle.prepare=periodic`. The ways are listed below."
        ),
        unset=marked("guessed from the file"),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="sources",
        kind=sources.Sources(),
        title=marked("Files"),
        help=marked(
            "Several files as one dataset: each with its path, and how its rows belong to the "
            "first one's."
        ),
        more=marked(
            "Each file has a name, and columns are then called `name/column`. Rows belong "
            "together one by one, so that all files need the same number of them; or a file "
            "has `by`, a column of it that holds what the column `to` of the first file says "
            "(`to` is the same name where nothing is said). A row of the first file that "
            "finds none counts as missing there. The other settings of a file are `format`, "
            "`options`, `columns` and `targets`; each can be set alone, such as "
            "`data.sources.spectra.options`. The settings above read and write the first file."
        ),
        unset=marked("one file, or none"),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="missing",
        kind=Choice(options_of(GAP_WAYS)),
        default="drop",
        title=marked("Missing values"),
        help=marked("What happens to rows with a missing value."),
        group=_DATA,
    ),
    Param(
        section="data",
        name="scale",
        kind=Choice(options_of(NUMBER_WAYS)),
        title=marked("Scale inputs"),
        help=marked("How input numbers are scaled, by what the training rows show."),
        more=marked(
            "A column of its own kind is told in `data.columns`. Arrays are scaled by mean and "
            "spread where a way is for single numbers only."
        ),
        unset=marked("automatic"),
        group=_DATA,
    ),
    Param(
        section="data",
        name="categories",
        kind=Choice(options_of(CATEGORY_WAYS)),
        default=ONE_HOT,
        title=marked("Classes as inputs"),
        help=marked("How columns of words become numbers."),
        more=marked(
            "The classes are those of the whole file: which there are must not hang on which rows "
            "are held out."
        ),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="rare",
        kind=column_settings.RARE,
        default=0.0,
        title=marked("Rare classes"),
        help=marked("Classes of inputs that fewer rows than this share have are told as one."),
        more=marked(
            "0 keeps them all. What a later file has that training did not is then told as one of "
            "them. The shares are those of the whole file, as the classes are."
        ),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="scale_target",
        kind=Choice(
            (
                Option(
                    "standard",
                    marked("Mean 0, spread 1"),
                    marked("Answers come back in their own units."),
                ),
                Option("none", marked("As it is")),
            )
        ),
        default="standard",
        title=marked("Scale target"),
        help=marked(
            "Whether a target of numbers is scaled for training, by what the training rows show."
        ),
        more=marked(
            "Networks learn numbers around 0 most easily. History then keeps losses and metrics "
            "of the scaled target; results and predictions are in its own units. "
            "Losses that need the true size of a number (percentages, logarithms, counts) "
            "leave the target as it is."
        ),
        group=_DATA,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="row_order",
        kind=Choice(
            (
                Option("file", marked("As in the file")),
                Option("random", marked("At random"), marked("Mixed once, with the run's seed.")),
            )
        ),
        default="file",
        title=marked("Order of rows"),
        help=marked("The order of the rows before some of them are held out."),
        more=marked(
            "The last rows are held out. In a sorted file these are all alike: mix the rows."
        ),
        group=_DATA,
        level=Level.EXPERT,
    ),
    *SPLIT,
    Param(
        section="data",
        name="mixing",
        kind=Choice(
            (
                Option(
                    "windows",
                    marked("In windows"),
                    marked("The pieces are mixed, and the rows of several pieces with each other."),
                ),
                Option(
                    "rows",
                    marked("Every row"),
                    marked("Each piece is read over and over in each epoch."),
                ),
            )
        ),
        default="windows",
        title=marked("Mixing of large files"),
        help=marked(
            "How far rows are mixed that are read from pieces of a file while training runs."
        ),
        more=marked(
            "Only for HDF5 that is stored in pieces (chunked, compressed) and does not fit "
            "into memory. A piece is read whole for whatever row of it is wanted, so mixing "
            "every row with every other takes many times as long."
        ),
        group=_DATA,
        level=Level.EXPERT,
    ),
    Param(
        section="data",
        name="feed",
        kind=Choice(
            (
                Option("arrays", marked("As arrays"), marked("Read before training starts.")),
                Option(
                    "batches",
                    marked("In batches"),
                    marked("Read while training runs, for large files."),
                ),
            )
        ),
        default="arrays",
        title=marked("Reading"),
        help=marked("Whether rows are read before training or while it runs."),
        more=marked(
            "In batches, rows to hold out are named by a second file or a column, and readers "
            "(workers) and batches read ahead (max_queue_size) apply."
        ),
        group=_DATA,
        level=Level.EXPERT,
    ),
    Param(
        section="data",
        name="fingerprint",
        kind=sources.FINGERPRINT,
        title=marked("Fingerprint"),
        help=marked("What the file looked like when it was chosen."),
        more=marked(
            "A check and the start of a run compare: where the file has changed, they say so."
        ),
        unset=marked("not taken"),
        group=_DATA,
        level=Level.EXPERT,
    ),
)
