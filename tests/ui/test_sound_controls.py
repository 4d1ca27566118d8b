"""The right panel's sound: balance by mouse and keys, and devices by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem
from callconsole.domain.sound import SoundDevice, SoundDevices
from fakes.scenes import Scene

LEFT = Qt.MouseButton.LeftButton
NO_SOUND = Problem("sound.none", "No sound device", "None was found.", "Plug one in.")
CONNECTED = SoundDevices(
    (SoundDevice("a", "Headset"), SoundDevice("b", "Speakers", True)), (SoundDevice("m", "Desk"),)
)
OpenScene = Callable[..., Scene]


async def test_balance_follows_the_pointer_and_a_double_click_centres_it(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    slider = scene.window.calls.side.listen.balance.slider
    middle = slider.height() // 2
    QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() - 2, middle))
    assert scene.desk.balance == 1
    QTest.mouseClick(slider, LEFT, pos=QPoint(1, middle))
    assert scene.desk.balance == -1
    QTest.mouseDClick(slider, LEFT, pos=QPoint(1, middle))
    assert (scene.desk.balance, slider.value()) == (0, 0)


async def test_balance_settles_in_the_middle(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    slider = scene.window.calls.side.listen.balance.slider
    slider.setValue(100)
    QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() // 2 + 3, slider.height() // 2))
    assert slider.value() == 0


async def test_balance_by_keys(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    slider = scene.window.calls.side.listen.balance.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert scene.desk.balance == 0.1
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert scene.desk.balance == 1
    assert slider.accessibleName() == "Balance between callee and AI"


async def test_devices_are_found_named_and_chosen(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    pickers = scene.window.calls.side.listen.devices
    assert pickers.speaker.currentText() == "System default"
    scene.desk.sounds = CONNECTED
    await scene.models.listening._look()
    speaker = pickers.speaker
    assert [speaker.itemText(row) for row in range(3)] == ["System default", "Headset", "Speakers"]
    speaker.setFocus()
    QTest.keyClick(speaker, Qt.Key.Key_Down)
    assert (scene.desk.speaker, speaker.currentText()) == ("a", "Headset")
    QTest.keyClick(speaker, Qt.Key.Key_Up)
    assert scene.desk.speaker is None
    pickers.microphone.setFocus()
    QTest.keyClick(pickers.microphone, Qt.Key.Key_Down)
    assert scene.desk.microphone == "m"
    assert (speaker.accessibleName(), pickers.microphone.accessibleName()) == (
        "Listen on",
        "Speak through",
    )


async def test_opening_the_list_looks_for_devices(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    speaker = scene.window.calls.side.listen.devices.speaker
    scene.desk.sounds = CONNECTED
    changed = asyncio.Event()
    scene.models.listening.devices_changed.connect(changed.set)
    speaker.showPopup()
    async with asyncio.timeout(30):
        await changed.wait()
    assert speaker.count() == 3
    speaker.hidePopup()


async def test_without_sound_a_device_can_still_be_chosen(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    listen = scene.window.calls.side.listen
    scene.desk.sound_problem = NO_SOUND
    scene.desk.report(Service.SOUND, ServiceState.FAILED, "none", NO_SOUND)
    assert not listen.balance.slider.isEnabled()
    assert listen.devices.speaker.isEnabled()
