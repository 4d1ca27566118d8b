"""A row's button that leads to a setting, or does something about a finding."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.checkup import Action, ActionKind
from callconsole.ui.pages import CHECKUP, SETTINGS
from fakes.examiner import LOW, bad
from fakes.scenes import Scene


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)
        QApplication.sendPostedEvents()


async def test_a_press_leads_to_the_setting(qtbot: QtBot, open_scene: Callable[..., Scene]) -> None:
    scene = open_scene()
    lead = Action(ActionKind.SETTINGS, "Open setting", "server_port")
    scene.examiner.odd = {"computer.port": replace(bad("computer.port", LOW), action=lead)}
    scene.window.open_page(CHECKUP)
    await settle()
    button = scene.window.pages.checkup.line("computer.port").button
    assert (button.text(), button.toolTip()) == ("Open setting", "")
    button.click()
    assert scene.window.page == SETTINGS
