"""The Monitor page's side panel: how the run goes, in sentences computed from its state."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.plain_words import Paragraph
from fitstudio.declared.run_spec import RunSpec
from fitstudio.journal.events import Reason
from fitstudio.journal.run_state import Phase, RunState, ending_sentence, shown
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.viewmodel.monitor.verdict import Fit, Progress, Verdict
from fitstudio.viewmodel.own_units import value_words
from fitstudio.words import numbers, say_count, saying, sentences

_DROPOUT_STEPS = (0.0, 0.2, 0.3, 0.5)
# What tells the share of the validation rows that are right; of others it would not be true.
_RIGHT_ROWS = (
    "val_accuracy",
    "val_acc",
    "val_binary_accuracy",
    "val_categorical_accuracy",
    "val_sparse_categorical_accuracy",
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change worth a run: a sentence, and the settings."""

    sentence: str
    set: Mapping[str, Any] = field(default_factory=dict)


def say(model: MonitorModel) -> list[Paragraph]:
    """The paragraphs for a run, newest knowledge first; **strong** as the panel shows it."""
    if model.shown is None and model.starting:
        return [
            Paragraph(
                saying.say("How it goes"),
                saying.say("**Starting.** The first run of this project is being prepared."),
            )
        ]
    if model.shown is None:
        return [
            Paragraph(
                saying.say("Not yet"), saying.say("No model has been trained in this project.")
            )
        ]
    state, verdict = model.state, model.verdict()
    if state is None or verdict is None:
        return []
    paragraphs = [
        _silence(model),
        _how_it_goes(state, verdict, going_on=model.going_on),
        _patience(model),
        _fit(state, verdict),
        _score(state),
        _data(state),
        _kept(state),
    ]
    return [paragraph for paragraph in paragraphs if paragraph is not None]


def suggest(
    verdict: Verdict | None, spec: RunSpec | None, state: RunState | None
) -> Suggestion | None:
    """The one change that the curves speak for most, with the reason, if they speak for any."""
    if verdict is None or spec is None or state is None:
        return None
    if verdict.progress is Progress.BROKEN:
        return _slower(state, spec, saying.say("the loss was no longer a number"))
    if _perfect(state):
        return None  # nothing can be better
    if verdict.jumpy:
        return _slower(state, spec, saying.say("the training loss jumps up and down"))
    if verdict.fit is Fit.OVERFITTING:
        return _more_dropout(spec)
    ran_out = state.reason == Reason.ALL_EPOCHS
    if verdict.progress is Progress.LEARNING and verdict.waited == 0 and ran_out:
        done = shown(state.epochs[-1].epoch)
        return Suggestion(
            say_count(
                2 * done,
                "{number} epoch in place of {done}: its last epoch was its best, it was still "
                "learning",
                "{number} epochs in place of {done}: its last epoch was its best, it was still "
                "learning",
                done=numbers.format_count(done),
            ),
            {"fit.epochs": 2 * done},
        )
    return None


def _silence(model: MonitorModel) -> Paragraph | None:
    if model.silent_s is None:
        return None
    return Paragraph(
        saying.say("Not answering"),
        saying.say(
            "The training process has not said a word for a while: it hangs, or the computer "
            "is too busy for it. Wait, or press **Stop now** in the Run menu; the last "
            "checkpoint is kept."
        ),
    )


def _how_it_goes(state: RunState, verdict: Verdict, *, going_on: bool) -> Paragraph:
    if not state.running and not going_on:
        return Paragraph(saying.say("How it went"), _ending(state, verdict))
    if state.phase is Phase.PAUSED:
        return Paragraph(
            saying.say("How it goes"),
            saying.say("**Paused.** Nothing is lost; it goes on where it is."),
        )
    if going_on or state.phase in (Phase.STARTING, Phase.PREPARING):
        getting_ready = saying.say("**Getting ready.** The data and the model are being prepared.")
        if state.epochs:
            done = shown(state.epochs[-1].epoch)
            kept = say_count(
                done, "Its {number} epoch so far is kept.", "Its {number} epochs so far are kept."
            )
            getting_ready = sentences(getting_ready, kept)
        return Paragraph(saying.say("How it goes"), getting_ready)
    text = f"**{verdict.progress.sentence}**"
    if state.best is not None and verdict.best_epoch is not None:
        text = sentences(text, _best_so_far(shown(verdict.best_epoch), verdict.waited))
    if verdict.jumpy:
        jumpy = saying.say(
            "The training loss jumps up and down: the learning rate may be too high."
        )
        text = sentences(text, jumpy)
    return Paragraph(saying.say("How it goes"), text)


def _best_so_far(epoch: int, waited: int) -> str:
    """Which epoch was the best, counted from 1, and how many since then were no better."""
    if not waited:
        return saying.say("The best model so far is from **epoch {best_epoch}**.", best_epoch=epoch)
    return say_count(
        waited,
        "The best model so far is from **epoch {best_epoch}**; {number} epoch since then was no "
        "better.",
        "The best model so far is from **epoch {best_epoch}**; {number} epochs since then were no "
        "better.",
        best_epoch=epoch,
    )


def _ending(state: RunState, verdict: Verdict) -> str:
    assert state.outcome is not None
    text = sentences(numbers.strong(ending_sentence(state)), state.sentence)
    if verdict.best_epoch is not None:
        count = say_count(len(state.epochs), "{number} epoch", "{number} epochs")
        best = saying.say(
            "The best model is from **epoch {best_epoch}** of {count}.",
            best_epoch=shown(verdict.best_epoch),
            count=count,
        )
        text = sentences(text, best)
    if verdict.progress is Progress.LEARNING and verdict.waited == 0 and len(state.epochs) > 5:
        text = sentences(text, saying.say("It was still learning: more epochs may help."))
    return text


def _patience(model: MonitorModel) -> Paragraph | None:
    patience = model.patience()
    if patience is None or model.state is None or not model.state.running:
        return None
    last = model.state.last_epoch
    if last is not None and patience.stops_at > shown(last):
        end = saying.say(
            "The run ends after epoch {last}, before that is used up.", last=shown(last)
        )
    else:
        end = saying.say(
            "It stops after epoch {stops_at} if none comes.", stops_at=patience.stops_at
        )
    text = saying.say(
        "**{waited} of {limit}** epochs without a better value. {end}",
        waited=patience.waited,
        limit=patience.limit,
        end=end,
    )
    return Paragraph(saying.say("Patience"), text)


def _fit(state: RunState, verdict: Verdict) -> Paragraph | None:
    since = (
        ""
        if verdict.apart_since is None
        else saying.say("epoch {apart_since}", apart_since=shown(verdict.apart_since))
    )
    match verdict.fit:
        case Fit.UNCHECKED | Fit.UNKNOWN if verdict.progress is Progress.BROKEN:
            return None
        case Fit.UNKNOWN:
            return _not_yet_checked(state)
        case Fit.UNCHECKED:
            text = saying.say(
                "No rows check this run, so nobody can tell whether it learns the rule or "
                "just the rows by heart. Hold some out on the Training page."
            )
        case Fit.EARLY if state.running:
            text = saying.say("Too early to compare training with validation.")
        case Fit.EARLY:
            text = saying.say("Too few epochs to compare training with validation.")
        case Fit.TOGETHER:
            text = saying.say("Training and validation loss go together: no sign of over-fitting.")
        case Fit.APART:
            text = saying.say(
                "Since about **{since}** training loss falls and validation loss does not. "
                "That is how over-fitting starts.",
                since=since,
            )
        case Fit.OVERFITTING:
            text = saying.say(
                "**Over-fitting since about {since}**: training loss falls, validation loss "
                "rises. The model of the best epoch is from before that.",
                since=since,
            )
    return Paragraph(saying.say("Fit"), text)


def _not_yet_checked(state: RunState) -> Paragraph | None:
    """What is known before the first validation has ended: at most that there will be one."""
    rows = state.data.get("validation_rows")
    if not state.checked or not isinstance(rows, int):
        return None
    checks = say_count(
        rows, "**{number} row** checks this run.", "**{number} rows** check this run."
    )
    known = (
        saying.say("How it does on them is not known yet.")
        if state.running
        else saying.say("How it does on them was not measured before it ended.")
    )
    return Paragraph(saying.say("Fit"), sentences(checks, known))


def _score(state: RunState) -> Paragraph | None:
    best = state.best
    row = state.best_row
    if best is None or row is None:
        return None
    parts = []
    rows = state.data.get("validation_rows")
    accuracy = next((name for name in row.logs if name in _RIGHT_ROWS), None)
    if accuracy is not None and isinstance(row.logs[accuracy], float):
        share = row.logs[accuracy]
        parts.append(
            saying.say(
                "**{share}** of the validation rows right at the best epoch.",
                share=numbers.in_percent(share),
            )
        )
        if isinstance(rows, int) and 0 < rows < 200:
            parts.append(
                saying.say(
                    "There are {rows}: one row is {numbers_in_percent}.",
                    rows=rows,
                    numbers_in_percent=numbers.in_percent(1 / rows),
                )
            )
    elif best.value is not None:
        parts.append(
            saying.say(
                "{measured} **{value}**.",
                measured=figures.monitored_title(best.monitor),
                value=value_words(best.value, best.monitor, state.target_scale),
            )
        )
    return Paragraph(saying.say("Score"), " ".join(parts)) if parts else None


def _data(state: RunState) -> Paragraph | None:
    """What was done to the rows before training: what was left out, how a second file was read."""
    return Paragraph(saying.say("Data"), " ".join(state.preparation)) if state.preparation else None


def _kept(state: RunState) -> Paragraph | None:
    kept = state.checkpoints.get("best") or state.checkpoints.get("last")
    if kept is None:
        return None
    if kept.step:
        batches = say_count(kept.step, "{number} batch", "{number} batches")
        text = saying.say(
            "Model after **{batches} of epoch {epoch}**", batches=batches, epoch=shown(kept.epoch)
        )
    else:
        text = saying.say("Model of **epoch {epoch}**", epoch=shown(kept.epoch))
    if not state.running:
        return Paragraph(saying.say("Kept"), saying.say("{model}.", model=text))
    saved = saying.say("{model}, saved {time}.", model=text, time=_ago(time.time() - kept.time))
    closing = saying.say("Closing this window does not stop the run.")
    return Paragraph(saying.say("Kept"), sentences(saved, closing))


def _ago(seconds: float) -> str:
    """How long ago, in steps so coarse that the sentence does not tremble."""
    if seconds < 10:
        return saying.say("just now")
    if seconds < 55:
        return saying.say("{seconds} s ago", seconds=f"{seconds // 10 * 10:.0f}")
    return saying.say(
        "{seconds} ago", seconds=numbers.format_seconds(max(60.0, seconds // 60 * 60))
    )


def _more_dropout(spec: RunSpec) -> Suggestion | None:
    now = _number(spec, "model.dropout")
    if now is None:
        return None
    more = next((step for step in _DROPOUT_STEPS if step > now), None)
    if more is None:
        return None
    return Suggestion(
        saying.say(
            "Dropout {more} in place of {now}: validation loss rose while training loss fell",
            more=f"{more:g}",
            now=f"{now:g}",
        ),
        {"model.dropout": more},
    )


def _slower(state: RunState, spec: RunSpec, reason: str) -> Suggestion | None:
    """A third of the learning rate; None where it follows a plan of its own."""
    if isinstance(spec.get("compile.learning_rate"), Mapping):
        return None
    rate = _number(spec, "compile.learning_rate")
    if rate is None:  # what the optimiser takes of itself was told with each epoch
        rate = next((row.learning_rate for row in state.epochs if row.learning_rate), None)
    if rate is None:
        return None
    slower = float(f"{rate / 3:.1g}")
    sentence = saying.say(
        "Learning rate {slower} in place of {rate}: {reason}",
        slower=numbers.format_exact(slower),
        rate=numbers.format_exact(rate),
        reason=reason,
    )
    return Suggestion(sentence, {"compile.learning_rate": slower})


def _perfect(state: RunState) -> bool:
    """Whether every row that is told of was right at the best epoch."""
    row = state.best_row
    return row is not None and any(row.logs.get(name) == 1.0 for name in _RIGHT_ROWS)


def _number(spec: RunSpec, key: str) -> float | None:
    """A setting as a number; None where it is not one, or the model has no such setting."""
    try:
        value = spec.get(key)
    except (KeyError, ValueError):
        return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
