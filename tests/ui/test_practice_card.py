"""The practice card with few people and with many."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from callconsole.ui.practice_card import FOLDED
from fakes.desk import CALLEES, CALLERS, CROWD
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]
LEFT = Qt.MouseButton.LeftButton


async def test_a_short_list_is_shown_whole(qtbot: QtBot, open_scene: OpenScene) -> None:
    card = open_scene().window.calls.idle.practice
    assert len(card.buttons) == len(CALLEES) == FOLDED
    assert all(button.isVisible() for button in card.buttons)
    assert not card.fold.isVisible()


async def test_a_long_list_is_folded_and_opens(qtbot: QtBot, open_scene: OpenScene) -> None:
    card = open_scene(callees=CROWD).window.calls.idle.practice

    def shown() -> int:
        return sum(button.isVisible() for button in card.buttons)

    assert shown() == FOLDED
    assert card.fold.text() == "Show all 20"
    card.fold.setFocus()
    QTest.keyClick(card.fold, Qt.Key.Key_Space)
    assert shown() == len(CROWD)
    assert card.fold.text() == "Show fewer"
    QTest.mouseClick(card.fold, LEFT)
    assert shown() == FOLDED


async def test_callers_can_be_asked_for_while_calls_are_let_in(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene(incoming=False)
    row = scene.window.calls.idle.practice.callers
    scene.models.set_incoming_on(True)
    assert not row.off.isVisible()
    assert len(row.buttons) == len(CALLERS)
    QTest.mouseClick(row.buttons[0], LEFT)
    assert scene.callers == [CALLERS[0].number]
    scene.models.set_incoming_on(False)
    assert row.off.isVisible()
    assert not any(button.isVisible() for button in row.buttons)
