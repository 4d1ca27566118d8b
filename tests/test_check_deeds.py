"""What the check-up's buttons do, in the real window on the practice line."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from callconsole.desktop import Desktop
from callconsole.domain.checkup import Action, ActionKind
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem
from callconsole.settings_layers import Layers
from callconsole.settings_store import SettingsStore
from callconsole.ui.pages import CHECKUP

pytestmark = [pytest.mark.usefixtures("pulse"), pytest.mark.limit(60)]
PERSON = "+14155550101"


@contextlib.asynccontextmanager
async def at_the_board(folder: Path) -> AsyncIterator[Desktop]:
    layers = Layers(environment={"data_dir": str(folder), "incoming": "ask"})
    store = SettingsStore(layers, folder)
    desktop = Desktop(store.settings, None, store)
    ready = asyncio.Event()

    def watch(_event: object) -> None:
        agent = desktop.app.console.services().get(Service.AGENT)
        if agent is not None and agent.state is ServiceState.READY:
            ready.set()

    desktop.app.console.subscribe(watch)
    running = asyncio.create_task(desktop.run())
    try:
        await ready.wait()
        desktop.window.open_page(CHECKUP)
        await checked(desktop)
        yield desktop
    finally:
        for call in desktop.app.console.live_calls():
            await desktop.app.console.hang_up(call.sid)
        desktop.window.close()
        assert await running == 0
        desktop.window.deleteLater()
        desktop.models.deleteLater()


async def checked(desktop: Desktop) -> None:
    """Wait until the check-up is over, where it is being made."""
    board, told = desktop.models.checkup, asyncio.Event()
    board.running_changed.connect(told.set)
    while board.running:
        told.clear()
        await told.wait()
    board.running_changed.disconnect(told.set)


async def done(desktop: Desktop, action: Action) -> None:
    """Press, and wait for what comes of it and for the check after it."""
    board, told = desktop.models.checkup, asyncio.Event()
    signals = (board.deed_failed, board.running_changed)
    for signal in signals:
        signal.connect(told.set)
    board.act(action)
    await told.wait()
    for signal in signals:
        signal.disconnect(told.set)
    await checked(desktop)


def action_of(desktop: Desktop, name: str) -> Action | None:
    findings = desktop.models.checkup.findings()
    return next(found.action for found in findings if found.check.id == name)


async def test_the_number_rings_here_after_one_press(qtbot: QtBot, tmp_path: Path) -> None:
    async with at_the_board(tmp_path) as desktop:
        assert action_of(desktop, "twilio.number") is None
        line = desktop.app.line
        assert line is not None
        assert line.practice is not None
        own = line.practice.carrier.own
        here = own.voice_url
        own.voice_url = "https://demo.twilio.com/welcome"
        desktop.models.checkup.start(aloud=False)
        await checked(desktop)
        action = action_of(desktop, "twilio.number")
        assert action == Action(ActionKind.NUMBER, "Let this number ring here", here)
        assert own.voice_url != here
        desktop.window.pages.checkup.line("twilio.number").button.click()
        await done(desktop, action)
        assert own.voice_url == here
        assert action_of(desktop, "twilio.number") is None


async def test_another_port_is_set_and_taken_but_not_under_a_call(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    action = Action(ActionKind.PORT, f"Use port {free}", str(free))
    async with at_the_board(tmp_path) as desktop:
        failed: list[Problem] = []
        desktop.models.checkup.deed_failed.connect(failed.append)
        call = await desktop.app.console.place_call(PERSON)
        await done(desktop, action)
        assert [problem.code for problem in failed] == ["server.calls_live"]
        await desktop.app.console.hang_up(call.sid)
        await done(desktop, action)
        assert desktop.app.port == free
    assert f"server_port = {free}" in (tmp_path / "settings.toml").read_text()
