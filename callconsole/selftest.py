"""The program tries itself: its window opens, plays one practice call to its end, and closes.

Nothing of the operator's is read or written: no setting, no `.env`, no data folder.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

from callconsole import __version__, desktop
from callconsole.adapters.portaudio import library
from callconsole.desktop import Desktop
from callconsole.domain.call import Call, Outcome
from callconsole.domain.events import Event, Service, ServiceState
from callconsole.domain.problems import ProblemError
from callconsole.settings import Settings
from callconsole.terminal import say

# Hangs up in the middle of a sentence: both sides are heard, and it takes four seconds.
NUMBER = "+14155550121"
LIMIT_S = 120.0
FEWEST_COLOURS = 16
NEEDED = (Service.SERVER, Service.CARRIER, Service.AGENT, Service.HISTORY)


def run(*, display: bool, picture: Path | None = None) -> int:
    """Try everything and say how it went; 0 where all went well.

    Args:
        display: whether there is a screen; without one the window is drawn in memory.
        picture: where to save what the window looked like at the end of the call, as PNG.
    """
    if not display:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(
        prefix="callconsole-selftest-", ignore_cleanup_errors=True
    ) as folder:
        settings = Settings.model_construct(data_dir=Path(folder), server_port=0)
        return desktop.in_window(settings, lambda: _Trial(settings, picture).run())


class _FailedError(Exception):
    """What did not happen, in words."""


class _Trial:
    """One run through the window, as an operator would go; it says what it sees."""

    def __init__(self, settings: Settings, picture: Path | None) -> None:
        self._desktop = Desktop(settings)
        self._console = self._desktop.app.console
        self._picture = picture
        self._happened = asyncio.Event()
        self._painted = asyncio.Event()
        self._desktop.window.first_painted.connect(self._painted.set)

    async def run(self) -> int:
        """Go through it within `LIMIT_S`; the exit code."""
        self._console.subscribe(self._on_event)
        running = asyncio.create_task(self._desktop.run())
        try:
            async with asyncio.timeout(LIMIT_S):
                await self._go_through()
            failure = ""
        except TimeoutError:
            failure = f"it was not done after {LIMIT_S:.0f} s"
        except _FailedError as error:
            failure = str(error)
        self._desktop.window.close()
        code = await running
        say(f"FAIL  {failure}" if failure else "ok    the window closed; everything works")
        return 1 if failure else code

    def _on_event(self, _: Event) -> None:
        self._happened.set()

    async def _go_through(self) -> None:
        if self._picture is not None and not self._picture.parent.is_dir():
            raise _FailedError(f"there is no folder for the picture: {self._picture.parent}")
        say(f"ok    callconsole {__version__}")
        say(f"ok    certificates: {_trusted_authorities()} authorities are trusted")
        say(f"ok    sound: {await asyncio.to_thread(_sound_library)}")
        await self._painted.wait()
        await self._until(self._is_ready)
        self._look_at_window()
        say("ok    the practice line is open")
        self._check_call(await self._call())
        if self._picture is not None and not self._desktop.window.grab().save(str(self._picture)):
            raise _FailedError(f"the picture could not be saved as {self._picture}")

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._happened.clear()
            await self._happened.wait()

    def _is_ready(self) -> bool:
        services = self._console.services()
        for service in NEEDED:
            change = services.get(service)
            if change is not None and change.state is ServiceState.FAILED:
                told = change.problem.sentence() if change.problem is not None else "failed"
                raise _FailedError(f"{service.value}: {told}")
            if change is None or change.state is not ServiceState.READY:
                return False
        return True

    def _look_at_window(self) -> None:
        window = self._desktop.window
        if window.windowIcon().pixmap(64, 64).isNull():
            raise _FailedError("the window has no icon: SVG pictures cannot be drawn")
        image = window.grab().toImage()
        across, down = range(0, image.width(), 7), range(0, image.height(), 7)
        colours = {image.pixel(x, y) for x in across for y in down}
        if len(colours) < FEWEST_COLOURS:
            raise _FailedError(f"the window is blank: {len(colours)} colours")
        say(f"ok    the window is drawn: {window.width()} by {window.height()}")

    async def _call(self) -> Call:
        """Place the practice call with the dialler, and wait until it is over and recorded."""
        before = {call.sid for call in self._console.live_calls()}
        if not self._desktop.models.dialler.call_number(NUMBER):
            raise _FailedError("the call could not be placed")
        await self._until(lambda: bool({c.sid for c in self._console.live_calls()} - before))
        (sid,) = {call.sid for call in self._console.live_calls()} - before

        def over() -> bool:
            call = self._console.call(sid)
            return call is not None and call.ending is not None and call.recording is not None

        await self._until(over)
        call = self._console.call(sid)
        if call is None:
            raise _FailedError("the call is gone")
        return call

    def _check_call(self, call: Call) -> None:
        turns = [turn for turn in self._console.turns(call.sid) if turn.final]
        outcome = call.ending.outcome if call.ending is not None else None
        if outcome is not Outcome.COMPLETED or not turns:
            raise _FailedError(f"the practice call: {outcome}, with {len(turns)} turns")
        say(f"ok    one practice call: completed, {len(turns)} turns, recorded")


def _trusted_authorities() -> int:
    """How many certificate authorities there are for addresses that begin with https."""
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    # A folder of certificates is read only when a server shows one.
    if not count and ssl.get_default_verify_paths().capath is None:
        raise _FailedError("no certificate authority is known: set SSL_CERT_FILE")
    return count


def _sound_library() -> str:
    """PortAudio's version. Raises `_FailedError` where it cannot be loaded."""
    try:
        sounddevice = library.load()
    except ProblemError as error:
        raise _FailedError(error.problem.sentence()) from None
    return str(sounddevice.get_portaudio_version()[1])
