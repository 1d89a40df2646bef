"""Tables of text, CSV, TSV and their relatives: what can be set in how they are read."""

from __future__ import annotations

from fitstudio.declared.formats import containers
from fitstudio.declared.formats.format import Format, ReadingOption, Travels, Where
from fitstudio.declared.formats.kinds import Several, TextChoice
from fitstudio.declared.formats.listed_pictures import LISTED
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Choice, Flag, Int, Option, Text
from fitstudio.words import marked

_LINE = Int(minimum=0, maximum=100_000)
_WORDS = Several(what=marked("a list of texts"), item=Text())

OPTIONS: tuple[ReadingOption, ...] = (
    ReadingOption(
        name="sheet",
        kind=Text(what=marked("the name of a sheet")),
        title=marked("Sheet"),
        help=marked("The sheet of the workbook that holds the table."),
        unset=marked("found out"),
        travels=Travels.LAYOUT,
        where=Where.SEVERAL,
    ),
    ReadingOption(
        name="member",
        kind=Text(what=marked("the name of a file in the archive")),
        title=marked("File in the archive"),
        help=marked("Which of the files in the archive is the table."),
        unset=marked("found out"),
        travels=Travels.LAYOUT,
        where=Where.SEVERAL,
    ),
    ReadingOption(
        name="cells",
        kind=Text(what=marked("a range of cells, such as B3:F200")),
        title=marked("Cells"),
        help=marked("The part of the sheet that is the table, such as B3:F200."),
        unset=marked("found out"),
        travels=Travels.PLACE,
        where=Where.WORKBOOK,
    ),
    ReadingOption(
        name="separator",
        kind=TextChoice(
            (
                Option(",", marked("Comma")),
                Option(";", marked("Semicolon")),
                Option("\t", marked("Tab")),
                Option(" ", marked("Spaces")),
                Option("|", marked("Bar")),
                Option("", marked("Nothing: one column")),
            ),
            longest=1,
        ),
        default=",",
        title=marked("Between cells"),
        help=marked("What stands between two cells."),
        travels=Travels.LAYOUT,
        where=Where.TEXT,
    ),
    ReadingOption(
        name="decimal",
        kind=TextChoice((Option(".", marked("Point: 0.5")), Option(",", marked("Comma: 0,5")))),
        default=".",
        title=marked("Decimal mark"),
        help=marked("What stands before the decimals of a number."),
    ),
    ReadingOption(
        name="thousands",
        kind=TextChoice(
            (
                Option("", marked("Nothing")),
                Option(",", marked("Comma")),
                Option(".", marked("Point")),
                Option(" ", marked("Space")),
                Option("'", marked("Apostrophe")),
            )
        ),
        default="",
        title=marked("Between thousands"),
        help=marked("What parts the thousands of a number."),
    ),
    ReadingOption(
        name="dates",
        kind=Choice((Option("dmy", marked("Day first")), Option("mdy", marked("Month first")))),
        default="dmy",
        title=marked("Dates such as 3/4/2024"),
        help=marked("Which comes first where a date does not tell."),
    ),
    ReadingOption(
        name="encoding",
        kind=TextChoice(
            (
                Option("utf-8", marked("UTF-8")),
                Option("cp1252", marked("Windows (western)")),
                Option("latin-1", marked("Latin 1")),
                Option("utf-16", marked("UTF-16")),
                Option("gb18030", marked("Chinese (GB 18030)")),
                Option("shift_jis", marked("Japanese (Shift JIS)")),
                Option("cp1251", marked("Windows (Cyrillic)")),
                Option("utf-8+cp1252", marked("UTF-8 and Windows, line by line")),
            ),
            longest=100,
        ),
        default="utf-8",
        title=marked("Characters"),
        help=marked("How the file's bytes stand for characters."),
        travels=Travels.LAYOUT,
        where=Where.TEXT,
    ),
    ReadingOption(
        name="header_line",
        kind=_LINE,
        default=1,
        title=marked("Line with the names (0: none)"),
        help=marked("The number of the line that names the columns."),
        travels=Travels.PLACE,
    ),
    ReadingOption(
        name="missing",
        kind=_WORDS,
        title=marked("Also missing"),
        help=marked("Cells that stand for a missing value in any column: the whole list."),
        unset=marked("empty cells only"),
    ),
    ReadingOption(
        name="missing_numbers",
        kind=_WORDS,
        title=marked("Missing among numbers"),
        help=marked("Cells that stand for a missing value in columns of numbers: the whole list."),
        unset=marked("the usual marks"),
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="units_line",
        kind=_LINE,
        default=0,
        title=marked("Line with the units (0: none)"),
        help=marked("The number of the line below the names that holds the units."),
        level=Level.ADVANCED,
        travels=Travels.PLACE,
    ),
    ReadingOption(
        name="first_line",
        kind=_LINE,
        title=marked("First line of the samples"),
        help=marked("The number of the first line that holds a sample."),
        unset=marked("found out"),
        level=Level.ADVANCED,
        travels=Travels.PLACE,
    ),
    ReadingOption(
        name="row_names",
        kind=Flag(),
        title=marked("First cells name the rows"),
        help=marked("Whether each line starts with a name that has no header, as R writes it."),
        unset=marked("found out"),
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="column_starts",
        kind=Several(
            what=marked("a list of rising whole numbers, such as [1, 16, 27]"),
            item=Int(minimum=1, maximum=1_000_000),
            rising=True,
        ),
        title=marked("Columns start at"),
        help=marked("In text of fixed width, the character that each column starts with, from 1."),
        unset=marked("found out"),
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
        where=Where.TEXT,
    ),
    ReadingOption(
        name="quote",
        kind=TextChoice(
            (
                Option('"', marked("Double quotes")),
                Option("'", marked("Single quotes")),
                Option("", marked("Nothing: quotes are text")),
            )
        ),
        default='"',
        title=marked("Around cells"),
        help=marked("What stands around a cell that holds the mark between cells."),
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
        where=Where.TEXT,
    ),
    ReadingOption(
        name="comment",
        kind=TextChoice(
            (Option("", marked("Nothing")), Option("#", "#"), Option("%", "%")), longest=3
        ),
        default="",
        title=marked("Comments start with"),
        help=marked("What the lines start with that are no data."),
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
        where=Where.TEXT,
    ),
    ReadingOption(
        name="marked",
        kind=Choice((Option("number", marked("The number")), Option("missing", marked("Missing")))),
        default="number",
        title=marked("A number with a mark, such as 5*"),
        help=marked("What a number with a mark behind it counts as."),
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="ragged",
        kind=TextChoice(
            (
                Option("", marked("Ask before training")),
                Option("skip", marked("Leave them out")),
                Option("cut", marked("Cut them off")),
            )
        ),
        default="",
        title=marked("Lines with too many cells"),
        help=marked("What is done with lines that have more cells than there are names."),
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="short",
        kind=TextChoice(
            (Option("", marked("The rest is missing")), Option("skip", marked("Leave them out")))
        ),
        default="",
        title=marked("Lines with too few cells"),
        help=marked("What is done with lines that have fewer cells than there are names."),
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="repeated_names",
        kind=Choice(
            (Option("skip", marked("Leave them out")), Option("keep", marked("Keep them")))
        ),
        default="skip",
        title=marked("Lines that repeat the names"),
        help=marked("What is done with lines that hold the names again."),
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="other_lines",
        kind=Choice(
            (Option("skip", marked("Leave them out")), Option("keep", marked("Keep them")))
        ),
        default="skip",
        title=marked("Means, notes and other tables"),
        help=marked("What is done with lines below the samples that are none."),
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="copies",
        kind=Choice(
            (Option("keep", marked("Keep them")), Option("skip", marked("Leave them out")))
        ),
        default="keep",
        title=marked("Rows that are exact copies"),
        help=marked("What is done with rows that are exact copies of others."),
        level=Level.ADVANCED,
        travels=Travels.NEVER,
    ),
)

_ENDINGS = (".csv", ".tsv", ".txt", *containers.ENDINGS)
# What instruments call text besides; a single file is known by what is in it.
_ENDINGS_IN_FOLDERS = (".dat", ".asc", ".prn", ".xy")

TABLE = Format(
    name="table",
    title=marked("Table"),
    help=marked("CSV, TSV or Excel"),
    params=(*OPTIONS, *LISTED),
    called=("CSV", "TSV", "Excel"),
    endings=_ENDINGS,
    folder_endings=(*_ENDINGS, *_ENDINGS_IN_FOLDERS),
    has_mixed_endings=True,
    content=marked("table"),
    row="row",
    column="column",
    icon="table",
)
