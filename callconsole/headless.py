"""Commands without a window: one practice call, and the engine as a server."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from callconsole.app import App
from callconsole.domain.call import Outcome
from callconsole.domain.events import CallEvent, Event, RecordingSaved, Service, ServiceState
from callconsole.domain.problems import ProblemError
from callconsole.engine.world import PHONE, PRACTICE
from callconsole.leaving import asked_to_end
from callconsole.settings import Settings, missing_for_phone, missing_message
from callconsole.terminal import CallScript, say, summary

GOOD_ENDINGS = frozenset({Outcome.COMPLETED, Outcome.VOICEMAIL})
RECORDING_S = 5.0


async def practice_call(settings: Settings, number: str) -> int:
    """Play one complete call on the practice line; 0 where it was completed."""
    app = App(settings.model_copy(update={"server_port": 0}))
    say("Starting the practice line: a phone company and an AI agent on this computer.")
    try:
        await app.start(PRACTICE)
        return await _play(app, number)
    except ProblemError as error:
        say(error.problem.sentence(), sys.stderr)
        return 1
    finally:
        await app.stop()


async def _play(app: App, number: str) -> int:
    over, saved = asyncio.Event(), asyncio.Event()

    def watch(event: Event) -> None:
        if isinstance(event, CallEvent) and not app.console.live_calls():
            over.set()
        if isinstance(event, RecordingSaved):
            saved.set()

    app.console.subscribe(CallScript())
    call = await app.console.place_call(number)
    app.console.subscribe(watch)
    await over.wait()
    now = app.console.call(call.sid) or call
    if now.answered_at is not None and app.settings.record:
        # One that could not be written is told in the log, and never comes.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECORDING_S):
                await saved.wait()
    ended = app.console.call(call.sid) or call
    for line in summary(ended, app.console.turns(call.sid)):
        say(line)
    good = ended.ending is not None and ended.ending.outcome in GOOD_ENDINGS
    return 0 if good else 1


async def serve(settings: Settings, line: str, *, download_ngrok: bool = False) -> int:
    """Run the engine with its HTTP interface until SIGTERM or Ctrl+C.

    Args:
        settings: every setting.
        line: `PRACTICE` or `PHONE`.
        download_ngrok: fetch the ngrok program where the tunnel needs it.
    """
    missing = missing_for_phone(settings)
    if line == PHONE and missing:
        say(missing_message(missing), sys.stderr)
        return 2
    app = App(settings)
    stop = asyncio.Event()
    _on_signals(stop)
    try:
        await app.start(line)
        if not app.port:
            _say_failures(app)
            return 1
        if download_ngrok and _lacks_ngrok(app) and app.doors.reach is not None:
            say("Downloading the ngrok program.")
            await app.doors.reach.download()
        say(_ready_line(app))
        if settings.both_back_ends and line == PHONE:
            say("Both Vertex AI and a Gemini API key are set; Vertex AI is used.")
        _say_failures(app)
        if _lacks_ngrok(app):
            say("To have the ngrok program downloaded, start with --download-ngrok.", sys.stderr)
        await stop.wait()
        live = app.console.live_calls()
        say("Stopping; live calls are being ended." if live else "Stopping.")
    finally:
        await app.stop()
    return 0


def _ready_line(app: App) -> str:
    address = app.line.address.url if app.line is not None else None
    reached = f", reached at {address}" if address else ""
    host = app.settings.server_host
    host = f"[{host}]" if ":" in host else host
    return f"callconsole is ready on http://{host}:{app.port} ({app.console.line} line{reached})"


def _lacks_ngrok(app: App) -> bool:
    tunnel = app.console.services().get(Service.TUNNEL)
    problem = tunnel.problem if tunnel is not None else None
    return problem is not None and problem.code == "ngrok.program_missing"


def _say_failures(app: App) -> None:
    for change in app.console.services().values():
        wrong = change.state in (ServiceState.FAILED, ServiceState.DEGRADED)
        if wrong and change.problem is not None:
            say(f"{change.service.value}: {change.problem.sentence()}", sys.stderr)


def _on_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and Ctrl+C ask for a polite end; Windows has no loop signal handlers."""
    loop = asyncio.get_running_loop()
    for number in asked_to_end():
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
