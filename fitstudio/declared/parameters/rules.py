"""Rules between settings that hold whatever the data are, as data."""

from __future__ import annotations

from fitstudio.declared.kinds.conditions import All, AtMost, Fact, Given, Is, Not, Reads
from fitstudio.declared.kinds.param import Fix, Rule, Severity
from fitstudio.declared.parameters.split import COLUMN
from fitstudio.words import marked

RULES: tuple[Rule, ...] = (
    Rule(
        code="fit.nothing-to-train",
        where="fit.epochs",
        when=All(Given("fit.initial_epoch"), AtMost("fit.epochs", "fit.initial_epoch")),
        severity=Severity.ERROR,
        sentence=marked(
            "Nothing would be trained: the last epoch (epochs) is not behind the first one "
            "(initial_epoch)."
        ),
        fix=Fix(marked("Start at the first epoch"), {"fit.initial_epoch": None}),
        reference="silent",
    ),
    Rule(
        code="fit.split-of-batches",
        where="fit.validation_split",
        when=All(
            Reads("batches"),
            Given("fit.validation_split"),
            Not(Given("fit.validation_data")),
            Not(Given("data.split")),
            Not(Given("data.test_share")),
        ),
        severity=Severity.ERROR,
        sentence=marked(
            "Rows can only be held out of data that is read before training. For data that "
            "comes in batches, name a second file or a column that marks the rows."
        ),
        fix=Fix(marked("Read before training"), {"data.feed": None}),
        reference="raises",
    ),
    Rule(
        code="fit.validation-said-twice",
        where="fit.validation_data",
        when=All(Given("fit.validation_data"), Is("data.split", COLUMN)),
        severity=Severity.ERROR,
        sentence=marked(
            "Two settings name the rows to check on: the column of the split (data.split) and "
            "validation_data."
        ),
        fix=Fix(marked("Use the column of the split"), {"fit.validation_data": None}),
        reference="silent",
    ),
    Rule(
        code="fit.weights-without-classes",
        where="fit.class_weight",
        when=All(Given("fit.class_weight"), Fact("numbers")),
        severity=Severity.ERROR,
        sentence=marked("Class weights need classes, and the target is a number."),
        fix=Fix(marked("No class weights"), {"fit.class_weight": None}),
        reference="silent",
    ),
    Rule(
        code="compile.rate-zero",
        where="compile.learning_rate",
        when=Is("compile.learning_rate", 0.0),
        severity=Severity.ADVICE,
        sentence=marked("With a learning rate of 0 the model stays as it is."),
        fix=Fix(marked("Use the optimiser's own"), {"compile.learning_rate": None}),
        reference="silent",
    ),
    Rule(
        code="compile.mode-without-steps",
        where="compile.sample_weight_mode",
        when=All(Given("compile.sample_weight_mode"), Not(Fact("time steps")), Fact("task known")),
        severity=Severity.NO_EFFECT,
        sentence=marked(
            "Ignored: the model gives one answer for each row, so that each row has one weight."
        ),
        fix=Fix(marked("Back to the whole row"), {"compile.sample_weight_mode": None}),
        reference="silent",
    ),
)
