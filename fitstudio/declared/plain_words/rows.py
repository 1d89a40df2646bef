"""Says in sentences which rows train, which check, and how much each of them counts."""

from __future__ import annotations

from collections.abc import Mapping

from fitstudio.declared.parameters.augmentation import AUGMENTATION, said
from fitstudio.declared.parameters.sources import sources_of
from fitstudio.declared.parameters.split import LAST
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.split_words import how_of
from fitstudio.declared.task.facts import Facts
from fitstudio.words import say, sentences
from fitstudio.words.nouns import one, several
from fitstudio.words.numbers import (
    counted,
    format_count,
    listed,
    plain_number,
    strong,
)


def rows_text(resolved: Resolved, facts: Facts) -> str:
    """How many rows train, how many check, and which are left out."""
    rows, many = strong(format_count(facts.training_rows)), several(facts.row_name)
    training = (
        say("{training_rows} {rows} train the model", training_rows=rows, rows=many)
        if facts.exact
        else say("About {training_rows} {rows} train the model", training_rows=rows, rows=many)
    )
    test = ""
    if facts.test_rows:
        test = say(
            "{test} {how} are the test part, which nothing sees until it is opened.",
            test=counted(facts.test_rows, facts.row_name),
            how=how_of({key: each.value for key, each in resolved.values.items()}),
        )
    return sentences(_training_and_checking(resolved, facts, training), test, _left_out(facts))


def _left_out(facts: Facts) -> str:
    if not facts.left_out:
        return ""
    if facts.left_out == 1:
        return say("One {row_name} with a missing value is left out.", row_name=one(facts.row_name))
    return say(
        "{left_out} with missing values are left out.",
        left_out=counted(facts.left_out, facts.row_name),
    )


def _training_and_checking(resolved: Resolved, facts: Facts, training: str) -> str:
    """The whole sentence; `training` is its beginning, which tells what trains."""
    given = resolved.value("fit.validation_data")
    if given is not None and "column" not in given:
        files = [str(source["path"]) for source in sources_of(given).values()]
        names = listed([_file_name(file) for file in files])
        return say("{training}, those of {names} check it.", training=training, names=strong(names))
    if not facts.validation_rows:
        return say("{training}, none check it.", training=training)
    check = strong(f"{facts.validation_rows:,}")
    if given is not None:
        labels = listed([str(value) for value in given["values"]], last="or")
        return say(
            "{training}, the {check} with {column} {labels} check it.",
            training=training,
            check=check,
            column=given["column"],
            labels=labels,
        )
    if resolved.value("data.split") != LAST or facts.test_rows:
        values = {key: each.value for key, each in resolved.values.items()}
        return say(
            "{training}, {check} {how} check it: fit() gets them as validation_data, and "
            "validation_split is not used.",
            training=training,
            check=check,
            how=how_of(values, before_test=facts.test_rows > 0),
        )
    if resolved.value("data.row_order") == "random":
        return say("{training}, {check} picked at random check it.", training=training, check=check)
    return say("{training}, the last {check} check it.", training=training, check=check)


def changes_at_random(resolved: Resolved) -> str:
    """What is changed at random in training pictures, where that has an effect."""
    values = {
        param.key: resolved.value(param.key)
        for param in AUGMENTATION
        if param.key not in resolved.greyed
    }
    words = said(values)
    if not words:
        return ""
    return say(
        "In training pictures only, anew in every epoch: {changes}. Pictures that check the model "
        "stay as they are.",
        changes=", ".join(words),
    )


def weights_text(resolved: Resolved, facts: Facts) -> str:
    """How much each class and each row counts."""
    weights: Mapping[int, float] = resolved.value("fit.class_weight") or {}
    by_class = ""
    if weights and facts.class_names:
        counts = [
            (name, strong(plain_number(weights[number])))
            for number, name in enumerate(facts.class_names)
            if number in weights
        ]
        (first, amount), rest = counts[0], counts[1:]
        row = one(facts.row_name)
        named = [_first_class(first, row, amount), *(_class(name, row, n) for name, n in rest)]
        by_class = say("{classes}.", classes=listed(named, most=4))
    column = resolved.value("fit.sample_weight")
    if column is None:
        return by_class or say("All {rows} count the same.", rows=several(facts.row_name))
    named_column, row = strong(column), one(facts.row_name)
    if not by_class:
        return say("Each {row_name} counts as {column} says.", row_name=row, column=named_column)
    also = say("Each {row_name} also counts as {column} says.", row_name=row, column=named_column)
    return sentences(by_class, also)


def _first_class(name: str, row: str, amount: str) -> str:
    times = (
        say("{amount} time", amount=amount)
        if amount == strong("1")
        else say("{amount} times", amount=amount)
    )
    if _begins_with_vowel(name):
        return say("An {name} {row} counts {times}", name=name, row=row, times=times)
    return say("A {name} {row} counts {times}", name=name, row=row, times=times)


def _class(name: str, row: str, amount: str) -> str:
    if _begins_with_vowel(name):
        return say("an {name} {row} {amount}", name=name, row=row, amount=amount)
    return say("a {name} {row} {amount}", name=name, row=row, amount=amount)


def _begins_with_vowel(word: str) -> bool:
    return word[:1].lower() in "aeiou"


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
