"""Several calls in one window, by keyboard alone."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.events import AgentStalled
from callconsole.ui.kit.text import Text
from callconsole.ui.notifier import Notifier
from callconsole.ui.pages import CALLS, HISTORY
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
ONE, TWO, THREE = "+14155550101", "+14155550102", "+14155550103"
OVER = Ending(Outcome.COMPLETED, EndedBy.CALLER)


def press(scene: Scene, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(scene.window.focusWidget() or scene.window, key, modifiers)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()


async def typed(scene: Scene, digits: str) -> str:
    """Type a number where the keyboard is, and call it; it is answered."""
    QTest.keyClicks(scene.window.focusWidget(), digits)
    press(scene, Qt.Key.Key_Return)
    await settle()
    scene.desk.answer(scene.desk.live_sid)
    return scene.desk.live_sid


def shown(scene: Scene) -> str:
    call = scene.models.live.call
    return call.sid if call is not None else ""


def named(scene: Scene) -> list[str]:
    return [row.row.name for row in scene.window.calls.side.calls.rows()]


async def test_two_numbers_typed_one_after_the_other_are_two_calls(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    one = await typed(scene, "4155550101")
    press(scene, Qt.Key.Key_Return)  # once more: nothing new
    assert len(scene.desk.orders) == 1
    press(scene, Qt.Key.Key_A, CTRL)
    two = await typed(scene, "4155550102")
    assert [number for number, _prompt in scene.desk.orders] == [ONE, TWO]
    assert named(scene) == ["+1 415-555-0101", "+1 415-555-0102"]
    header = scene.window.calls.call.header
    assert (shown(scene), header.name.text()) == (two, "+1 415-555-0102")
    press(scene, Qt.Key.Key_Down, ALT)
    assert (shown(scene), header.name.text()) == (one, "+1 415-555-0101")
    press(scene, Qt.Key.Key_Up, ALT)
    press(scene, Qt.Key.Key_Tab, CTRL)
    assert shown(scene) == one
    press(scene, Qt.Key.Key_Tab, CTRL | SHIFT)
    assert shown(scene) == two
    press(scene, Qt.Key.Key_H, CTRL | SHIFT)
    await settle()
    assert scene.desk.hung_up == [two]


async def test_the_next_number_takes_the_place_of_the_one_that_was_called(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    await typed(scene, "4155550101")
    await typed(scene, "4155550102")
    assert [number for number, _prompt in scene.desk.orders] == [ONE, TWO]


async def test_a_whisper_half_typed_stays_with_its_call(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    one = await typed(scene, "4155550101")
    two = await typed(scene, "4155550102")
    press(scene, Qt.Key.Key_T, CTRL)
    QTest.keyClicks(scene.window.focusWidget(), "Offer Tuesday")
    press(scene, Qt.Key.Key_Down, ALT)
    tell = scene.window.calls.call.bar.tell.edit
    assert (shown(scene), tell.text(), tell.hasFocus()) == (one, "", True)
    press(scene, Qt.Key.Key_Return)
    assert scene.desk.whispered == []
    press(scene, Qt.Key.Key_Down, ALT)
    assert tell.text() == "Offer Tuesday"
    press(scene, Qt.Key.Key_Return)
    assert scene.desk.whispered == [(two, "Offer Tuesday")]


async def test_the_keyboard_never_lands_on_hang_up_by_itself(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    one = await typed(scene, "4155550101")
    QTest.keyClicks(scene.window.focusWidget(), "4155550102")
    press(scene, Qt.Key.Key_Return)
    await settle()
    ringing = scene.desk.live_sid
    scene.desk.ring(ringing)
    press(scene, Qt.Key.Key_Down, ALT)
    assert shown(scene) == one
    press(scene, Qt.Key.Key_T, CTRL)
    for expected in (ringing, one, ringing):
        press(scene, Qt.Key.Key_Down, ALT)
        assert shown(scene) == expected
        press(scene, Qt.Key.Key_Space)
        await settle()
    assert scene.desk.hung_up == []
    assert not scene.window.calls.call.header.hang_up.hasFocus()


async def test_levels_of_another_call_are_not_left_standing(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    await typed(scene, "4155550101")
    two = await typed(scene, "4155550102")
    scene.desk.levels(two, -20.0, -11.0, 120)
    scene.models.relay.flush()
    strip = scene.window.calls.call.strip
    assert strip.buffered.value() == "120 ms"
    press(scene, Qt.Key.Key_Down, ALT)
    assert (strip.buffered.value(), strip.callee.level_dbfs) == ("—", -60.0)


async def test_rows_are_reached_by_tab_and_chosen_by_enter(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    one = await typed(scene, "4155550101")
    two = await typed(scene, "4155550102")
    first, second = scene.window.calls.side.calls.rows()
    assert first.focusPolicy() & Qt.FocusPolicy.TabFocus
    first.setFocus(Qt.FocusReason.TabFocusReason)
    press(scene, Qt.Key.Key_Return)
    assert shown(scene) == one
    press(scene, Qt.Key.Key_Tab)
    assert second.hasFocus()
    press(scene, Qt.Key.Key_Space)
    assert shown(scene) == two
    stalled = AgentStalled(call_sid=two, at=scene.desk.now, stall="no answer", remedy="nudged")
    scene.desk.publish(stalled)
    assert scene.window.calls.side.calls.rows() == [second, first]
    assert second.hasFocus()
    assert "AI stalled: no answer" in second.accessibleName()


async def test_all_are_hung_up_after_a_question_in_place(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    end_all = scene.window.calls.side.calls.end_all
    press(scene, Qt.Key.Key_H, CTRL | ALT)
    assert not end_all.isVisible()
    one = await typed(scene, "4155550101")
    assert not end_all.isVisible()
    two = await typed(scene, "4155550102")
    field = scene.window.focusWidget()
    press(scene, Qt.Key.Key_H, CTRL | ALT)
    assert (end_all.question.text(), end_all.end.hasFocus()) == ("End 2 calls?", True)
    press(scene, Qt.Key.Key_Escape)
    assert (scene.window.focusWidget(), end_all.question.isVisible()) == (field, False)
    press(scene, Qt.Key.Key_H, CTRL | ALT)
    press(scene, Qt.Key.Key_Return)
    await settle()
    assert scene.desk.hung_up == [one, two]
    assert scene.window.focusWidget() is field
    for sid in (one, two):
        scene.desk.end(sid, OVER)
    assert not scene.window.calls.side.calls.isVisible()


async def test_a_narrow_window_says_it_on_the_drawers_button(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.window.resize(QSize(1100, 640))
    drawer = scene.window.top_bar.drawer
    assert drawer.text() == "Listen"
    one = await typed(scene, "4155550101")
    assert drawer.text() == "Listen"
    await typed(scene, "4155550102")
    assert drawer.text() == "2 live"
    assert scene.window.windowTitle().endswith(" · 2 live")
    stalled = AgentStalled(call_sid=one, at=scene.desk.now, stall="no answer", remedy="nudged")
    scene.desk.publish(stalled)
    assert drawer.text() == "2 live, 1 stalled"
    press(scene, Qt.Key.Key_H, CTRL | ALT)
    assert scene.window.calls.side.calls.end_all.end.hasFocus()


# Notifications --------------------------------------------------------------------------------


class KeptTray(QObject):
    """Keeps the messages of a tray, which no desktop of a test has."""

    messageClicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    def show(self) -> None:
        return

    def showMessage(self, title: str, text: str, *_how: object) -> None:
        self.told.append((title, text))


async def test_messages_come_while_another_window_is_looked_at(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    tray, beeps = KeptTray(), []
    notifier = Notifier(scene.window, scene.models.alerts, tray, lambda: beeps.append(1))  # type: ignore[arg-type]
    notifier.opened.connect(scene.models.live.focus)
    assert scene.window.isActiveWindow()
    one = await typed(scene, "4155550101")
    two = await typed(scene, "4155550102")
    assert (tray.told, beeps) == ([], [])
    stalled = AgentStalled(call_sid=one, at=scene.desk.now, stall="no answer", remedy="nudged")
    scene.desk.publish(stalled)
    scene.desk.publish(stalled)
    assert (tray.told, beeps) == ([], [1])
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    QApplication.processEvents()
    assert not scene.window.isActiveWindow()
    scene.desk.reply(one, 700)
    scene.desk.publish(stalled)
    assert tray.told == [("+1 415-555-0101", "The AI has stalled: no answer.")]
    assert shown(scene) == two
    tray.messageClicked.emit()
    assert shown(scene) == one
    scene.desk.end(two, OVER)
    assert tray.told[-1] == ("+1 415-555-0102", "Spoke: the call is over.")
    assert len(beeps) == 3


def test_a_desktop_without_a_tray_is_no_obstacle(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    assert not QSystemTrayIcon.isSystemTrayAvailable()
    assert scene.window.findChildren(QSystemTrayIcon) == []


async def test_a_loud_row_has_another_ground(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    one = await typed(scene, "4155550101")
    await typed(scene, "4155550102")
    row = scene.window.calls.side.calls.rows()[0]

    def ground() -> str:
        picture: QPixmap = row.grab()
        return picture.toImage().pixelColor(picture.width() // 2, picture.height() - 6).name()

    quiet = ground()
    stalled = AgentStalled(call_sid=one, at=scene.desk.now, stall="no answer", remedy="nudged")
    scene.desk.publish(stalled)
    assert row is scene.window.calls.side.calls.rows()[0]
    assert ground() != quiet
    heads = [text.text() for text in scene.window.calls.side.calls.findChildren(Text)]
    assert "worst first" in heads


async def test_an_open_microphone_is_never_out_of_sight(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    one = await typed(scene, "4155550101")
    press(scene, Qt.Key.Key_A, CTRL)
    two = await typed(scene, "4155550102")
    speaking = scene.window.top_bar.speaking
    press(scene, Qt.Key.Key_Space, CTRL)
    await settle()
    assert scene.desk.calls[two].taken_over
    assert not speaking.isVisible()
    scene.models.live.focus(one)
    assert speaking.isVisible()
    assert speaking.text() == "You are on the line"
    assert speaking.accessibleName() == "You are on the line with +1 415-555-0102"
    assert "On the line" in scene.window.windowTitle()
    press(scene, Qt.Key.Key_M, CTRL)
    assert (speaking.text(), scene.desk.calls[one].agent_muted) == ("You are muted", False)
    speaking.click()
    assert shown(scene) == two
    assert not speaking.isVisible()
    scene.window.open_page(HISTORY)
    assert speaking.isVisible()
    speaking.click()
    assert (scene.window.page, speaking.isVisible()) == (CALLS, False)
    scene.models.operator.hand_back()
    scene.window.open_page(HISTORY)
    assert not speaking.isVisible()
