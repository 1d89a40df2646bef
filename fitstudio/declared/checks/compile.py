"""Checks of optimiser, loss and metrics: their own settings, and whether they fit the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fitstudio.declared.catalogue.entries import LOSSES, METRICS, OPTIMIZERS
from fitstudio.declared.catalogue.losses import NUMBERS, TWO_CLASSES, automatic_loss
from fitstudio.declared.catalogue.measured_names import metric_name
from fitstudio.declared.catalogue.metric_entry import MetricEntry, Probabilities
from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.entries import EntryList, check_settings
from fitstudio.declared.kinds.param import Entry, Finding, Fix
from fitstudio.declared.kinds.values import ended
from fitstudio.declared.task.facts import Facts
from fitstudio.words import marked, say, say_count
from fitstudio.words.numbers import plain_number, strong

_METRIC_KIND = EntryList(METRICS, marked("a metric"))


def check_compile(checked: Checked) -> Iterator[Finding]:
    """Everything about the arguments of compile()."""
    yield from _optimizer(checked)
    yield from _entry_settings(checked, LOSSES, "compile.loss", "compile.loss_settings")
    for key in ("compile.metrics", "compile.weighted_metrics"):
        yield from _twice(checked, key)
    if checked.facts is not None:
        yield from _loss_fits(checked, checked.facts)
        if checked.facts.target in LOSSES[checked.facts.loss].suits:
            # How the target is given follows the loss: a wrong one would make all metrics wrong.
            for key in ("compile.metrics", "compile.weighted_metrics"):
                yield from _metrics_fit(checked, checked.facts, key)
                yield from _metrics_of_probabilities(checked, checked.facts, key)
    weights = checked.values["compile.loss_weights"]
    if weights is not None and len(weights) != 1:
        yield error(
            "compile.loss-weights-count",
            "compile.loss_weights",
            say(
                "There are {weights} and the model has one output.",
                weights=say_count(len(weights), "{number} weight", "{number} weights"),
            ),
            Fix(say("No loss weights"), {"compile.loss_weights": None}),
        )


def _optimizer(checked: Checked) -> Iterator[Finding]:
    yield from _entry_settings(
        checked, OPTIMIZERS, "compile.optimizer", "compile.optimizer_settings"
    )
    settings = checked.values["compile.optimizer_settings"] or {}
    if "learning_rate" in settings:
        kept = {name: value for name, value in settings.items() if name != "learning_rate"}
        yield error(
            "compile.rate-twice",
            "compile.optimizer_settings",
            say("The learning rate has a setting of its own (compile.learning_rate)."),
            Fix(
                say("Move it there"),
                {
                    "compile.learning_rate": settings["learning_rate"],
                    "compile.optimizer_settings": kept or None,
                },
            ),
        )
    optimizer, rate = checked.values["compile.optimizer"], checked.values["compile.learning_rate"]
    if rate is not None and rate > OPTIMIZERS[optimizer].high_rate:
        usual = OPTIMIZERS[optimizer].defaults()["learning_rate"]
        yield advice(
            "compile.rate-high",
            "compile.learning_rate",
            say(
                "{rate} is high for {optimizers}: the loss may jump or become NaN.",
                rate=plain_number(rate),
                optimizers=OPTIMIZERS[optimizer].title,
            ),
            Fix(say("Use {usual}", usual=plain_number(usual)), {"compile.learning_rate": None}),
        )


def _entry_settings(
    checked: Checked, entries: Mapping[str, Entry], key: str, settings_key: str
) -> Iterator[Finding]:
    settings = checked.values[settings_key]
    name = checked.values[key]
    if not settings:
        return
    if name is None:
        yield error(
            f"{settings_key}-without",
            settings_key,
            say("These settings belong to a loss, and the loss is automatic: choose one first."),
            Fix(say("Clear the settings"), {settings_key: None}),
        )
        return
    rest = {each: value for each, value in settings.items() if each != "learning_rate"}
    problem = check_settings(entries[name], rest)
    if problem is not None:
        sentence = ended(problem)
        known = {each: value for each, value in rest.items() if entries[name].param(each)}
        kept = {
            each: value
            for each, value in known.items()
            if check_settings(entries[name], {each: value}) is None
        }
        yield error(
            f"{settings_key}-wrong",
            settings_key,
            sentence,
            Fix(say("Leave it out"), {settings_key: kept or None}),
        )


def _twice(checked: Checked, key: str) -> Iterator[Finding]:
    items = checked.values[key] or []
    names = [metric_name(item) for item in items]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        kept = [item for place, item in enumerate(items) if names.index(names[place]) == place]
        yield error(
            f"{key}-twice",
            key,
            say("{twice} is in the list twice.", twice=strong(twice)),
            Fix(say("Keep one"), {key: kept}),
        )
    for item in items:
        entry = _METRIC_KIND.entry_of(item)
        if isinstance(entry, MetricEntry) and entry.one_by and not _setting(item, entry.one_by):
            one = {entry.one_by: entry.starts_with[entry.one_by]}
            fixed = [{**_as_settings(each), **one} if each == item else each for each in items]
            yield error(
                f"{key}-f1-average",
                key,
                say("F1 gives one value for each class until it is said how they become one."),
                Fix(say("Average over classes"), {key: fixed}),
            )
    for item in items:
        entry = _METRIC_KIND.entry_of(item)
        is_told = isinstance(entry, MetricEntry) and entry.one_by
        needed = entry.starts_with if entry is not None and not is_told else {}
        lacking = [name for name in needed if _setting(item, name) is None]
        if entry is not None and lacking:
            fixed = [{**needed, **_as_settings(each)} if each == item else each for each in items]
            yield error(
                f"{key}-incomplete",
                key,
                say("{entry} needs a {lacking}.", entry=strong(entry.title), lacking=lacking[0]),
                Fix(say("Use {needed}", needed=needed[lacking[0]]), {key: fixed}),
            )


def _asks_for(entry: Entry) -> Probabilities:
    return entry.probabilities if isinstance(entry, MetricEntry) else Probabilities.NOT_ASKED


def _setting(item: object, name: str) -> object:
    return item.get(name) if isinstance(item, Mapping) else None


def _as_settings(item: object) -> dict[str, object]:
    if isinstance(item, Mapping):
        return {str(name): value for name, value in item.items()}
    entry = _METRIC_KIND.entry_of(item)
    return {"kind": entry.name if entry is not None else item}


def _loss_fits(checked: Checked, facts: Facts) -> Iterator[Finding]:
    loss = LOSSES[facts.loss]
    if facts.target in loss.suits:
        yield from _loss_values(checked, facts)
        return
    fitting = automatic_loss(facts.target)
    yield error(
        "compile.loss-target",
        "compile.loss",
        loss_misfit(loss, facts),
        Fix(
            say("Use {losses}", losses=LOSSES[fitting].title.lower()),
            {"compile.loss": None, "compile.loss_settings": None},
        ),
    )


def loss_misfit(loss: Entry, facts: Facts) -> str:
    """Why a loss cannot be used for the target; empty where it can."""
    if facts.target in loss.suits:
        return ""
    meant_for = loss.help[0].lower() + loss.help[1:].partition(";")[0].partition(",")[0]
    return say(
        "{loss} is {meant_for}, and the target is {target}.",
        loss=loss.title,
        meant_for=meant_for,
        target=say("numbers") if facts.target == NUMBERS else _classes(facts),
    )


def _classes(facts: Facts) -> str:
    return say("one of two classes") if facts.target == TWO_CLASSES else say("a class")


def _loss_values(checked: Checked, facts: Facts) -> Iterator[Finding]:
    """Losses that only work for numbers in a certain range."""
    if facts.target != NUMBERS or checked.summary is None:
        return
    columns = [checked.summary.column(name) for name in checked.values["fit.y"] or ()]
    lowest = min((c.minimum for c in columns if c and c.minimum is not None), default=None)
    least = LOSSES[facts.loss].lowest
    if lowest is not None and least is not None and lowest < least:
        yield error(
            "compile.loss-negative",
            "compile.loss",
            say(
                "{losses} needs numbers of {least} or more, and the smallest target is {lowest}.",
                losses=LOSSES[facts.loss].title,
                least=plain_number(least),
                lowest=plain_number(lowest),
            ),
            Fix(say("Use mean squared error"), {"compile.loss": None}),
        )


def _metrics_fit(checked: Checked, facts: Facts, key: str) -> Iterator[Finding]:
    items = checked.values[key] or []
    for item in items:
        entry = _METRIC_KIND.entry_of(item)
        if entry is None or facts.target_encoding in entry.suits:
            continue
        kept = [each for each in items if each != item]
        fix = Fix(say("Leave it out"), {key: kept or None})
        if "accuracy" in entry.name and facts.target != NUMBERS:
            changed = ["accuracy" if each == item else each for each in items]
            kept = [each for place, each in enumerate(changed) if changed.index(each) == place]
            fix = Fix(say("Use accuracy"), {key: kept})
        sentence = (
            say("{item} does not fit: the target is a number.", item=strong(metric_name(item)))
            if facts.target == NUMBERS
            else say(
                "{item} does not fit {losses}.",
                item=strong(metric_name(item)),
                losses=LOSSES[facts.loss].title.lower(),
            )
        )
        # The reference reports accuracy for numbers too: of no use, but no error.
        harmless = facts.target == NUMBERS and entry.name == "accuracy"
        yield (advice if harmless else error)("compile.metric-target", key, sentence, fix)


def _metrics_of_probabilities(checked: Checked, facts: Facts, key: str) -> Iterator[Finding]:
    """Metrics with a threshold from 0 to 1, where the model answers with plain scores."""
    if facts.output_activation != "linear" or facts.target == NUMBERS:
        return
    items = checked.values[key] or []
    loss = LOSSES[facts.loss].title.lower()
    settings = checked.values["compile.loss_settings"] or {}
    for item in items:
        entry = _METRIC_KIND.entry_of(item)
        if entry is None or facts.target_encoding not in entry.suits:
            continue
        # Accuracy over several columns compares them with each other, which needs no threshold.
        asks = _asks_for(entry)
        is_computed = asks is Probabilities.MEANT or (
            entry.name == "accuracy" and facts.target_encoding == "binary"
        )
        if not is_computed and asks is not Probabilities.NEEDED:
            continue
        if settings.get("from_logits"):
            kept = {name: value for name, value in settings.items() if name != "from_logits"}
            fix = Fix(
                say("Let the model give probabilities"), {"compile.loss_settings": kept or None}
            )
        else:
            rest = [each for each in items if each != item]
            fix = Fix(say("Leave it out"), {key: rest or None})
        yield (advice if is_computed else error)(
            "compile.metric-probabilities",
            key,
            say(
                "{item} needs probabilities from 0 to 1, and for {loss} the model answers "
                "with plain scores.",
                item=strong(metric_name(item)),
                loss=loss,
            ),
            fix,
        )
