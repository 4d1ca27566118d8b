"""A window that stands still for a second, in the middle of agent speech, costs nothing audible."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest

from callconsole.app import App
from callconsole.audio import mulaw
from callconsole.audio.resample import Downsampler
from callconsole.domain import events
from callconsole.domain.events import Event
from callconsole.practice import clips
from callconsole.practice.callees import AwaitTurn, Callee, Say, Wait
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings
from support.patient_time import PatientLoop

LISTENS = Callee(
    "+14155550101",
    "Says hello",
    "Says hello, listens, hangs up.",
    dial_s=0.01,
    ring_s=0.05,
    script=(Wait(0.2), Say("person_hello"), AwaitTurn(patience_s=20.0)),
)


class WorldApart(PracticeWorld):
    """The practice line in a thread of its own, as the real one is on other computers.

    It stands still where the whole machine does, so that only the window's standing still counts.
    """

    def __init__(self) -> None:
        super().__init__(callees=(LISTENS,))
        self._loop = PatientLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="the world")

    async def start(self) -> None:
        self._thread.start()
        await self._there(super().start())

    async def stop(self) -> None:
        await self._there(super().stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def _there(self, work: object) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]
        await asyncio.wrap_future(future)


@pytest.mark.real_time
async def test_the_callee_hears_no_gap(tmp_path: Path) -> None:
    world = WorldApart()
    values = {"CALLCONSOLE_DATA_DIR": tmp_path, "server_port": 0, "CALLCONSOLE_AMD": False}
    app = App(Settings(_env_file=None, **values))
    await app.start("practice", practice=world)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    frozen: list[float] = []

    def freeze() -> None:
        began = time.monotonic()
        time.sleep(1.0)  # not a wait: this is the fault
        frozen.append(time.monotonic() - began)

    def watch(event: Event) -> None:
        if isinstance(event, events.AgentReplied) and not frozen:
            loop.call_later(0.6, freeze)
        if isinstance(event, events.CallEnded):
            ended.set()

    app.console.subscribe(watch)
    call = await app.console.place_call(LISTENS.number)
    await ended.wait()
    heard = world.carrier.calls[call.sid].heard
    await app.stop()

    down = Downsampler()
    answer = clips.load("agent")["agent_greeting"].pcm
    expected = mulaw.encode(down.process(answer)) + mulaw.encode(down.flush())
    assert len(frozen) == 1
    assert frozen[0] >= 1.0
    assert expected in heard
