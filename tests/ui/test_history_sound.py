"""The History page with this computer's real sound output behind it."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from callconsole.adapters.portaudio.player import PortAudioPlayer
from callconsole.viewmodels.models import Models
from fakes.scenes import Scene, history
from support.sound_server import SoundServer

LEFT = Qt.MouseButton.LeftButton


async def until(models: Models, true: Callable[[], bool]) -> None:
    moved = asyncio.Event()
    models.playback.moved.connect(moved.set)
    models.playback.changed.connect(moved.set)
    async with asyncio.timeout(20):
        while not true():
            moved.clear()
            await moved.wait()


async def test_a_recording_is_played_paused_and_heard_to_its_end(
    qtbot: QtBot, pulse: SoundServer, open_scene: Callable[..., Scene]
) -> None:
    player = PortAudioPlayer(lambda: scene.models.playback.finished())
    scene = open_scene(player=player)
    await history(scene)
    models, record = scene.models, scene.window.history.record
    detail, rows = models.detail, scene.window.history.list.rows
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Space)
    await until(models, lambda: detail.position_s > 1.0)
    assert detail.transcript.playing_row is not None
    assert record.player.clock.text() == "00:01"
    QTest.keyClick(rows, Qt.Key.Key_Space)
    assert record.player.play.accessibleName() == "Play"
    QTest.mouseClick(record.player.speed, LEFT)
    detail.seek(47.0)
    QTest.keyClick(rows, Qt.Key.Key_Space)
    await until(models, lambda: models.playback.path is None)
    assert detail.position_s == 0.0
    assert detail.transcript.playing_row is None
    assert record.player.play.accessibleName() == "Play"
