"""The training form without its window: rows, levels, search, fixes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fitstudio.declared.kinds.param import Level
from fitstudio.declared.parameters import groups
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.declared.run_spec import RunSpec
from fitstudio.viewmodel.shell.readiness import readiness
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.callbacks import callback_summary, shown_order
from fitstudio.viewmodel.training.cards import CARDS, TRAINING_KEYS
from fitstudio.viewmodel.training.form import TrainingForm, same
from tests.unit.declared.samples import CLASSES, PENGUINS


class NoBackground:
    def run(self, *_args: Any, **_keywords: Any) -> None:
        """Nothing here waits for a disk or another process."""


@pytest.fixture
def form() -> TrainingForm:
    project = SimpleNamespace(settings=CLASSES, read_only=None)
    session = ProjectSession(project, NoBackground())  # type: ignore[arg-type]
    session.summary = PENGUINS
    session._resolve()
    return TrainingForm(session)


def test_a_row_has_all_that_is_drawn(form) -> None:
    row = form.row("fit.epochs")
    assert (row.value, row.changed, row.default_text) == (50, True, "1")
    assert row.hint == "Times through the training rows"
    assert form.row("fit.batch_size").automatic == "automatic (32)"
    assert form.row("fit.batch_size").hint == "9 steps an epoch"
    assert form.row("compile.loss").automatic == "Sparse categorical cross-entropy"
    assert form.row("compile.loss").hint == "Fits 3 classes"
    assert form.row("fit.shuffle").default_text == "every epoch"
    assert form.row("fit.validation_split").state == "warning"
    assert form.row("fit.workers").greyed == "only for data that comes in batches"


def test_the_value_of_the_default_counts_as_not_set(form) -> None:
    form.set_value("fit.epochs", 1)
    assert not form.session.spec.is_set("fit.epochs")
    form.set_value("fit.shuffle", False)
    assert form.session.spec.get("fit.shuffle") is False
    assert not same(True, 1)
    assert same(2, 2)


def test_a_fix_says_what_it_did_until_it_is_news_no_more(form) -> None:
    finding = form.row("fit.validation_split").findings[0]
    form.apply_fix(finding)
    row = form.row("fit.validation_split")
    assert row.findings == ()
    assert row.done == "Rows are picked at random before some of them are held out."
    assert row.state == "success"
    form.undo_fix(row.key)
    assert form.row("fit.validation_split").findings == (finding,)
    form.apply_fix(finding)
    form.session.undo()
    assert form.row("fit.validation_split").done is None


def test_taking_a_fix_back_leaves_what_was_changed_since(form) -> None:
    finding = form.row("fit.validation_split").findings[0]
    form.apply_fix(finding)
    form.set_value("fit.epochs", 77)

    form.undo_fix("fit.validation_split")

    assert form.session.spec.get("fit.epochs") == 77
    assert form.row("fit.validation_split").findings == (finding,)


def test_every_row_is_in_one_card() -> None:
    assert len(TRAINING_KEYS) == len(set(TRAINING_KEYS))


def test_levels_fold_search_unfolds(form) -> None:
    card = CARDS[1]
    assert "fit.steps_per_epoch" in form.folded_keys(card)
    form.set_level(Level.EXPERT)
    assert form.folded_keys(card) == ()
    form.set_search("steps")
    seen = {key for each in CARDS for key in form.visible_keys(each)}
    assert seen == {"fit.steps_per_epoch", "fit.validation_steps"}
    form.set_search("terminal")
    seen = {key for each in CARDS for key in form.visible_keys(each)}
    assert seen == {"fit.verbose"}


def test_the_standing_helpers_keep_their_places() -> None:
    assert [kind for kind, _ in shown_order([])] == [
        "EarlyStopping",
        "ReduceLROnPlateau",
        "ModelCheckpoint",
    ]
    items = [{"kind": "CSVLogger"}, {"kind": "ModelCheckpoint"}]
    assert shown_order(items) == [
        ("EarlyStopping", None),
        ("ReduceLROnPlateau", None),
        ("CSVLogger", 0),
        ("ModelCheckpoint", 1),
    ]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (
            {"kind": "EarlyStopping", "patience": 10, "restore_best_weights": True},
            "10 epochs of patience, keeps the best",
        ),
        ({"kind": "ReduceLROnPlateau"}, "Times 0.1 after 10 epochs without a gain"),
        ({"kind": "ModelCheckpoint"}, "After every epoch"),
        ({"kind": "ModelCheckpoint", "save_best_only": True}, "Each time it is better"),
        ({"kind": "LearningRateScheduler"}, "Times 0.5 every 10 epochs"),
        ({"kind": "CSVLogger"}, "Into log.csv"),
        ({"kind": "EarlyStopping", "patience": "many"}, ""),
        ({"kind": "Nothing"}, ""),
    ],
)
def test_helpers_say_what_they_are_set_to(item, words) -> None:
    assert callback_summary(item) == words


def test_readiness_counts_what_is_left(form) -> None:
    session = form.session
    state = readiness(session.resolved)
    assert (state.state, state.title) == ("warning", "1 thing to look at")
    session.set_many({"fit.epochs": 0, "fit.batch_size": 0}, "break")
    state = readiness(session.resolved)
    assert (state.state, state.title) == ("error", "2 things to mend")
    session.set_many({"fit.epochs": 5, "fit.batch_size": None, "data.row_order": "random"}, "mend")
    assert readiness(session.resolved).title == "Ready to train"
    assert readiness(session.resolved, reading=True).state == "info"
    session.set_value("fit.validation_split", 1.0)
    state = readiness(session.resolved, spec=session.spec)
    assert state.sentence == "Hold out must be 0 % or more and below 100 %, not 100 %."


def test_values_that_cannot_work_do_not_break_a_row(form) -> None:
    broken = {
        "fit.epochs": "x",
        "fit.initial_epoch": "y",
        "compile.loss": "nothing",
        "compile.optimizer": ["adam"],
        "fit.callbacks": 3,
        "fit.class_weight": "heavy",
        "fit.validation_data": 5,
        "fit.validation_freq": {},
    }
    form.session.spec = RunSpec().with_values(broken)
    form.session._resolve()
    for key in TRAINING_KEYS:
        form.row(key)
    assert form.row("fit.epochs").state == "error"


@pytest.mark.parametrize(
    "words, key",
    [
        ("early", "fit.callbacks"),
        ("patience", "fit.callbacks"),
        ("stop when", "fit.callbacks"),
        ("gpu", "run.device"),
        ("missing", "run.on_nan"),
        ("adamw", "compile.optimizer"),
        ("at random", "data.row_order"),
        ("random", "fit.shuffle"),
    ],
)
def test_a_search_knows_helpers_choices_and_what_people_say(form, words, key) -> None:
    form.set_search(words)
    assert key in {each for card in CARDS for each in form.visible_keys(card)}


def test_a_share_that_cannot_be_is_told_in_percent_and_alone(form) -> None:
    form.session.set_value("fit.validation_split", 1.0)
    findings = form.row("fit.validation_split").findings
    assert [each.sentence for each in findings] == [
        "Hold out must be 0 % or more and below 100 %, not 100 %."
    ]


def test_a_card_for_pictures_is_not_shown_for_a_table_unless_something_is_set_in_it(form) -> None:
    card = next(each for each in CARDS if each.group.title == groups.AT_RANDOM)
    assert form.visible_keys(card) == form.folded_keys(card) == ()
    form.set_search("flip")
    assert "data.augment_flip_horizontal" in form.visible_keys(card), "it can be found"
    form.set_search("")
    form.set_value(card.keys[0], not FIXED[card.keys[0]].default)
    assert card.keys[0] in form.visible_keys(card), "what is set is never hidden"
