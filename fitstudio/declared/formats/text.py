"""Tables of text, CSV, TSV and their relatives: what can be set in how they are read."""

from __future__ import annotations

from fitstudio.declared.formats.format import Format, ReadingOption, Travels
from fitstudio.declared.formats.kinds import Several, TextChoice
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Choice, Flag, Int, Option, Text

_LINE = Int(minimum=0, maximum=100_000)
_WORDS = Several(what="a list of texts", item=Text())

OPTIONS: tuple[ReadingOption, ...] = (
    ReadingOption(
        name="separator",
        kind=TextChoice(
            (
                Option(",", "Comma"),
                Option(";", "Semicolon"),
                Option("\t", "Tab"),
                Option(" ", "Spaces"),
                Option("|", "Bar"),
                Option("", "Nothing: one column"),
            ),
            longest=1,
        ),
        default=",",
        title="Between cells",
        help="What stands between two cells.",
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="decimal",
        kind=TextChoice((Option(".", "Point: 0.5"), Option(",", "Comma: 0,5"))),
        default=".",
        title="Decimal mark",
        help="What stands before the decimals of a number.",
    ),
    ReadingOption(
        name="thousands",
        kind=TextChoice(
            (
                Option("", "Nothing"),
                Option(",", "Comma"),
                Option(".", "Point"),
                Option(" ", "Space"),
                Option("'", "Apostrophe"),
            )
        ),
        default="",
        title="Between thousands",
        help="What parts the thousands of a number.",
    ),
    ReadingOption(
        name="dates",
        kind=Choice((Option("dmy", "Day first"), Option("mdy", "Month first"))),
        default="dmy",
        title="Dates such as 3/4/2024",
        help="Which comes first where a date does not tell.",
    ),
    ReadingOption(
        name="encoding",
        kind=TextChoice(
            (
                Option("utf-8", "UTF-8"),
                Option("cp1252", "Windows (western)"),
                Option("latin-1", "Latin 1"),
                Option("utf-16", "UTF-16"),
                Option("gb18030", "Chinese (GB 18030)"),
                Option("shift_jis", "Japanese (Shift JIS)"),
                Option("cp1251", "Windows (Cyrillic)"),
                Option("utf-8+cp1252", "UTF-8 and Windows, line by line"),
            ),
            longest=100,
        ),
        default="utf-8",
        title="Characters",
        help="How the file's bytes stand for characters.",
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="header_line",
        kind=_LINE,
        default=1,
        title="Line with the names (0: none)",
        help="The number of the line that names the columns.",
        travels=Travels.PLACE,
    ),
    ReadingOption(
        name="missing",
        kind=_WORDS,
        title="Also missing",
        help="Cells that stand for a missing value in any column: the whole list.",
        unset="empty cells only",
    ),
    ReadingOption(
        name="missing_numbers",
        kind=_WORDS,
        title="Missing among numbers",
        help="Cells that stand for a missing value in columns of numbers: the whole list.",
        unset="the usual marks",
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="units_line",
        kind=_LINE,
        default=0,
        title="Line with the units (0: none)",
        help="The number of the line below the names that holds the units.",
        level=Level.ADVANCED,
        travels=Travels.PLACE,
    ),
    ReadingOption(
        name="first_line",
        kind=_LINE,
        title="First line of the samples",
        help="The number of the first line that holds a sample.",
        unset="found out",
        level=Level.ADVANCED,
        travels=Travels.PLACE,
    ),
    ReadingOption(
        name="row_names",
        kind=Flag(),
        title="First cells name the rows",
        help="Whether each line starts with a name that has no header, as R writes it.",
        unset="found out",
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="column_starts",
        kind=Several(
            what="a list of rising whole numbers, such as [1, 16, 27]",
            item=Int(minimum=1, maximum=1_000_000),
            rising=True,
        ),
        title="Columns start at",
        help="In text of fixed width, the character that each column starts with, from 1.",
        unset="found out",
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="quote",
        kind=TextChoice(
            (
                Option('"', "Double quotes"),
                Option("'", "Single quotes"),
                Option("", "Nothing: quotes are text"),
            )
        ),
        default='"',
        title="Around cells",
        help="What stands around a cell that holds the mark between cells.",
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="comment",
        kind=TextChoice((Option("", "Nothing"), Option("#", "#"), Option("%", "%")), longest=3),
        default="",
        title="Comments start with",
        help="What the lines start with that are no data.",
        level=Level.ADVANCED,
        travels=Travels.LAYOUT,
    ),
    ReadingOption(
        name="marked",
        kind=Choice((Option("number", "The number"), Option("missing", "Missing"))),
        default="number",
        title="A number with a mark, such as 5*",
        help="What a number with a mark behind it counts as.",
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="ragged",
        kind=TextChoice(
            (
                Option("", "Ask before training"),
                Option("skip", "Leave them out"),
                Option("cut", "Cut them off"),
            )
        ),
        default="",
        title="Lines with too many cells",
        help="What is done with lines that have more cells than there are names.",
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="short",
        kind=TextChoice((Option("", "The rest is missing"), Option("skip", "Leave them out"))),
        default="",
        title="Lines with too few cells",
        help="What is done with lines that have fewer cells than there are names.",
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="repeated_names",
        kind=Choice((Option("skip", "Leave them out"), Option("keep", "Keep them"))),
        default="skip",
        title="Lines that repeat the names",
        help="What is done with lines that hold the names again.",
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="other_lines",
        kind=Choice((Option("skip", "Leave them out"), Option("keep", "Keep them"))),
        default="skip",
        title="Means, notes and other tables",
        help="What is done with lines below the samples that are none.",
        level=Level.ADVANCED,
    ),
    ReadingOption(
        name="copies",
        kind=Choice((Option("keep", "Keep them"), Option("skip", "Leave them out"))),
        default="keep",
        title="Rows that are exact copies",
        help="What is done with rows that are exact copies of others.",
        level=Level.ADVANCED,
        travels=Travels.NEVER,
    ),
)

TABLE = Format(
    name="table",
    title="Table",
    help="CSV or TSV",
    params=OPTIONS,
    called=("CSV", "TSV"),
    endings=(".csv", ".tsv", ".txt"),
    content="table",
    row="row",
    column="column",
    icon="table",
)
