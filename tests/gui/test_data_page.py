"""The Data page: roles, reading, findings, and rows by the hundred thousand."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QPushButton

from fitstudio.actions import projects
from fitstudio.declared.formats import registry
from fitstudio.declared.formats.format import Where
from fitstudio.gui.pages.data.reading_dialog import ReadingDialog
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.tables import INK_ROLE
from fitstudio.viewmodel.data import data_file
from fitstudio.viewmodel.data.roles import Role, role_of, set_role
from tests.gui.conftest import READ_MS


@pytest.fixture
def page(window, example):
    main = window(example("penguins"))
    main.show_page("data")
    return main.frame.stack.currentWidget()


def choose(page, column: str, action: str) -> None:
    menu = page.role_menu(column)
    next(each for each in menu.actions() if each.objectName() == action).trigger()
    menu.deleteLater()


def wait_for_rows(page, qtbot, row: int = 0) -> None:
    model = page.table.model()
    qtbot.waitUntil(lambda: model.data(model.index(row, 0)) != "…", timeout=READ_MS)


def wait_for_data(page, qtbot) -> None:
    qtbot.waitUntil(lambda: not page._session.busy_with_data, timeout=READ_MS)


def test_it_says_what_the_file_is_and_how_it_was_read(page):
    assert page._file_card.title.text() == "penguins.csv"
    assert "344 rows · 8 columns" in page._file_card.caption.whole_text()
    labels = page._file_card.guesses.texts()
    assert labels == [
        "Comma-separated", "Decimal point", "UTF-8", "Names in line 1", "Missing: NA", "Change",
    ]  # fmt: skip


def test_missing_cells_say_so_in_the_warning_colour(page, qtbot):
    wait_for_rows(page, qtbot)
    model = page.table.model()
    names = [column.name for column in page._view.columns]
    gap = model.index(3, names.index("body_mass_g"))
    full = model.index(0, names.index("body_mass_g"))

    assert (gap.data(), gap.data(INK_ROLE)) == ("missing", "warning")
    assert (full.data(), full.data(INK_ROLE)) == ("3750", "text")


def test_a_new_target_changes_places_with_the_old_one(page):
    session = page._session
    choose(page, "sex", "role.target")

    assert session.spec.get("fit.y") == ["sex"]
    assert session.spec.get("fit.x")[0] == "species"
    session.undo()
    assert session.spec.get("fit.y") == ["species"]


def test_every_role_can_be_given(page):
    session = page._session
    choose(page, "island", "role.left_out")
    choose(page, "year", "role.weight")

    assert role_of(session, "island") is Role.LEFT_OUT
    assert session.spec.get("fit.sample_weight") == "year"
    assert "island" not in session.spec.get("fit.x")
    choose(page, "year", "role.input")
    assert session.spec.get("fit.sample_weight") is None
    assert session.spec.get("fit.x")[-1] == "year"


def test_the_head_of_the_table_is_worked_by_keys(page, qtbot):
    opened = []
    page._header.role_pressed.disconnect()
    page._header.role_pressed.connect(lambda section, place: opened.append(section))
    page._header.setFocus(Qt.FocusReason.TabFocusReason)

    qtbot.keyClick(page._header, Qt.Key.Key_Right)
    qtbot.keyClick(page._header, Qt.Key.Key_Right)
    qtbot.keyClick(page._header, Qt.Key.Key_Return)

    assert opened == [2]
    assert "bill_length_mm" in page._header.accessibleDescription()


def test_the_target_stands_first_and_is_named_above_the_rows(window, example, qtbot):
    main = window(example("penguins"))
    main.show_page("data")
    page = main.pages["data"]
    told = page.findChild(Sentence, "data.targets")
    header = page._header
    names = list(main.session.summary.names)
    (target,) = main.session.spec.get("fit.y")
    shown = [names[header.logicalIndex(place)] for place in range(len(names))]

    assert shown == [target, *(name for name in names if name != target)]
    assert told.sentence() == f"**{target}** is what the model learns to tell; it stands first."

    set_role(main.session, "island", Role.TARGET, also=True)
    qtbot.waitUntil(lambda: "island" in told.sentence(), timeout=READ_MS)
    chosen = [name for name in names if name in (target, "island")]
    assert [names[header.logicalIndex(place)] for place in (0, 1)] == chosen
    main.session.undo()
    set_role(main.session, target, Role.LEFT_OUT)
    qtbot.waitUntil(lambda: "Nothing is to be predicted" in told.sentence(), timeout=READ_MS)
    assert [header.logicalIndex(place) for place in range(len(names))] == list(range(len(names)))


def test_the_chip_opens_its_menu_by_mouse(page, qtbot):
    area = page._header.chip_area(1)
    qtbot.mouseClick(page._header.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    menu = page.findChild(QMenu, "menu.role")

    assert menu is not None and menu.isVisible()
    checked = [action.text() for action in menu.actions() if action.isChecked()]
    assert checked[0] == "Input"
    menu.close()
    assert page._header.logicalIndexAt(area.center() + QPoint(0, 0)) == 1


def test_a_number_can_be_taken_for_classes(page, qtbot):
    choose(page, "year", "type.category")
    wait_for_data(page, qtbot)

    assert page._session.summary.column("year").type == "category"
    assert next(each.kind for each in page._view.columns if each.name == "year") == "3 classes"


def test_what_was_found_is_mended_by_one_click_and_undone(page):
    session = page._session
    session.set_value("data.row_order", None)
    items = page._items.items()
    assert items[0].look == "warning"
    assert "sorted by species" in items[0].title

    button = next(
        each
        for each in page._items.findChildren(QPushButton)
        if each.text().strip() == "Pick rows at random"
    )
    button.click()

    assert session.spec.get("data.row_order") == "random"
    assert all(item.look == "done" for item in page._items.items())
    session.undo()
    assert session.spec.get("data.row_order") == "file"


def test_rows_with_gaps_are_left_out_or_filled(page):
    session = page._session
    item = next(each for each in page._items.items() if "missing" in each.title)
    assert item.title == "11 rows with missing values"

    page._items.decided.emit(item)

    assert session.spec.get("data.missing") == "fill"
    assert session.resolved.facts.used_rows == 344


def test_how_the_file_is_read_can_be_overruled(page, qtbot):
    dialog = ReadingDialog(page._view.guesses, {}, page)
    dialog._editors["missing"].setValue(["NA", "Torgersen"])
    assert dialog.changes() == {"missing": ["NA", "Torgersen"]}
    dialog.deleteLater()

    data_file.set_options(page._session, dialog.changes())
    wait_for_data(page, qtbot)

    assert page._session.summary.column("island").missing == 52
    page._session.undo()
    wait_for_data(page, qtbot)
    assert page._session.summary.column("island").missing == 0


def test_a_hundred_thousand_rows_are_read_where_they_are_looked_at(window, tmp_path: Path, qtbot):
    rows = 100_000
    file = tmp_path / "long.npz"
    np.savez(file, x=np.arange(rows, dtype=np.float32), y=np.arange(rows) % 3)
    projects.create_project(tmp_path / "long", data=file).close()
    main = window(tmp_path / "long")
    page = main.frame.stack.currentWidget()
    wait_for_rows(page, qtbot)
    page.findChild(QPushButton, "data.show_all").click()

    page.table.scrollToBottom()
    last = page.table.model().index(rows - 1, 0)
    qtbot.waitUntil(lambda: last.data() != "…", timeout=READ_MS)

    assert last.data() == "99,999"
    assert "of 100,000" in page._file_card.preview.place.text()
    assert len(page._pages._pages) <= 3


def test_a_file_that_is_gone_is_named_with_a_way_out(window, example, qtbot):
    folder = example("penguins")
    (folder / "data" / "penguins.csv").unlink()
    main = window(folder)
    page = main.frame.stack.currentWidget()

    assert page._problem.isVisible()
    assert "penguins.csv" in page._problem.sentence.sentence()
    assert page._problem.button.text() == "Choose another file"
    assert main.frame.rail.items["data"].state() == "failed"


def test_a_tree_of_arrays_gives_roles(window, tmp_path, qtbot):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "nested.h5", "w") as file:
        group = file.create_group("measured")
        group["spectra"] = np.random.default_rng(1).random((40, 16)).astype("float32")
        group["protein"] = np.arange(40, dtype="float32")
    projects.create_project(tmp_path / "nested", data=tmp_path / "nested.h5").close()
    main = window(tmp_path / "nested")
    page = main.frame.stack.currentWidget()
    qtbot.waitUntil(lambda: page._tree.isVisible(), timeout=READ_MS)

    items = page._tree._items
    assert set(items) == {"measured/spectra", "measured/protein"}
    assert items["measured/spectra"].text(1) == "16"
    choose(page, "measured/protein", "role.target")
    choose(page, "measured/spectra", "role.input")
    assert main.session.spec.get("fit.y") == ["measured/protein"]
    assert main.session.resolved.facts.input_shape[0] == 16


def test_without_data_the_page_asks_for_it(window, tmp_path):
    projects.create_project(tmp_path / "empty").close()
    main = window(tmp_path / "empty")

    page = main.frame.stack.currentWidget()
    assert page._empty.isVisible()
    assert page.findChild(QPushButton, "data.choose").isVisible()
    assert main.frame.rail.items["data"].state() == "empty"


def test_reading_can_be_cancelled(window, example, qtbot):
    main = window(example("penguins"))
    page = main.frame.stack.currentWidget()
    session = main.session
    session.summary = None
    session.look_at_data()
    assert session.busy_with_data
    assert page._reading.isVisible()

    page.findChild(QPushButton, "data.cancel").click()

    assert not session.busy_with_data
    assert "cancelled" in page._problem.sentence.sentence()
    session.look_at_data()
    wait_for_data(page, qtbot)
    assert session.summary is not None


@pytest.mark.parametrize("kind", registry.FORMATS)
def test_every_option_of_every_format_has_a_row(kind, qtbot):
    dialog = ReadingDialog((), {}, kind=kind)
    qtbot.addWidget(dialog)
    assert dialog.names == tuple(option.name for option in _in_order(registry.FORMATS[kind]))
    assert dialog.changes() == {}


def _in_order(format):
    offered = [each for each in format.params if each.where in (Where.ALWAYS, Where.TEXT)]
    return sorted(offered, key=lambda option: option.level != "basic")


def test_an_option_that_is_typed_is_checked_as_it_is_declared(qtbot):
    dialog = ReadingDialog((), {}, kind="hdf5")
    qtbot.addWidget(dialog)
    missing = dialog.editor("missing")
    missing.setText("-9999, -1")
    missing.textEdited.emit("-9999, -1")
    assert dialog.changes() == {"missing": [-9999.0, -1.0]}
    missing.textEdited.emit("gap")
    assert missing.problem() and dialog.changes() == {"missing": [-9999.0, -1.0]}


def test_change_offers_the_parts_of_a_file_of_arrays(window, tmp_path, qtbot):
    rows = np.arange(40.0).reshape(20, 2)
    file = tmp_path / "parts.npz"
    np.savez(file, x_train=rows, y_train=rows[:, 0], x_test=rows, y_test=rows[:, 0])
    folder = tmp_path / "parts"
    projects.create_project(folder, data=file, target="y").close()
    main = window(folder)
    page = main.pages["data"]
    qtbot.waitUntil(lambda: bool(page._nodes), timeout=READ_MS)
    assert page._file_card.guesses.change.isVisible()
    dialog = ReadingDialog(page._view.guesses, {}, page, kind="npz", nodes=page._nodes)
    assert dialog.names == ("part", "one_hot", "missing", "single_values")
    dialog.editor("part").setValue("test")
    assert dialog.changes() == {"part": "test"}
    dialog.deleteLater()
    data_file.set_options(main.session, dialog.changes())
    qtbot.waitUntil(lambda: not main.session.busy_with_data, timeout=READ_MS)
    assert main.session.data_problem is None
