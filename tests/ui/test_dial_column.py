"""The dial column used as a person uses it: keys clicked, typed, held and pasted."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fakes.scenes import Scene
from support.reading import words
from support.settling import settle

OpenScene = Callable[..., Scene]
LEFT = Qt.MouseButton.LeftButton


async def test_clicking_the_pad_and_call_places_a_call(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    dial = scene.window.calls.dial
    for digit in "4155550101":
        QTest.mouseClick(dial.pad.key(digit), LEFT)
    assert dial.number.text() == "(415) 555-0101"
    QTest.mouseClick(dial.call, LEFT)
    await settle()
    assert scene.desk.orders == [("+14155550101", "appointment_reminder")]
    assert dial.call.isEnabled()
    assert "2 lines free" in words(dial)


async def test_typing_in_the_field_formats_and_keeps_the_caret(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    field = scene.window.calls.dial.number.digits
    QTest.keyClicks(field, "4155552671")
    assert field.text() == "(415) 555-2671"
    field.setCursorPosition(4)  # behind 415
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "(415) 552-671"
    assert field.cursorPosition() == 3
    assert scene.models.dialler.text == field.text()


async def test_pasting_anything(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    number = scene.window.calls.dial.number
    QGuiApplication.clipboard().setText("tel:+44 (0)20 7946-0018")
    number.digits.paste()
    assert number.text().startswith("+44")


async def test_enter_on_a_wrong_number_says_why(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    dial = scene.window.calls.dial
    QTest.keyClicks(dial.number.digits, "911")
    QTest.keyClick(dial.number.digits, Qt.Key.Key_Return)
    assert dial.error.text() == "Emergency numbers are not called from here."
    assert dial.error.isVisible()
    assert scene.desk.orders == []
    QTest.keyClicks(dial.number.digits, "5")
    assert not dial.error.isVisible()


async def test_enter_in_the_field_calls(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    field = scene.window.calls.dial.number.digits
    QTest.keyClicks(field, "4155550102")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await settle()
    assert [number for number, _prompt in scene.desk.orders] == ["+14155550102"]


async def test_a_long_press_on_zero_is_plus(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    key = scene.window.calls.dial.pad.key("0")
    async with asyncio.timeout(30):
        held = asyncio.Event()
        key.typed.connect(lambda _digit: held.set())
        QTest.mousePress(key, LEFT)
        await held.wait()
    QTest.mouseRelease(key, LEFT)
    assert scene.models.dialler.text == "+"


async def test_a_long_press_on_backspace_clears(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    number = scene.window.calls.dial.number
    scene.models.dialler.edit("415555")
    async with asyncio.timeout(30):
        cleared = asyncio.Event()
        number.cleared.connect(cleared.set)
        QTest.mousePress(number.back, LEFT)
        await cleared.wait()
    QTest.mouseRelease(number.back, LEFT)
    assert number.text() == ""


async def test_arrows_move_on_the_pad(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    pad = scene.window.calls.dial.pad
    pad.key("1").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(pad.key("1"), Qt.Key.Key_Down)
    assert pad.key("4").hasFocus()
    QTest.keyClick(pad.key("4"), Qt.Key.Key_Right)
    assert pad.key("5").hasFocus()
    QTest.keyClick(pad.key("5"), Qt.Key.Key_Space)
    assert scene.models.dialler.text == "5"
