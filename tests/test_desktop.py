"""The real window on the practice line, driven as a person would: keys, clicks, what is shown."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from callconsole.audio import wavfile
from callconsole.desktop import Desktop, problem_box
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.practice.carrier import CALLEES
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings
from support.phone_premises import settings_for
from support.tls_edge import TlsEdge, tls_edge

pytestmark = [
    pytest.mark.usefixtures("pulse"),
    pytest.mark.limit(60),
]
NUMBER_OF = {callee.name: callee.number for callee in CALLEES}
PERSON, BUSY = NUMBER_OF["A person"], NUMBER_OF["Busy"]
INTERRUPTER = NUMBER_OF["An interrupter"]


class Seat:
    """Somebody at the desk."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.window = desktop.window
        self.console = desktop.app.console
        self._happened = asyncio.Event()
        self.console.subscribe(lambda _: self._happened.set())

    async def until(self, true: Callable[[], bool], limit_s: float = 30) -> None:
        """Wait for engine events; the window follows them within two of its frames."""
        async with asyncio.timeout(limit_s):
            while not true():
                self._happened.clear()
                try:
                    async with asyncio.timeout(0.05):
                        await self._happened.wait()
                except TimeoutError:
                    continue

    def ready(self) -> set[Service]:
        services = self.console.services().items()
        return {name for name, change in services if change.state is ServiceState.READY}

    def shown(self) -> str:
        """Every visible word, and what a screen reader says of the rest."""
        seen = [widget for widget in self.window.findChildren(QWidget) if widget.isVisible()]
        words = [widget.text() for widget in seen if isinstance(widget, QLabel)]
        return "\n".join([*words, *(widget.accessibleName() for widget in seen)])

    def shows(self, *words: str) -> Callable[[], bool]:
        return lambda: all(word in self.shown() for word in words)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.window.focusWidget() or self.window, text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        target = self.window.focusWidget() or self.window
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


@contextlib.asynccontextmanager
async def seated(
    data: Path, settings: Settings | None = None, fault: ProblemError | None = None
) -> AsyncIterator[Seat]:
    """The console, started; closed at the end as its close button does.

    Not a fixture: pytest-qt handles Qt's events between fixtures and test, when no asyncio loop
    is running.
    """
    values = {"CALLCONSOLE_DATA_DIR": data, "server_port": 0}
    desktop = Desktop(settings or Settings(_env_file=None, **values), fault)
    seat = Seat(desktop)
    running = asyncio.create_task(desktop.run())
    await seat.until(lambda: Service.AGENT in seat.ready())
    try:
        desktop.window.activateWindow()
        yield seat
    finally:
        for call in seat.console.live_calls():
            await seat.console.hang_up(call.sid)
        desktop.window.close()
        assert await running == 0
        desktop.window.deleteLater()
        desktop.models.deleteLater()


async def test_a_call_typed_on_the_keyboard_grows_a_transcript_and_is_recorded(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seated(tmp_path) as seat:
        assert "Ready to practise" in seat.shown()
        seat.type("4155550101")
        assert seat.window.calls.dial.number.text() == "(415) 555-0101"
        seat.press(Qt.Key.Key_Return)
        await seat.until(seat.shows("Ringing…"))
        await seat.until(seat.shows("AI is speaking", "Recording"))
        model = seat.desktop.models.live.transcript
        await seat.until(lambda: "Hello, Sam speaking." in model.as_text())
        await seat.until(lambda: "this is Ada" in model.as_text())
        assert seat.window.windowTitle().startswith("● 00:0")
        seat.press(
            Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        await seat.until(seat.shows("Call ended", "Play recording"))
        await seat.until(lambda: bool(seat.desktop.app.recordings.is_dir()))
        (path,) = seat.desktop.app.recordings.glob("*.wav")
        both, rate_hz = wavfile.read(path)
        assert (rate_hz, both.shape[1]) == (8000, 2)
        assert len(both) > 8000


async def test_a_busy_callee_is_told_in_words_with_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        seat.type(BUSY.removeprefix("+1"))
        seat.press(Qt.Key.Key_Return)
        await seat.until(seat.shows("Their line was busy", "Try again in a few minutes."))
        assert not seat.console.live_calls()


async def test_a_wrong_number_reaches_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        seat.type("911")
        seat.press(Qt.Key.Key_Return)
        await seat.until(seat.shows("Emergency numbers are not called from here"))
        assert not seat.desktop.app.line.practice.carrier.calls  # type: ignore[union-attr]


async def test_an_emptied_prompt_stops_the_call_before_a_phone_rings(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seated(tmp_path) as seat:
        shelf = seat.desktop.models.shelf
        shelf.open("appointment_reminder")
        shelf.edit("  ")
        assert shelf.save()
        seat.type(PERSON.removeprefix("+1"))
        seat.press(Qt.Key.Key_Return)
        await seat.until(seat.shows("The prompt is empty"))
        assert not seat.desktop.app.line.practice.carrier.calls  # type: ignore[union-attr]


async def test_the_missing_settings_are_named(qtbot: QtBot, tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        for name in ("TWILIO_ACCOUNT_SID", "GEMINI_API_KEY", "NGROK_AUTHTOKEN"):
            assert name in seat.shown()


async def test_wrong_settings_open_the_window_on_the_practice_line(
    qtbot: QtBot, tmp_path: Path
) -> None:
    fault = ProblemError(Problem("settings.invalid", "A setting is not valid", "X: bad.", "Fix."))
    settings = Settings.model_construct(data_dir=tmp_path, server_port=0)
    async with seated(tmp_path, settings, fault) as seat:
        assert "A setting is not valid" in seat.shown()
        assert seat.console.line == "practice"


async def test_two_calls_at_once_by_keyboard_alone(qtbot: QtBot, tmp_path: Path) -> None:
    alt, control = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    async with seated(tmp_path) as seat:
        live = seat.desktop.models.live
        seat.type("4155550101")
        seat.press(Qt.Key.Key_Return)
        await seat.until(lambda: "Hello, Sam speaking." in live.transcript.as_text())
        first = live.call
        # Outside the field the digits may still mean the answer card.
        seat.press(Qt.Key.Key_1, control)
        seat.press(Qt.Key.Key_A, control)
        seat.type(INTERRUPTER.removeprefix("+1"))
        seat.press(Qt.Key.Key_Return)
        await seat.until(lambda: live.number == INTERRUPTER and live.answered)
        assert "Sam speaking" not in live.transcript.as_text()
        assert len(seat.window.calls.side.calls.rows()) == 2
        await seat.until(lambda: "AI" in live.transcript.as_text())
        seat.press(Qt.Key.Key_Down, alt)
        assert first is not None
        assert live.call is not None
        assert (live.call.sid, seat.console.heard) == (first.sid, first.sid)
        assert "Hello, Sam speaking." in live.transcript.as_text()
        words = [turn.text for turn in seat.console.turns(first.sid) if turn.final]
        assert all(said in live.transcript.as_text() for said in words)
        seat.press(Qt.Key.Key_H, control | alt)
        await seat.until(seat.shows("End 2 calls?"))
        seat.press(Qt.Key.Key_Return)
        await seat.until(lambda: not seat.console.live_calls())
        await seat.until(seat.shows("Call ended"))
        assert len(seat.desktop.models.recents.entries) == 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reached_through(edge: TlsEdge, world: PracticeWorld, data: Path, **changes: object) -> Settings:
    """Settings of the phone line whose public address is this edge's."""
    both = data / "both.pem"
    both.write_bytes(edge.ca_file.read_bytes() + world.agent.ca_file.read_bytes())
    return settings_for(world, data, server_base_url=edge.address, ssl_cert_file=both, **changes)


async def test_call_is_lit_by_the_check_up_and_dark_until_what_is_red_is_cured(
    qtbot: QtBot, tmp_path: Path
) -> None:
    world = PracticeWorld()
    await world.start()
    world.carrier.faults.account.balance = "0.00"
    port = free_port()
    try:
        async with (
            tls_edge(tmp_path / "edge", port) as edge,
            seated(tmp_path, reached_through(edge, world, tmp_path, server_port=port)) as seat,
        ):
            board, dial = seat.desktop.models.checkup, seat.window.calls.dial
            await seat.until(lambda: board.begun and not board.running)
            assert seat.console.line == "phone"
            assert dial.reason.text() == "The Twilio balance is used up."
            assert not dial.call.isEnabled()
            seat.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
            assert seat.shows("Real calls cannot be made yet", "Add money to the account")()
            world.carrier.faults.account.balance = "20.00"
            seat.press(Qt.Key.Key_F5)
            await seat.until(lambda: not board.running and dial.call.isEnabled())
            assert seat.shows("20.00 USD")()
            assert not world.carrier.calls
    finally:
        await world.stop()


async def test_the_practice_line_is_checked_when_the_board_is_opened(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seated(tmp_path) as seat:
        board = seat.desktop.models.checkup
        assert not board.begun
        seat.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        await seat.until(lambda: board.begun and not board.running)
        found = {finding.check.id: finding.status.value for finding in board.findings()}
        assert found["gemini.speech"] == found["twilio.balance"] == "green"
        assert found["computer.history"] == found["computer.port"] == "green"
        # Nobody is kept from practising by what only real calls need.
        assert found["settings.twilio_account_sid"] == "red"
        assert seat.console.obstacles() == []


async def test_why_there_is_no_window_is_said_in_one(qtbot: QtBot) -> None:
    """Whoever starts the program from a menu reads no standard error."""
    box = problem_box(Problem("data.no_folder", "There is no folder", "It is <full>.", "Make it."))
    qtbot.addWidget(box)
    assert box.text() == "There is no folder"
    assert box.informativeText() == "It is <full>.\n\nMake it."
    assert box.textFormat() is Qt.TextFormat.PlainText


def test_what_talks_to_the_outside_is_not_imported_before_the_window() -> None:
    """It takes long, and is imported once the window is painted."""
    program = (
        "import sys; import callconsole.cli, callconsole.desktop; "
        "print([name for name in ('aiohttp', 'twilio', 'google.genai', 'pyngrok', 'websockets', "
        "'sqlalchemy', 'keyring', 'tomlkit', 'prometheus_client') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
