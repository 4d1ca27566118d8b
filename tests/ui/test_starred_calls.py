"""The star over the list of calls: only those with a starred moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fakes.kept_records import TALK_SID
from fakes.scenes import Scene, history


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()


async def test_a_press_lists_starred_calls_alone(
    qtbot: QtBot, open_scene: Callable[..., Scene]
) -> None:
    scene = open_scene()
    await history(scene)
    await scene.desk.star_moment(TALK_SID, 4)
    await settle()
    calls, shown = scene.window.history.list, scene.models.history
    assert calls.rows.count() == 11
    calls.starred.setFocus()
    QTest.keyClick(calls.starred, Qt.Key.Key_Space)
    await settle()
    assert [row.sid for row in shown.rows] == [TALK_SID]
    assert calls.starred.isChecked()
    await scene.desk.star_moment(TALK_SID, 4, starred=False)
    shown.refresh()
    await settle()
    assert calls.rows.count() == 0
    QTest.mouseClick(calls.blank.button, Qt.MouseButton.LeftButton)
    await settle()
    assert not calls.starred.isChecked()
    assert calls.rows.count() == 11
