"""The Monitor page's side panel: how the run goes, in sentences computed from its state."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.journal.run_state import Phase, RunState, shown
from fitstudio.spec.plain_words import Paragraph
from fitstudio.spec.run_spec import RunSpec
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.monitor import MonitorModel
from fitstudio.viewmodel.verdict import Fit, Progress, Verdict

_DROPOUT_STEPS = (0.0, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change worth a run: a sentence, and the settings."""

    sentence: str
    set: Mapping[str, Any] = field(default_factory=dict)


def say(model: MonitorModel) -> list[Paragraph]:
    """The paragraphs for a run, newest knowledge first; **strong** as the panel shows it."""
    state, verdict = model.state, model.verdict()
    if state is None or verdict is None:
        return []
    paragraphs = [
        _silence(model),
        _how_it_goes(state, verdict),
        _patience(model),
        _fit(verdict),
        _score(state),
        _data(state),
        _kept(state),
    ]
    return [paragraph for paragraph in paragraphs if paragraph is not None]


def suggest(verdict: Verdict | None, spec: RunSpec | None) -> Suggestion | None:
    """The one change that the curves speak for most, if they speak for any."""
    if verdict is None or spec is None:
        return None
    rate = _number(spec, "compile.learning_rate") or 0.001
    if verdict.progress is Progress.BROKEN or verdict.jumpy:
        slower = float(f"{rate / 3:.1g}")
        sentence = f"Learning rate {figures.format_exact(slower)} in place of "
        return Suggestion(sentence + figures.format_exact(rate), {"compile.learning_rate": slower})
    if verdict.fit is Fit.OVERFITTING:
        return _more_dropout(spec)
    if verdict.progress is Progress.LEARNING and verdict.waited == 0:
        epochs = _number(spec, "fit.epochs") or 1
        return Suggestion(
            f"{int(epochs * 2)} epochs: it was still learning", {"fit.epochs": int(epochs * 2)}
        )
    return None


def _silence(model: MonitorModel) -> Paragraph | None:
    if model.silent_s is None:
        return None
    return Paragraph(
        "Not answering",
        "The training process has not said a word for a while: it hangs, or the computer is too "
        "busy for it. Wait, or press **Stop now** in the Run menu; the last checkpoint is kept.",
    )


def _how_it_goes(state: RunState, verdict: Verdict) -> Paragraph:
    if not state.running:
        return Paragraph("How it went", _ending(state, verdict))
    if state.phase is Phase.PAUSED:
        return Paragraph("How it goes", "**Paused.** Nothing is lost; it goes on where it is.")
    text = f"**{verdict.progress.sentence}**"
    if state.best is not None and verdict.best_epoch is not None:
        text += f" The best model so far is from **epoch {shown(verdict.best_epoch)}**"
        if verdict.waited:
            noun = "epoch since then was" if verdict.waited == 1 else "epochs since then were"
            text += f"; {verdict.waited} {noun} no better"
        text += "."
    if verdict.jumpy:
        text += " The training loss jumps up and down: the learning rate may be too high."
    return Paragraph("How it goes", text)


def _ending(state: RunState, verdict: Verdict) -> str:
    assert state.outcome is not None
    text = f"**{state.outcome.sentence}** {state.sentence}".strip()
    if verdict.best_epoch is not None:
        count = figures.plural(len(state.epochs), "epoch")
        text += f" The best model is from **epoch {shown(verdict.best_epoch)}** of {count}."
    if verdict.progress is Progress.LEARNING and verdict.waited == 0 and len(state.epochs) > 5:
        text += " It was still learning: more epochs may help."
    return text


def _patience(model: MonitorModel) -> Paragraph | None:
    patience = model.patience()
    if patience is None or model.state is None or not model.state.running:
        return None
    return Paragraph(
        "Patience",
        f"**{patience.waited} of {patience.limit}** epochs without a better value. "
        f"It stops after epoch {patience.stops_at} if none comes.",
    )


def _fit(verdict: Verdict) -> Paragraph | None:
    since = "" if verdict.apart_since is None else f"epoch {shown(verdict.apart_since)}"
    match verdict.fit:
        case Fit.UNCHECKED if verdict.progress is Progress.BROKEN:
            return None
        case Fit.UNCHECKED:
            text = (
                "No rows check this run, so nobody can tell whether it learns the rule or just "
                "the rows by heart. Hold some out on the Training page."
            )
        case Fit.EARLY:
            text = "Too early to compare training with validation."
        case Fit.TOGETHER:
            text = "Training and validation loss go together: no sign of over-fitting."
        case Fit.APART:
            text = (
                f"Since about **{since}** training loss falls and validation loss does not. "
                "That is how over-fitting starts."
            )
        case Fit.OVERFITTING:
            text = (
                f"**Over-fitting since about {since}**: training loss falls, validation loss "
                "rises. The model of the best epoch is from before that."
            )
    return Paragraph("Fit", text)


def _score(state: RunState) -> Paragraph | None:
    best = state.best
    row = state.best_row
    if best is None or row is None:
        return None
    parts = []
    rows = state.data.get("validation_rows")
    accuracy = next((name for name in row.logs if name.startswith("val_") and "acc" in name), None)
    if accuracy is not None and isinstance(row.logs[accuracy], float):
        share = row.logs[accuracy]
        parts.append(f"**{share * 100:.1f} %** of the validation rows right at the best epoch.")
        if isinstance(rows, int) and 0 < rows < 200:
            parts.append(f"There are {rows}: one row is {100 / rows:.1f} %.")
    elif best.value is not None:
        parts.append(
            f"{figures.monitored_title(best.monitor)} **{figures.format_value(best.value)}**."
        )
    return Paragraph("Score", " ".join(parts)) if parts else None


def _data(state: RunState) -> Paragraph | None:
    """What was done to the rows before training: what was left out, how a second file was read."""
    return Paragraph("Data", " ".join(state.preparation)) if state.preparation else None


def _kept(state: RunState) -> Paragraph | None:
    kept = state.checkpoints.get("best") or state.checkpoints.get("last")
    if kept is None:
        return None
    text = f"Model of **epoch {shown(kept.epoch)}**"
    if state.running:
        text += f", saved {_ago(time.time() - kept.time)}"
        text += ". Closing this window does not stop the run"
    return Paragraph("Kept", f"{text}.")


def _ago(seconds: float) -> str:
    """How long ago, in steps so coarse that the sentence does not tremble."""
    if seconds < 10:
        return "just now"
    if seconds < 55:
        return f"{seconds // 10 * 10:.0f} s ago"
    return f"{figures.format_seconds(max(60.0, seconds // 60 * 60))} ago"


def _more_dropout(spec: RunSpec) -> Suggestion | None:
    now = _number(spec, "model.dropout")
    if now is None:
        return None
    more = next((step for step in _DROPOUT_STEPS if step > now), None)
    if more is None:
        return None
    return Suggestion(f"Dropout {more:g} in place of {now:g}", {"model.dropout": more})


def _number(spec: RunSpec, key: str) -> float | None:
    """A setting as a number; None where it is not one, or the model has no such setting."""
    try:
        value = spec.get(key)
    except (KeyError, ValueError):
        return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
