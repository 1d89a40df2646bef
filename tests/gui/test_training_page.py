"""Drives the form as a person does; every change is looked up in the session and on the disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fitstudio.declared.kinds.param import Level
from fitstudio.declared.parameters.augmentation import AUGMENTATION
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.fit import FIT
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.gui.pages.training.editors.chip_list import ChipList
from fitstudio.gui.pages.training.editors.columns import columns_words
from fitstudio.gui.pages.training.editors.contract import Editor
from fitstudio.gui.pages.training.page import TrainingPage
from fitstudio.gui.panels.plain_words import PlainWordsPanel
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.project import Project
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.cards import CARDS, TRAINING_KEYS
from tests.gui.training_session import NoBackground, open_session
from tests.unit.declared.samples import NUMBERS, PENGUINS

STOPPING = {"kind": "EarlyStopping", "patience": 3}

# One value for each parameter of fit() and compile(), different from the default and from the
# project's: what the editor is set to is what fit() gets.
VALUES: dict[str, Any] = {
    "fit.x": ["bill", "sex"],
    "fit.y": ["sex"],
    "fit.batch_size": 8,
    "fit.epochs": 12,
    "fit.verbose": 2,
    "fit.callbacks": [STOPPING, {"kind": "TerminateOnNaN"}],
    "fit.validation_split": 0.25,
    "fit.validation_data": {"column": "island", "values": ["Dream"]},
    "fit.shuffle": "batch",
    "fit.class_weight": {0: 1.0, 1: 2.5, 2: 0.5},
    "fit.sample_weight": "year",
    "fit.initial_epoch": 2,
    "fit.steps_per_epoch": 5,
    "fit.validation_steps": 2,
    "fit.validation_freq": [1, 5, 10],
    "fit.max_queue_size": 4,
    "fit.workers": 0,
    "fit.use_multiprocessing": True,
    "fit.validation_batch_size": 16,
    "compile.optimizer": "sgd",
    "compile.learning_rate": 0.05,
    "compile.optimizer_settings": {"beta_1": 0.8},
    "compile.loss": "categorical_crossentropy",
    "compile.loss_settings": {"label_smoothing": 0.1},
    "compile.metrics": ["accuracy", {"kind": "AUC", "curve": "PR"}],
    "compile.loss_weights": [0.5],
    "compile.weighted_metrics": ["accuracy"],
    "compile.sample_weight_mode": "temporal",
}


@pytest.fixture
def session(tmp_path: Path, qapp):
    theme().apply(Mode.LIGHT)
    opened = open_session(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def page(session, qtbot) -> TrainingPage:
    made = TrainingPage(session)
    qtbot.addWidget(made)
    made.resize(820, 900)
    made.show()
    return made


@pytest.fixture(scope="module")
def shared_page(tmp_path_factory, qapp):
    """One page for the tests that leave it as they found it: making one takes a while."""
    theme().apply(Mode.LIGHT)
    session = open_session(tmp_path_factory.mktemp("shared"))
    made = TrainingPage(session)
    made.resize(820, 900)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    session.close()


def stored(session) -> dict[str, Any]:
    """The settings as the project's file has them."""
    session.project.settings = session.spec
    session.project.save()
    file = session.project.paths.file
    return json.loads(file.read_text(encoding="utf-8"))


def test_losses_that_fit_the_target_come_first_and_the_others_say_why_not(page, session):
    field = page.editor("compile.loss")
    model = field.model()
    rows = range(1, field.count())
    can = [bool(model.item(row).flags() & Qt.ItemFlag.ItemIsEnabled) for row in rows]
    fitting = sum(can)

    assert can == [True] * fitting + [False] * (len(can) - fitting) and 0 < fitting < len(can)
    assert field.itemText(1) in ("Categorical cross-entropy", "Sparse categorical cross-entropy")
    for row in rows[fitting:]:
        assert "and the target is a class" in field.itemData(row, Qt.ItemDataRole.ToolTipRole)

    # Of another target other losses fit; what is chosen stays, and what no catalogue has as well.
    session.set_many(
        {"fit.y": ["bill"], "fit.x": ["island"], "compile.loss": "huber"}, "Another target"
    )
    assert field.value() == "huber"
    mse = field.findText("Mean squared error")
    assert 0 < mse < field.findText("Categorical cross-entropy")
    assert model.item(mse).isEnabled()
    session.set_value("compile.loss", "nothing")
    session.set_many({"fit.y": ["species"], "fit.x": ["bill"]}, "Back")
    assert field.value() == "nothing"


def test_every_parameter_has_a_value_to_be_tried() -> None:
    assert set(VALUES) == {param.key for param in (*FIT, *COMPILE)}


@pytest.mark.parametrize("key", VALUES)
def test_an_editor_sets_undoes_redoes_and_resets_its_parameter(key, shared_page) -> None:
    page, session = shared_page, shared_page.session
    editor = page.findChild(QWidget, key)
    assert editor is not None
    assert isinstance(editor, Editor)
    before = session.spec
    told: list[Any] = []
    editor.valueChanged.connect(told.append)

    editor.setValue(VALUES[key])
    assert told == [VALUES[key]]
    assert editor.value() == VALUES[key]
    assert session.spec.get(key) == VALUES[key]

    session.undo()
    assert session.spec == before
    assert editor.value() == before.get(key)
    session.redo()
    assert editor.value() == VALUES[key]

    editor.reset()
    assert editor.value() == before.param(key).default
    assert not session.spec.is_set(key)
    session.set_value(key, before.get(key) if before.is_set(key) else None)
    assert session.spec == before


def test_all_parameters_together_are_found_in_the_project_and_in_a_run(page, session) -> None:
    for key, value in VALUES.items():
        page.editor(key).setValue(value)
    section = RunSpec.from_json(stored(session)["settings"])
    assert {key: section.get(key) for key in VALUES} == VALUES
    assert section == session.spec


def test_editors_are_named_for_tests_and_assistive_tools(page) -> None:
    for key in TRAINING_KEYS:
        editor = page.findChild(QWidget, key)
        assert editor is not None, key
        assert editor.accessibleName(), key
        assert page.findChild(QWidget, f"{key}.message") is not None, key


def test_typing_is_checked_as_it_is_typed(page, session, qtbot) -> None:
    epochs = page.editor("fit.epochs")
    message = page.row("fit.epochs").message
    epochs.setFocus()
    epochs.selectAll()
    qtbot.keyClicks(epochs, "0")
    assert session.spec.get("fit.epochs") == 0
    assert "1 or more" in message.text()
    assert message.isVisibleTo(page)
    assert epochs.property("state") == "error"
    qtbot.keyClicks(epochs, "x")
    assert session.spec.get("fit.epochs") == "0x"
    assert epochs.text() == "0x"
    epochs.selectAll()
    qtbot.keyClicks(epochs, "30")
    assert session.spec.get("fit.epochs") == 30
    assert message.text() == ""


def test_decimal_point_and_comma_are_read(page, session, qtbot) -> None:
    rate = page.editor("compile.learning_rate")
    for typed in ("0.005", "0,005"):
        rate.reset()
        rate.setFocus()
        qtbot.keyClicks(rate, typed)
        assert session.spec.get("compile.learning_rate") == 0.005
        assert rate.text() == typed
    rate.selectAll()
    qtbot.keyClick(rate, Qt.Key.Key_Delete)
    assert rate.value() is None
    assert rate.placeholderText() == "0.001"


def test_arrows_step_on_from_what_automatic_comes_to(page, session, qtbot) -> None:
    size = page.editor("fit.batch_size")
    qtbot.keyClick(size, Qt.Key.Key_Up)
    assert session.spec.get("fit.batch_size") == 33
    rate = page.editor("compile.learning_rate")
    qtbot.keyClick(rate, Qt.Key.Key_Up)
    assert session.spec.get("compile.learning_rate") == 0.01
    steps = page.editor("fit.steps_per_epoch")
    qtbot.keyClick(steps, Qt.Key.Key_Up)
    assert session.spec.get("fit.steps_per_epoch") == 1
    epochs = page.editor("fit.epochs")
    epochs.selectAll()
    qtbot.keyClicks(epochs, "many")
    qtbot.keyClick(epochs, Qt.Key.Key_Up)
    assert epochs.text() == "many"


def test_percent_is_shown_and_read(page, session, qtbot) -> None:
    split = page.editor("fit.validation_split")
    assert split.text() == "20 %"
    split.setFocus()
    split.selectAll()
    qtbot.keyClicks(split, "12.5 %")
    assert session.spec.get("fit.validation_split") == 0.125
    split.selectAll()
    qtbot.keyClicks(split, "0.3")
    assert session.spec.get("fit.validation_split") == 0.3
    page.row("fit.validation_split").reset_button.click()
    assert not session.spec.is_set("fit.validation_split")
    assert split.value() == 0.0


def test_epochs_to_check_in_are_a_number_or_a_list(page, session, qtbot) -> None:
    field = page.editor("fit.validation_freq")
    assert field.text() == "1 epoch"
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2, 4")
    assert session.spec.get("fit.validation_freq") == [2, 4]
    field.selectAll()
    qtbot.keyClicks(field, "3")
    assert session.spec.get("fit.validation_freq") == 3


def test_automatic_says_what_it_comes_to(page, session) -> None:
    assert page.editor("fit.batch_size").placeholderText() == "automatic (32)"
    page.editor("fit.steps_per_epoch").setValue(7)
    assert page.editor("fit.batch_size").placeholderText() == "automatic (38)"


def test_a_finding_is_mended_by_its_button_and_taken_back_by_undo(page, session, qtbot) -> None:
    row = page.row("fit.validation_split")
    bar = row.message.bars()[0]
    assert "all Chinstrap" in row.message.text()
    assert bar.button.text() == "Pick rows at random"
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert session.spec.get("data.row_order") == "random"
    assert row.message.text() == "Rows are picked at random before some of them are held out."
    assert row.message.bars()[0].button.text() == "Undo"
    qtbot.mouseClick(row.message.bars()[0].button, Qt.MouseButton.LeftButton)
    assert not session.spec.is_set("data.row_order")
    assert "all Chinstrap" in row.message.text()


def test_a_setting_without_effect_is_greyed_with_its_reason(page, session) -> None:
    row = page.row("fit.workers")
    assert not row.editor.isEnabled()
    assert row.row().greyed == "only for data that comes in batches"
    page.editor("data.feed").setValue("batches")
    assert row.editor.isEnabled()
    assert row.row().greyed is None


def test_class_weights_are_off_for_numbers(tmp_path, qtbot) -> None:
    session = open_session(tmp_path, NUMBERS)
    page = TrainingPage(session)
    qtbot.addWidget(page)
    assert not page.editor("fit.class_weight").mode.isEnabled()
    session.close()


def test_class_weights_balance_and_own(page, session, qtbot) -> None:
    editor = page.editor("fit.class_weight")
    page.editor("data.row_order").setValue("random")
    assert not editor.isVisibleTo(page)
    editor.mode.setValue("balanced")
    weights = session.spec.get("fit.class_weight")
    counts = session.resolved.facts.training_class_counts
    amounts = [count * weights[number] for number, count in enumerate(counts)]
    assert max(amounts) - min(amounts) < 0.01
    assert editor.isVisibleTo(page)
    field = editor.weight_field(1)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "4")
    assert session.spec.get("fit.class_weight")[1] == 4.0
    assert editor.mode.value() == "own"
    editor.mode.setValue("off")
    assert session.spec.get("fit.class_weight") is None


def test_helpers_are_switched_added_ordered_and_set(page, session, qtbot) -> None:
    editor = page.editor("fit.callbacks")
    editor.view("EarlyStopping").switch.click()
    assert session.spec.get("fit.callbacks")[0]["patience"] == 10
    editor.add("CSVLogger")
    kinds = [item["kind"] for item in session.spec.get("fit.callbacks")]
    assert kinds == ["EarlyStopping", "CSVLogger"]
    editor.view("CSVLogger").up.click()
    kinds = [item["kind"] for item in session.spec.get("fit.callbacks")]
    assert kinds == ["CSVLogger", "EarlyStopping"]
    form = editor.view("EarlyStopping").unfold()
    form.field("patience").setValue(60)
    assert session.spec.get("fit.callbacks")[1]["patience"] == 60
    assert "can never act" in page.row("fit.callbacks").message.text()
    form.field("monitor").setValue("val_accuracy")
    assert session.spec.get("fit.callbacks")[1]["monitor"] == "val_accuracy"
    editor.view("CSVLogger").remove.click()
    assert [item["kind"] for item in editor.value()] == ["EarlyStopping"]
    editor.view("EarlyStopping").switch.click()
    assert session.spec.get("fit.callbacks") is None
    # Switched on again, it has the settings that it had.
    editor.view("EarlyStopping").switch.click()
    assert session.spec.get("fit.callbacks")[0]["patience"] == 60


def test_metrics_offered_are_those_that_fit(page, session) -> None:
    editor = page.editor("compile.metrics")
    offered = {action.text() for action in editor.menu().actions()}
    assert "sparse categorical accuracy" in offered
    assert "area under curve" not in offered
    assert "accuracy" not in offered
    editor.chips()[0].removed.emit()
    assert session.spec.get("compile.metrics") is None


def test_columns_come_from_the_data(page, session) -> None:
    offered = {action.text() for action in page.editor("fit.x").menu().actions()}
    assert offered == set(PENGUINS.names) - {"island", "bill", "sex"}
    rows = page.editor("fit.sample_weight")
    rows.setValue("signed")
    assert "below 0" in page.row("fit.sample_weight").message.text()


def test_rows_to_check_on_are_chosen_by_a_column(page, session) -> None:
    editor = page.editor("fit.validation_data")
    editor.mode.setValue("column")
    assert session.spec.get("fit.validation_data") is None
    editor.column.setValue("island")
    assert session.spec.get("fit.validation_data") == {"column": "island", "values": ["Torgersen"]}
    editor.labels.add("Dream")
    assert session.spec.get("fit.validation_data")["values"] == ["Torgersen", "Dream"]
    assert page.row("fit.validation_split").row().greyed == "validation data is set"
    editor.mode.setValue("file")
    editor.file.setFocus()
    editor.file.setValue("later.csv")
    assert session.spec.get("fit.validation_data") == {"file": "later.csv"}
    editor.mode.setValue("none")
    assert session.spec.get("fit.validation_data") is None


def test_settings_follow_the_optimizer(page, session) -> None:
    editor = page.editor("compile.optimizer_settings")
    assert editor.form().field("beta_1").value() == 0.9
    page.editor("compile.optimizer").setValue("sgd")
    editor.form().field("momentum").setValue(0.9)
    assert session.spec.get("compile.optimizer_settings") == {"momentum": 0.9}


def test_levels_fold_and_never_hide(page, session) -> None:
    steps = page.row("fit.steps_per_epoch")
    page.form.set_level(Level.ADVANCED)
    assert not steps.isVisibleTo(page)
    page.form.set_unfolded(next(card for card in CARDS if steps.key in card.keys), True)
    assert steps.isVisibleTo(page)
    page.form.set_level(Level.EXPERT)
    hidden = {key for key in TRAINING_KEYS if not page.row(key).isVisibleTo(page)}
    # The table of class weights is there once they are on, what changes pictures with pictures.
    assert hidden == {"fit.class_weight", *(param.key for param in AUGMENTATION)}
    page.form.set_level(Level.BASIC)
    assert page.row("fit.epochs").isVisibleTo(page)
    assert not page.row("fit.shuffle").isVisibleTo(page)
    page.editor("fit.initial_epoch").setValue(-1)
    assert page.row("fit.initial_epoch").isVisibleTo(page)


def test_search_finds_plain_and_real_names(page, qtbot) -> None:
    page.search.setText("validation_freq")
    assert page.row("fit.validation_freq").isVisibleTo(page)
    assert not page.row("fit.epochs").isVisibleTo(page)
    page.search.setText("hold out")
    assert page.row("fit.validation_split").isVisibleTo(page)
    page.search.setText("no such thing at all")
    assert all(not page.row(key).isVisibleTo(page) for key in TRAINING_KEYS)
    page.show_setting("fit.workers")
    assert page.search.text() == ""
    qtbot.waitUntil(lambda: page.row("fit.workers").isVisibleTo(page))


def test_the_panel_says_what_changed_and_leads_to_the_first_finding(session, qtbot) -> None:
    panel = PlainWordsPanel(session)
    qtbot.addWidget(panel)
    asked: list[str] = []
    panel.goRequested.connect(asked.append)
    texts = {each.title: each.text for each in panel.paragraphs()}
    assert "the last **67** check it" in texts["Rows"]
    session.set_value("fit.epochs", 7)
    assert "**7 epochs**" in {each.title: each.text for each in panel.paragraphs()}["The end"]
    go = panel.findChild(QWidget, "panel.plain_words.go")
    go.click()  # type: ignore[union-attr]
    assert asked == ["fit.validation_split"]


def test_a_thousand_classes_and_columns_stay_quick(tmp_path, qtbot) -> None:
    classes = tuple((f"class {number}", 1 + number) for number in range(1000))
    columns = tuple(
        ColumnSummary(name=f"w{number}", type="number", dtype="float64", count=500_500)
        for number in range(3000)
    )
    target = ColumnSummary(name="kind", type="category", dtype="str", classes=classes)
    summary = DatasetSummary(
        file="wide.csv", kind="table", rows=500_500, columns=(*columns, target)
    )
    spec = RunSpec(
        data={"file": "wide.csv"},
        fit={"x": [column.name for column in columns], "y": ["kind"], "validation_split": 0.2},
    )
    session = open_session(tmp_path, spec, summary)
    page = TrainingPage(session)
    qtbot.addWidget(page)
    page.show()
    assert page.editor("fit.x").chips() == [], "a line tells of them"
    assert len(page.editor("fit.x").value()) == 3000
    editor = page.editor("fit.class_weight")
    editor.mode.setValue("balanced")
    weights = session.spec.get("fit.class_weight")
    assert len(weights) == 1000
    assert weights[0] > weights[999]
    session.set_value("fit.epochs", 3)
    assert page.editor("fit.epochs").value() == 3
    session.close()


def test_a_read_only_project_shows_its_settings_and_keeps_them(tmp_path, qtbot) -> None:
    writer = open_session(tmp_path)
    project = Project.open(tmp_path / "project", read_only=True)
    session = ProjectSession(project, NoBackground())  # type: ignore[arg-type]
    page = TrainingPage(session)
    qtbot.addWidget(page)
    assert session.read_only is not None
    assert page.editor("fit.epochs").text() == "50"
    assert not page.editor("fit.epochs").isEnabled()
    session.set_value("fit.epochs", 3)
    assert session.spec.get("fit.epochs") == 50
    session.close()
    writer.close()


def test_a_project_with_values_that_cannot_work_opens_and_names_them(tmp_path, qtbot) -> None:
    broken: dict[str, Any] = {
        "fit.x": 5,
        "fit.y": [1],
        "fit.epochs": "ten",
        "fit.callbacks": [3, {"kind": "Nothing"}, {"patience": 2}],
        "fit.class_weight": "heavy",
        "fit.validation_data": {"column": 3},
        "fit.validation_freq": 0,
        "fit.shuffle": "maybe",
        "compile.metrics": [3, {"kind": []}],
        "compile.loss": "nothing",
        "compile.optimizer": [],
        "compile.optimizer_settings": [1],
        "compile.loss_weights": {"a": 1},
    }
    session = open_session(tmp_path, RunSpec().with_values(broken))
    page = TrainingPage(session)
    qtbot.addWidget(page)
    for key in broken:
        assert page.row(key).message.text(), key
    page.editor("compile.metrics").menu()
    page.editor("fit.callbacks").add("EarlyStopping")
    page.editor("fit.epochs").setValue(3)
    assert page.row("fit.epochs").message.text() == ""
    session.close()


def test_what_was_mended_is_told_for_a_while(page, session, qtbot) -> None:
    row = page.row("fit.validation_split")
    qtbot.mouseClick(row.message.bars()[0].button, Qt.MouseButton.LeftButton)
    row.message.bars()[0].gone.emit()
    assert row.message.text() == ""
    assert session.spec.get("data.row_order") == "random"


@pytest.mark.parametrize("count", [3, 6, 7, 1024])
def test_inputs_are_one_line_however_many_there_are(qtbot, count):
    names = [f"{1100 + 0.5 * number:.1f}" for number in range(count)]
    editor = ChipList(
        default=None, text_of=str, offers=list, add_words="Add", summary=columns_words, most_chips=6
    )
    qtbot.addWidget(editor)
    editor.setValue(names)
    editor.resize(700, 200)
    editor.show()
    assert editor.heightForWidth(700) <= 36
    assert editor.add_button.isVisible()
    assert len(editor.chips()) == (count if count <= 6 else 0)
    said = [label.text() for label in editor.findChildren(QLabel) if label.isVisible()]
    if count > 6:
        assert f"{names[0]} … {names[-1]}" in " ".join(said)
