"""Somebody calls, and the operator answers by keyboard alone, whatever has the focus."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.incoming import Answerer
from callconsole.ui.notifier import RING_MS, Notifier
from callconsole.ui.pages import HISTORY, PROMPTS
from callconsole.ui.practice_card import OFF
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
ONE, TWO = "CA" + "a" * 32, "CA" + "b" * 32
MISSED = Ending(Outcome.MISSED, EndedBy.CALLER)


def press(scene: Scene, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(scene.window.focusWidget() or scene.window, key, modifiers)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()


@pytest.mark.parametrize("page", [0, PROMPTS, HISTORY])
@pytest.mark.parametrize(
    ("key", "by"), [(Qt.Key.Key_A, Answerer.AGENT), (Qt.Key.Key_Y, Answerer.OPERATOR)]
)
async def test_a_caller_is_answered_from_every_page_and_no_field_loses_the_focus(
    qtbot: QtBot, open_scene: OpenScene, page: int, key: Qt.Key, by: Answerer
) -> None:
    scene = open_scene()
    scene.window.open_page(page)
    await settle()
    before = scene.window.focusWidget()
    scene.desk.call_in(ONE)
    assert scene.window.incoming.isVisible()
    assert scene.window.windowTitle() == "☎ +1 415-555-0131 is calling"
    assert scene.window.focusWidget() is before
    press(scene, key, BOTH)
    await settle()
    assert scene.desk.taken == [(ONE, by)]
    assert scene.window.focusWidget() is before
    (card,) = scene.window.incoming.cards()
    assert not any(button.isEnabled() for button in card.buttons())
    scene.desk.pick_up_caller(ONE)
    assert not scene.window.incoming.isVisible()
    assert scene.window.calls.call.header.name.text() == "+1 415-555-0131"


async def test_the_longest_waiting_is_declined_first(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    scene.desk.call_in(ONE)
    scene.desk.call_in(TWO, "")
    assert [card.name.text() for card in scene.window.incoming.cards()] == [
        "+1 415-555-0131",
        "Number withheld",
    ]
    press(scene, Qt.Key.Key_D, BOTH)
    assert [card.row.sid for card in scene.window.incoming.cards()] == [TWO]
    press(scene, Qt.Key.Key_D, BOTH)
    press(scene, Qt.Key.Key_D, BOTH)
    assert not scene.window.incoming.isVisible()
    assert "calling" not in scene.window.windowTitle()


async def test_a_row_leads_to_the_card_whose_buttons_take_enter(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.desk.call_in(ONE)
    scene.desk.call_in(TWO)
    await settle()
    scene.window.calls.side.calls.rows()[1].click()
    card = scene.window.incoming.cards()[1]
    assert scene.window.focusWidget() is card.agent
    press(scene, Qt.Key.Key_Tab)
    assert scene.window.focusWidget() is card.you
    press(scene, Qt.Key.Key_Return)
    await settle()
    assert scene.desk.taken == [(TWO, Answerer.OPERATOR)]
    assert scene.window.focusWidget() is scene.window.calls.dial.number.digits


async def test_a_card_that_goes_leaves_the_focus_where_nothing_ends_a_call(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    await scene.talk()
    scene.desk.call_in(ONE)
    scene.window.incoming.focus_card(ONE)
    scene.desk.end(ONE, MISSED)
    await settle()
    assert scene.window.focusWidget() is scene.window.calls.call
    press(scene, Qt.Key.Key_Space)
    assert scene.desk.hung_up == []


async def test_a_low_window_shows_one_card_and_counts_the_rest(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.window.resize(QSize(1000, 600))
    for number in range(4):
        scene.desk.call_in(f"CA{number}")
    (card,) = scene.window.incoming.cards()
    assert (card.more.text(), card.more.isVisible()) == ("3 more calling", True)
    scene.window.resize(QSize(1280, 900))
    await settle()
    assert len(scene.window.incoming.cards()) == 3
    assert scene.window.incoming.cards()[-1].more.text() == "1 more calling"
    assert not scene.window.incoming.cards()[0].more.isVisible()


async def test_it_sounds_until_somebody_takes_it(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    beeps: list[int] = []
    notifier = Notifier(scene.window, scene.models.alerts, None, lambda: beeps.append(1))
    scene.models.incoming.changed.connect(lambda: notifier.ring(scene.models.incoming.waiting))
    scene.desk.call_in(ONE)
    assert beeps == [1]
    assert notifier._ringing.isActive()
    assert notifier._ringing.interval() == RING_MS
    notifier._ringing.timeout.emit()
    assert beeps == [1, 1]
    scene.models.incoming.answer(Answerer.AGENT)
    assert not notifier._ringing.isActive()


async def test_somebody_can_be_asked_to_call(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    row = scene.window.calls.idle.practice.callers
    assert [button.text() for button in row.buttons] == ["A patient", "Gives up", "Number withheld"]
    row.buttons[1].setFocus()
    press(scene, Qt.Key.Key_Space)
    assert scene.callers == ["+14155550132"]
    assert not row.off.isVisible()


async def test_where_calls_are_turned_away_the_card_says_how_to_let_them_ring(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    row = open_scene(incoming=False).window.calls.idle.practice.callers
    assert not any(button.isVisible() for button in row.buttons)
    assert (row.off.text(), row.off.isVisible()) == (OFF, True)
