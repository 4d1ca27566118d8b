"""The real window on the phone line, whose tunnel needs a program that is not there yet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from callconsole.desktop import Desktop
from callconsole.practice.world import PracticeWorld
from support import standin_ngrok
from support.download_site import Site, offer_the_stand_in
from support.phone_line import settings_for

pytestmark = pytest.mark.usefixtures("pulse")


@pytest.fixture
async def site(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    made = Site()
    await made.start(monkeypatch)
    monkeypatch.setattr("shutil.which", lambda _: None)
    yield made
    await made.stop()


async def until(desktop: Desktop, true: Callable[[], bool]) -> None:
    """Wait for the models; the window follows them at once."""
    changed = asyncio.Event()
    desktop.models.services.changed.connect(changed.set)
    while not true():
        changed.clear()
        await changed.wait()


async def test_download_cancel_and_download_again(qtbot: QtBot, site: Site, tmp_path: Path) -> None:
    world = PracticeWorld()
    await world.start()
    offer_the_stand_in(site, tmp_path)
    site.waits, site.sent = True, 100
    desktop = Desktop(settings_for(world, tmp_path, ngrok_authtoken="token"))
    running = asyncio.create_task(desktop.run())
    banner, tunnel = desktop.window.banner, desktop.window.top_bar.items[1]
    await until(desktop, lambda: banner.title() == "The tunnel needs the ngrok program")
    assert site.asked == 0
    QTest.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    await until(desktop, lambda: banner.action.text() == "Cancel")
    await site.waiting.wait()
    QTest.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    await until(desktop, lambda: banner.action.text() == "Download")
    site.waits, site.sent = False, None
    QTest.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    up = f"Tunnel: {standin_ngrok.DEFAULT_URL.removeprefix('https://')}"
    await until(desktop, lambda: tunnel.accessibleName() == up)
    assert not banner.isVisible()
    assert site.asked == 2
    desktop.window.close()
    assert await running == 0
    desktop.window.deleteLater()
    desktop.models.deleteLater()
    await world.stop()
