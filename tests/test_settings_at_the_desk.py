"""Settings in the real window on the practice line: kept, applied, and heard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from callconsole.adapters.keychain import SERVICE
from callconsole.desktop import Desktop
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import ProblemError
from callconsole.settings_catalogue import Waiting
from callconsole.settings_layers import Layers
from callconsole.settings_store import SettingsStore
from callconsole.ui.pages import SETTINGS
from callconsole.viewmodels.settings_page import SettingsPage
from support.keychains import MemoryKeychain, keychain

pytestmark = [pytest.mark.usefixtures("pulse"), pytest.mark.limit(60)]
PERSON, BUSY = "+14155550101", "+14155550103"


class Seat:
    """Somebody at the desk."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.app = desktop.app
        page = desktop.models.settings
        assert page is not None
        self.page: SettingsPage = page

    async def until(self, true: Callable[[], bool]) -> None:
        happened = asyncio.Event()
        stop = self.app.console.subscribe(lambda _: happened.set())
        page_told = [self.page.applied, self.page.waiting_changed]
        for signal in page_told:
            signal.connect(happened.set)
        try:
            while not true():
                happened.clear()
                await happened.wait()
        finally:
            stop()
            for signal in page_told:
                signal.disconnect(happened.set)

    def agent_ready(self) -> bool:
        change = self.app.console.services().get(Service.AGENT)
        return change is not None and change.state is ServiceState.READY

    def voices_asked(self) -> list[str]:
        line = self.app.line
        assert line is not None
        assert line.practice is not None
        return [
            record.setup["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"][
                "voiceName"
            ]
            for record in line.practice.agent.sessions
        ]


@contextlib.asynccontextmanager
async def seated(folder: Path) -> AsyncIterator[Seat]:
    layers = Layers(environment={"data_dir": str(folder), "server_port": 0})
    store = SettingsStore(layers, folder)
    desktop = Desktop(store.settings, None, store)
    seat = Seat(desktop)
    running = asyncio.create_task(desktop.run())
    try:
        await seat.until(seat.agent_ready)
        yield seat
    finally:
        for call in seat.app.console.live_calls():
            await seat.app.console.hang_up(call.sid)
        desktop.window.close()
        assert await running == 0
        desktop.window.deleteLater()
        desktop.models.deleteLater()


async def test_what_is_set_counts_for_the_next_call(qtbot: QtBot, tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        seat.page.choose("max_calls", "1")
        seat.page.choose("record", "off")
        seat.page.choose("prompt", "order_status")
        await seat.page.finish()
        assert not seat.desktop.models.dialler.recording
        console = seat.app.console
        call = await console.place_call(PERSON)
        assert call.prompt == "order_status"
        with pytest.raises(ProblemError):
            await console.place_call(BUSY)
        seat.page.choose("max_calls", "2")
        await seat.page.finish()
        assert await console.place_call(BUSY)
    assert (tmp_path / "settings.toml").read_text().splitlines()[1:] == [
        "max_calls = 2",
        "record = false",
        'prompt = "order_status"',
    ]


async def test_the_window_lets_callers_in_as_soon_as_the_settings_do(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seated(tmp_path) as seat:
        guide = seat.desktop.models.guide
        assert guide is not None
        guide.leave()
        row = seat.desktop.window.calls.idle.practice.callers
        assert row.off.isVisible()
        seat.page.choose("incoming", "ask")
        await seat.page.finish()
        assert all(button.isVisible() for button in row.buttons)
        assert not row.off.isVisible()
        row.buttons[0].click()
        await seat.until(lambda: bool(seat.desktop.models.incoming.rows))


async def test_the_line_is_opened_again_with_another_voice_but_not_under_a_call(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seated(tmp_path) as seat:
        assert seat.voices_asked()[-1] == "Aoede"
        seat.page.choose("gemini_voice", "Kore")
        seat.page.choose("twilio_phone_number", "+16285550100")
        await seat.page.finish()
        # Twilio's number is nothing to the practice line.
        assert seat.app.waiting() == Waiting(line=("gemini_voice",))
        call = await seat.app.console.place_call(PERSON)
        seat.page.reconnect()
        await seat.page.finish()
        assert seat.app.console.call(call.sid) is not None
        assert seat.app.waiting().line
        await seat.app.console.hang_up(call.sid)
        seat.page.reconnect()
        await seat.page.finish()
        assert seat.app.waiting() == Waiting()
        await seat.until(seat.agent_ready)
        assert set(seat.voices_asked()) == {"Kore"}


async def test_a_voice_is_heard_through_the_practice_agent(qtbot: QtBot, tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        voices = seat.desktop.models.voices
        assert voices is not None
        seat.desktop.window.open_page(SETTINGS)
        told = asyncio.Event()
        voices.hear("Fenrir")
        voices.sample_changed.connect(told.set)
        await told.wait()
        assert voices.sample_words == ""
        assert seat.voices_asked()[-1] == "Fenrir"
        sample = tmp_path / "samples" / "Fenrir.wav"
        assert seat.desktop.models.playback.path == str(sample)
        assert sample.stat().st_size > 48_000


async def test_the_keychain_is_asked_once_the_window_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('secrets_in_keychain = ["twilio_auth_token"]\n')
    with keychain(MemoryKeychain()) as backend:
        backend.set_password(SERVICE, "twilio_auth_token", "s3cret")
        async with seated(tmp_path) as seat:
            token = seat.app.settings.twilio_auth_token
            assert token is not None
            assert token.get_secret_value() == "s3cret"
            names = [problem.title for problem in seat.desktop.models.services.missing]
            assert "TWILIO_AUTH_TOKEN is missing" not in names
            assert "TWILIO_ACCOUNT_SID is missing" in names
            seat.page.choose("twilio_account_sid", "AC" + "1" * 32)
            await seat.page.finish()
            names = [problem.title for problem in seat.desktop.models.services.missing]
            assert "TWILIO_ACCOUNT_SID is missing" not in names
