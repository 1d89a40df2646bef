"""Every page of the rail does what the window asks of pages."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fitstudio.actions import projects
from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.widgets.inputs.text import SearchEdit
from fitstudio.viewmodel.shell.stations import station_of
from tests.gui.conftest import READ_MS
from tests.recorded_project import add_run

# A setting of each page that has some.
SETTINGS = ("data.file", "fit.y", "model.kind", "model.units", "fit.epochs", "compile.loss")


def test_every_page_fulfils_the_contract(window, example, qtbot):
    folder = example("penguins")
    with projects.open_project(folder) as project:
        add_run(project, 1, title="First")
    main = window(folder)
    qtbot.waitUntil(lambda: bool(main.session.runs), timeout=READ_MS)
    for entry in PAGES:
        main.show_page(entry.name)
        page = main.pages[entry.name]

        assert isinstance(page, Page)
        assert page.objectName() == f"page.{entry.name}"
        assert page.accessibleName()
        words = page.plain_words()
        assert words is None or all(isinstance(each, Paragraph) for each in words)
        assert main.commands["find"].isEnabled() is (page.cannot_search() is None)
        if page.cannot_search() is None:
            main.setFocus()
            main.commands.give("find")
            # An empty page has nothing to search, and no field for it.
            field = page.findChild(SearchEdit)
            usable = field is None or (field.isVisible() and field.isEnabled())
            assert page.isAncestorOf(main.focusWidget()) or not usable
        page.pageRequested.emit("data")
        assert main.page == "data"
    for key in SETTINGS:
        main.show_page("runs")
        main.setFocus()
        main.page_stack.go_to_setting(key)
        assert main.page == station_of(key)
        page = main.pages[main.page]
        qtbot.waitUntil(lambda page=page: _has_keyboard(page, main), timeout=120_000)

    session, pages = main.session, list(main.pages.values())
    listening = len(session.runs_changed)
    for page in pages:
        page.dispose()
        page.dispose()  # Qt destroys it later, and then once more
    assert len(session.runs_changed) < listening
    main.projects.leave()
    assert main.pages == {}


def _has_keyboard(page: Page, main: QWidget) -> bool:
    focused = main.focusWidget()
    return focused is not None and page.isAncestorOf(focused)
