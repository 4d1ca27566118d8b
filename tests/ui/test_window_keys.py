"""Keys that work anywhere in the window, and where they give way to a text field."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fakes.scenes import Scene
from support.settling import settle

OpenScene = Callable[..., Scene]


async def test_digits_dial_from_anywhere_but_text_fields(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    window, dial = scene.window, scene.window.calls.dial
    dial.options.prompt.setFocus()
    QTest.keyClicks(dial.options.prompt, "415")
    assert dial.number.text() == "415"
    assert scene.models.dialler.prompt == "appointment_reminder"
    QTest.keyClick(dial.options.prompt, Qt.Key.Key_Backspace)
    assert dial.number.text() == "41"
    window.open_page(1)
    QTest.keyClicks(window.pages.prompts.editor, "9")
    assert dial.number.text() == "41"


async def test_shortcuts(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    window, ctrl = scene.window, Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(window, Qt.Key.Key_2, ctrl)
    assert window.page == 1
    QTest.keyClick(window, Qt.Key.Key_1, ctrl)
    assert window.page == 0
    QTest.keyClick(window, Qt.Key.Key_L, ctrl)
    assert not scene.models.listening.on
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.sheet.isVisible()
    QTest.keyClick(window.sheet, Qt.Key.Key_Escape)
    assert not window.sheet.isVisible()
    sid = await scene.dial()
    QTest.keyClick(window, Qt.Key.Key_H, ctrl | Qt.KeyboardModifier.ShiftModifier)
    await settle()
    assert scene.desk.hung_up == [sid]
    scene.models.dialler.clear()
    QTest.keyClick(window, Qt.Key.Key_R, ctrl)
    assert window.calls.dial.number.text() == "+1 415-555-0101"
    assert len(scene.desk.orders) == 1


async def test_escape_hangs_up_unless_somebody_types(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    window = scene.window
    sid = await scene.dial()
    QTest.keyClick(window.calls.dial.number.digits, Qt.Key.Key_Escape)
    await settle()
    assert scene.desk.hung_up == []
    window.calls.call.header.hang_up.setFocus()
    QTest.keyClick(window.calls.call.header.hang_up, Qt.Key.Key_Escape)
    await settle()
    assert scene.desk.hung_up == [sid]
