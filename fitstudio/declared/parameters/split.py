"""The settings that say which rows train, which check, and which nothing sees until asked."""

from __future__ import annotations

from fitstudio.declared.kinds.conditions import AnyOf, Is, Not
from fitstudio.declared.kinds.fit_values import DataRef
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Int, Option, Real
from fitstudio.declared.parameters import groups
from fitstudio.words import marked

LAST = "last"
RANDOM = "random"
STRATIFIED = "stratified"
GROUP = "group"
TIME = "time"
COLUMN = "column"
#: Those that draw rows, by data.split_seed.
DRAWN = (RANDOM, STRATIFIED, GROUP)
#: Those that need data.split_column.
BY_COLUMN = (GROUP, TIME, COLUMN)

SPLIT: tuple[Param, ...] = (
    Param(
        section="data",
        name="split",
        kind=Choice(
            (
                Option(LAST, marked("The last rows"), marked("As fit() does it.")),
                Option(RANDOM, marked("Random"), marked("Rows are drawn by chance.")),
                Option(
                    STRATIFIED,
                    marked("Stratified"),
                    marked("Drawn by chance, each class or size with the same share."),
                ),
                Option(GROUP, marked("Whole groups"), marked("What belongs together stays so.")),
                Option(TIME, marked("By time"), marked("The latest rows are held out.")),
                Option(COLUMN, marked("By a column"), marked("It says train, validation or test.")),
            )
        ),
        default=LAST,
        title=marked("Split"),
        help=marked("How the rows that check the model, and those of the test part, are chosen."),
        more=marked(
            "“The last rows” is validation_split as fit() has it. In all other ways the rows are "
            "chosen before training, and fit() gets them as validation_data. Stratified draws "
            "from each class of the target, or from ten shares of its sorted numbers, or by the "
            "column chosen; whole groups never stand on two sides; by time, rows of the same "
            "time stay together. Which rows were chosen is kept with the run."
        ),
        group=groups.CHECKING,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="split_column",
        kind=DataRef(),
        title=marked("Split by"),
        help=marked("The column that names the groups, holds the time or says the part."),
        more=marked(
            "The rows of one value are a group; of a time the latest values are held out; a "
            "column that says the part holds words such as train, val and test, in any case. "
            "For a stratified split it stands in for the target."
        ),
        unset=marked("none"),
        applies=AnyOf(*(Is("data.split", each) for each in (*BY_COLUMN, STRATIFIED))),
        group=groups.CHECKING,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="test_share",
        kind=Real(minimum=0.0, maximum=1.0, open_maximum=True),
        default=0.0,
        title=marked("Test part"),
        help=marked("The part of the rows that nothing sees until it is opened."),
        more=marked(
            "Its rows are in neither training nor validation, and nothing is learned from them "
            "for the preparation. It is opened on the Results page or by `fitstudio evaluate "
            "PROJECT RUN --part test`, and each opening is counted: a part that was opened often "
            "has helped to choose. The page on data files describes the whole file, with these "
            "rows."
        ),
        applies=Not(Is("data.split", COLUMN)),
        group=groups.CHECKING,
        level=Level.ADVANCED,
    ),
    Param(
        section="data",
        name="split_seed",
        kind=Int(minimum=0, maximum=2**63 - 1),
        default=0,
        title=marked("Seed of the split"),
        help=marked("The number that decides which rows are drawn."),
        more=marked(
            "It is not the seed of the run: all runs of a project check on the same rows, so "
            "that they can be compared, and rows of the test part never train in another run."
        ),
        applies=AnyOf(*(Is("data.split", each) for each in DRAWN)),
        group=groups.CHECKING,
        level=Level.EXPERT,
    ),
)
