"""The Model page: the gallery, a model's settings, and the layers that follow from them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from fitstudio.declared.task.learning_choices import learning_choices
from fitstudio.gui.pages.model.page import ModelPage
from fitstudio.gui.widgets.findings import FindingBar
from tests.gui.training_session import open_session


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path)
    yield session
    session.close()


@pytest.fixture
def page(session, qtbot):
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.show()
    return page


def layers(page) -> list[tuple[str, str]]:
    """Operation and weights of each layer shown."""
    model = page.table.model()
    return [
        (model.index(row, 0).data(), model.index(row, 3).data()) for row in range(model.rowCount())
    ]


def card(page, name: str) -> QAbstractButton:
    return page.findChild(QAbstractButton, f"model.gallery.{name}")


def test_the_layers_are_those_of_the_plan(page, session):
    plan = session.resolved.model_plan

    shown = layers(page)
    assert len(shown) == len(plan.layers)
    assert shown[-1][1] == str(plan.layers[-1].parameters)


def test_a_click_in_the_gallery_chooses_the_model_and_shows_its_settings(page, session, qtbot):
    qtbot.mouseClick(card(page, "lstm"), Qt.MouseButton.LeftButton)

    assert session.spec.get("model.kind") == "lstm"
    assert card(page, "lstm").isChecked()
    assert not card(page, "mlp").isChecked()
    assert "LSTM" in [operation for operation, _ in layers(page)]


def test_models_stand_below_what_they_are_for_and_arrow_keys_go_along_them(page, qtbot):
    table, series = card(page, "mlp"), card(page, "cnn1d")
    assert table.y() < series.y() < card(page, "cnn2d").y(), "the data are a table"
    table.setFocus()
    seen = [table]
    while True:
        qtbot.keyClick(seen[-1], Qt.Key.Key_Down)
        focused = page.focusWidget()
        if focused is seen[-1]:
            break
        assert focused.y() > seen[-1].y()
        seen.append(focused)
    assert len(seen) >= 4 and series in seen
    qtbot.keyClick(seen[-1], Qt.Key.Key_Right)
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Left)
    assert page.focusWidget() in seen[-1:] or page.focusWidget().y() == seen[-1].y()


def test_settings_of_the_model_before_do_not_stay_behind(page, session, qtbot):
    session.set_value("model.units", [7])
    qtbot.mouseClick(card(page, "cnn1d"), Qt.MouseButton.LeftButton)
    session.set_value("model.filters", [3])
    qtbot.mouseClick(card(page, "mlp"), Qt.MouseButton.LeftButton)

    assert not session.spec.is_set("model.filters")
    session.undo()
    assert session.spec.get("model.kind") == "cnn1d"
    assert session.spec.get("model.filters") == [3]


def test_typing_a_setting_changes_the_layers_and_can_be_undone(page, session, qtbot):
    field = page.form.field("units")
    field.setValue([10])

    assert session.spec.get("model.units") == [10]
    assert len(layers(page)) == 2
    session.undo()
    assert not session.spec.is_set("model.units")
    assert page.form.field("units").value() == session.spec.get("model.units")


def test_a_model_that_cannot_take_the_data_says_so_before_it_is_chosen(page, session, qtbot):
    assert "picture" in card(page, "cnn2d").toolTip()

    qtbot.mouseClick(card(page, "cnn2d"), Qt.MouseButton.LeftButton)

    assert not session.resolved.ok
    messages = [bar for bar in page.findChildren(FindingBar) if bar.isVisibleTo(page)]
    assert any("picture" in bar.sentence.sentence() for bar in messages)
    assert layers(page) == []


def test_arrow_keys_move_along_the_gallery(page, session, qtbot):
    card(page, "mlp").setFocus()
    qtbot.keyClick(card(page, "mlp"), Qt.Key.Key_Right)
    qtbot.keyClick(page.focusWidget() or card(page, "realmlp"), Qt.Key.Key_Space)

    assert session.spec.get("model.kind") == "realmlp"


def test_how_a_model_learns_goes_with_it_until_a_person_says_otherwise(page, session, qtbot):
    (epochs,) = learning_choices(session.summary, (), model="mlp")
    session.set_many({"model.kind": "mlp", epochs.key: epochs.value}, "start")

    qtbot.mouseClick(card(page, "realmlp"), Qt.MouseButton.LeftButton)
    assert session.spec.get("compile.optimizer") == "adamw"
    assert session.spec.get("compile.optimizer_settings")["weight_decay"] == 0.8
    qtbot.mouseClick(card(page, "mlp"), Qt.MouseButton.LeftButton)
    assert session.spec.get("fit.epochs") == epochs.value
    assert not session.spec.is_set("compile.optimizer_settings")
    assert not session.spec.is_set("fit.callbacks")

    session.set_value("fit.epochs", 7)
    qtbot.mouseClick(card(page, "tabm"), Qt.MouseButton.LeftButton)
    assert session.spec.get("fit.epochs") == 7
    assert session.spec.get("compile.optimizer") == "adam"
