"""The pages of the window: which is shown, and what has the keyboard there."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.ui.pages import CALLS, CHECKUP, GUIDE, HISTORY, PROMPTS, SETTINGS
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]


@pytest.mark.parametrize("page", [CALLS, PROMPTS, HISTORY, CHECKUP, SETTINGS, GUIDE])
async def test_a_page_that_is_opened_has_the_keyboard(
    qtbot: QtBot, open_scene: OpenScene, page: int
) -> None:
    pages = open_scene().window.pages
    pages.open_page(CHECKUP if page == CALLS else CALLS)
    pages.open_page(page)
    assert pages.shown == page
    focused = QApplication.focusWidget()
    assert focused is pages.currentWidget() or pages.currentWidget().isAncestorOf(focused)


@pytest.mark.parametrize("page", [-1, GUIDE + 1])
async def test_a_number_that_no_page_has_changes_nothing(
    qtbot: QtBot, open_scene: OpenScene, page: int
) -> None:
    window = open_scene().window
    window.open_page(HISTORY)
    window.open_page(page)
    assert window.page == HISTORY
    assert window.rail.item(HISTORY).isChecked()


async def test_pages_that_were_not_asked_for_are_not_made(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    pages = open_scene().window.pages
    made = pages.count()
    assert pages.guide is not None
    assert pages.settings is not None
    assert pages.count() == made + 2
    assert pages.indexOf(pages.settings) == SETTINGS


async def test_going_to_the_calls_leaves_the_focus_where_they_are_shown(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    window = open_scene().window
    options = window.calls.dial.options.prompt
    options.setFocus()
    window.pages.show_calls()
    assert options.hasFocus()
    window.open_page(PROMPTS)
    window.pages.show_calls()
    assert window.page == CALLS
    assert window.calls.dial.number.digits.hasFocus()
